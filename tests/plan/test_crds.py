from __future__ import annotations

import os
import pathlib

import pytest

from chartkit.model.errors import ConfigError
from chartkit.plan import crds


def test_what_cannot_be_read_as_definitions_is_said_and_not_quoted(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crds, "_LARGEST_FILE", 20)
    (tmp_path / "large.yaml").write_text("a: 1\n" * 5)
    (tmp_path / "bytes.yaml").write_bytes(b"swordfish: \xff")
    os.mkfifo(tmp_path / "pipe.yaml")
    said = []
    for name in ("large.yaml", "bytes.yaml", "pipe.yaml", "gone.yaml"):
        with pytest.raises(ConfigError) as caught:
            crds.read([tmp_path / name], lambda path: path.name)
        said.append(str(caught.value))
    assert said == [
        "crds: 'large.yaml' is larger than 0 MiB",
        "crds: 'bytes.yaml' cannot be read: it is not UTF-8 text",
        "crds: 'pipe.yaml' cannot be read: not a regular file",
        "crds: 'gone.yaml' cannot be read: no such file or directory",
    ]
