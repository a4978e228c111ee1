from __future__ import annotations

import gzip
import io
import tarfile

import helm_python
import pytest

from chartkit.helm.charts.archive import (
    MAX_FILE,
    MAX_FILES,
    ArchiveError,
    ChartBudget,
    TooLarge,
    name_problem,
    unpack,
)

CHART = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"


def packed(*members: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for member in members:
            name, content = ("", b"") if isinstance(member, tarfile.TarInfo) else member
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = info.size or len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def helm_takes(content: bytes) -> bool:
    try:
        helm_python.Chart.load_archive(content).close()
    except helm_python.HelmError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("web/templates/x.yaml", "templates/x.yaml"),
        ("other/x", "x"),
        ("web/./a//b/../x", "a/x"),
        ("web\\templates\\x.yaml", "templates/x.yaml"),
        ("./x", "x"),
    ],
)
def test_names_are_helms(name: str, inner: str) -> None:
    content = packed(("web/Chart.yaml", CHART), (name, b"data"))
    assert unpack(content, ChartBudget()).files[inner] == b"data"
    with helm_python.Chart.load_archive(content) as chart:
        assert inner in {file["name"] for file in (*chart.files, *chart.templates)}


@pytest.mark.parametrize(
    "name", ["web/../../x", "web/../x/../../y", "web//etc/passwd", "web", "web/.", "web/c:/x", "Chart.yaml"]
)
def test_what_helm_refuses_is_refused(name: str) -> None:
    content = packed(("web/Chart.yaml", CHART), (name, b"data"))
    assert not helm_takes(content)
    with pytest.raises(ArchiveError, match=r"outside of the chart|not in a folder"):
        unpack(content, ChartBudget())


@pytest.mark.parametrize(
    ("member", "doubt"),
    [
        (("/etc/passwd", b"x"), "'/etc/passwd' is a name outside of the chart: it is left out"),
        (("../x", b"x"), "'../x' is a name outside of the chart: it is left out"),
        (("C:/x", b"x"), "'C:/x' is a name outside of the chart: it is left out"),
        (("web/a\x1bb", b"x"), r"'web/a\x1bb' holds a control character or is not UTF-8: it is left out"),
        (("web/a\udcff", b"x"), r"'web/a\udcff' holds a control character or is not UTF-8: it is left out"),
    ],
)
def test_a_doubtful_name_is_left_out_and_told(member: tuple[str, bytes], doubt: str) -> None:
    unpacked = unpack(packed(("web/Chart.yaml", CHART), member), ChartBudget())
    assert list(unpacked.files) == ["Chart.yaml"]
    assert unpacked.warnings == [doubt]


@pytest.mark.parametrize(
    ("member", "doubt"),
    [
        (special("web/x", tarfile.SYMTYPE, "/etc/passwd"), "a link to '/etc/passwd'"),
        (special("web/x", tarfile.LNKTYPE, "web/Chart.yaml"), "a hard link to 'web/Chart.yaml'"),
        (special("web/x", tarfile.CHRTYPE), "a device"),
        (special("web/x", tarfile.FIFOTYPE), "a named pipe"),
    ],
)
def test_links_and_devices_are_empty_files_as_in_helm(member: tarfile.TarInfo, doubt: str) -> None:
    content = packed(("web/Chart.yaml", CHART), member)
    unpacked = unpack(content, ChartBudget())
    assert unpacked.files["x"] == b""
    assert unpacked.warnings == [f"'web/x' is {doubt}: it is taken as an empty file"]
    with helm_python.Chart.load_archive(content) as chart:
        assert chart.files == [{"name": "x", "data": ""}]


def test_of_an_entry_that_stands_twice_the_last_one_counts() -> None:
    unpacked = unpack(packed(("web/Chart.yaml", CHART), ("web/x", b"1"), ("other/x", b"2")), ChartBudget())
    assert unpacked.files["x"] == b"2"
    assert unpacked.warnings == ["'other/x' stands in it twice: the last one counts"]


