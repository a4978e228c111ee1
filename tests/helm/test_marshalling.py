"""Archives made in memory hold what was put in, for any reader of tar."""

from __future__ import annotations

import io
import tarfile

from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import marshalling

names = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/."), min_size=1, max_size=60),
    min_size=1,
    max_size=5,
).map("/".join)


@given(st.dictionaries(names, st.binary(max_size=1500), max_size=6))
def test_what_is_packed_is_unpacked(files: dict[str, bytes]) -> None:
    with tarfile.open(fileobj=io.BytesIO(marshalling.pack(files)), mode="r:gz") as archive:
        found = {}
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            found[entry.name] = content.read()
    assert found == files


def test_files_come_in_the_order_of_a_walk() -> None:
    files = dict.fromkeys(
        ["c/crds/a.yaml", "c/crds-x.yaml", "c/Chart.yaml", "c/charts/s/a", "c/crds/a/b"], b""
    )
    with tarfile.open(fileobj=io.BytesIO(marshalling.pack(files)), mode="r:gz") as archive:
        assert archive.getnames() == [
            "c/Chart.yaml",
            "c/charts/s/a",
            "c/crds/a/b",
            "c/crds/a.yaml",
            "c/crds-x.yaml",
        ]