def test_folders_are_passed_over_and_a_byte_order_mark_is_cut_off() -> None:
    content = packed(special("web", tarfile.DIRTYPE), ("web/Chart.yaml", b"\xef\xbb\xbf" + CHART))
    assert unpack(content, ChartBudget()).files == {"Chart.yaml": CHART}


GOOD = packed(("web/Chart.yaml", CHART))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a gzip archive"),
        (CHART, "is not a gzip archive"),
        (GOOD[:-9], "ends too early"),
        (GOOD[:20] + b"\xff" * 20 + GOOD[40:], "damaged"),
        (gzip.compress(b"no tar file" * 100), "damaged"),
        (gzip.compress(b""), "holds no files"),
        (gzip.compress(b"\0" * 10240), "holds no files"),
        (packed(special("web", tarfile.DIRTYPE)), "holds no files"),
    ],
    ids=["empty", "text", "cut", "spoiled", "no-tar", "nothing", "zeros", "folder"],  # gzip notes the time
)
def test_a_damaged_archive_is_a_fault(content: bytes, message: str) -> None:
    with pytest.raises(ArchiveError, match=message) as caught:
        unpack(content, ChartBudget())
    assert caught.value.problem.hint


def test_an_archive_in_several_gzip_members_is_read_whole() -> None:
    raw = gzip.decompress(GOOD)
    assert unpack(gzip.compress(raw[:300]) + gzip.compress(raw[300:]), ChartBudget()).files == {
        "Chart.yaml": CHART
    }
    assert unpack(GOOD + b"noise", ChartBudget()).files == {"Chart.yaml": CHART}


def test_helms_limit_of_a_file_is_kept() -> None:
    just = packed(("web/Chart.yaml", CHART), ("web/x", b"x" * MAX_FILE))
    over = packed(("web/Chart.yaml", CHART), ("web/x", b"x" * (MAX_FILE + 1)))
    assert helm_takes(just)
    assert len(unpack(just, ChartBudget()).files["x"]) == MAX_FILE
    assert not helm_takes(over)
    with pytest.raises(TooLarge, match="'x' has 5242881 bytes: Helm reads at most 5 MiB"):
        unpack(over, ChartBudget())


def test_a_gzip_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), 1)
    with pytest.raises(TooLarge, match="unpacks to more than 1 MiB"):
        unpack(bomb * 4, ChartBudget(unpacked=1 << 20))
    with pytest.raises(TooLarge, match="unpacks to more than 129 MiB"):
        unpack(bomb * 8, ChartBudget())


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (ChartBudget(files=1), "too many files"),
        (ChartBudget(size=60), "more than 100 MiB with all it depends on"),
    ],
)
def test_what_a_chart_may_cost_is_shared_by_its_archives(budget: ChartBudget, message: str) -> None:
    unpack(GOOD, budget)
    with pytest.raises(TooLarge, match=message):
        unpack(GOOD, budget)


def test_folders_count_as_files() -> None:
    content = packed(*(special(f"web/{number}", tarfile.DIRTYPE) for number in range(20)), ("web/x", b""))
    with pytest.raises(TooLarge, match="too many files"):
        unpack(content, ChartBudget(files=10))
    assert MAX_FILES > 10_000


@pytest.mark.parametrize(
    ("name", "doubt"),
    [
        ("templates/x.yaml", ""),
        ("files/\u00e9 \u4e2d", ""),
        ("a\nb", "holds a control character or is not UTF-8"),
        ("a\u2028b", "holds a control character or is not UTF-8"),
        ("a\\b", "holds a backslash"),
        ("c:/x", "looks like a drive of Windows"),
        ("..data/x", "begins with '..'"),
    ],
)
def test_names_that_cannot_be_packed_are_told(name: str, doubt: str) -> None:
    assert name_problem(name) == doubt
