"""The standard library writes the files, in each of its formats."""

from __future__ import annotations

import contextlib
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm.charts.tar_entries import TarEntry, TarError, entries

FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
LONG = "web/" + "/".join("folder" * 6 for _ in range(6)) + "/x.yaml"
CONTENT = {
    "web/Chart.yaml": b"name: web\n",
    LONG: b"x" * 513,
    "web/\u00e9.txt": b"",
    "web/" + "n" * 90: b"y" * 512,
}


def made(names: dict[str, bytes], form: int = tarfile.PAX_FORMAT, **fields: object) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def content(raw: bytes, entry: TarEntry) -> bytes:
    return raw[entry.start : entry.start + entry.size]


def resummed(block: bytes) -> bytes:
    """The header with a right checksum."""
    total = sum(block[:148]) + 8 * 32 + sum(block[156:512])
    return block[:148] + b"%06o\0 " % total + block[156:]


@pytest.mark.parametrize("form", FORMATS)
def test_names_and_contents_are_read_in_every_format(form: int) -> None:
    raw = made(CONTENT, form)
    assert {entry.name: content(raw, entry) for entry in entries(raw)} == CONTENT
    assert all(entry.is_file and not entry.is_folder for entry in entries(raw))


@given(
    st.dictionaries(
        st.text(alphabet="ab/\u00e9\u4e2d.", min_size=1, max_size=300), st.binary(max_size=1100), max_size=5
    )
)
def test_whatever_is_written_is_read(names: dict[str, bytes]) -> None:
    names = {name: data for name, data in names.items() if not name.endswith("/")}
    raw = made(names)
    assert [(entry.name, content(raw, entry)) for entry in entries(raw)] == list(names.items())


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a named pipe"),
        (b"Z", "of an unknown kind"),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_file_says_what_it_is(kind: bytes, what: str, form: int) -> None:
    raw = made(
        {"web/x": b""}, form, type=kind, linkname="../" + "far/" * (25 if form != tarfile.USTAR_FORMAT else 2)
    )
    (entry,) = entries(raw)
    assert (entry.is_file, entry.is_folder, entry.what) == (False, False, what)
    assert entry.link.startswith("../far/")


def test_folders_are_told_from_files() -> None:
    raw = made({"web": b""}, type=tarfile.DIRTYPE) + made({})
    assert [entry.is_folder for entry in entries(made({"web/": b""}))] == [True]
    assert [entry.is_folder for entry in entries(raw[:512])] == [True]


def test_a_sparse_file_is_no_file() -> None:
    raw = made({"web/x": b"12"}, pax_headers={"GNU.sparse.major": "1"})
    assert [(entry.is_file, entry.what) for entry in entries(raw)] == [(False, "a sparse file")]


def test_global_headers_are_skipped() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", pax_headers={"comment": "0123abc"}) as archive:
        archive.addfile(tarfile.TarInfo("web/x"))
    assert [entry.name for entry in entries(out.getvalue())] == ["web/x"]


def test_sizes_beyond_octal_are_read() -> None:
    block = bytearray(made({"web/x": b"abc"}, tarfile.GNU_FORMAT))
    block[124:136] = b"\x80" + (3).to_bytes(11, "big")
    (entry,) = entries(resummed(bytes(block)))
    assert entry.size == 3


GOOD = made({"web/x": b"abc", "web/y": b"def"}, tarfile.USTAR_FORMAT)
HEADER = GOOD[:512]


def pax(records: bytes) -> bytes:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    padding = b"\0" * (-len(records) % 512)
    return info.tobuf(tarfile.USTAR_FORMAT) + records + padding + GOOD


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (GOOD[:514], "ends too early"),
        (GOOD[:1024] + b"\1" * 512, "number of an entry is wrong"),
        (GOOD[:1024] + b"x" * 512, "number of an entry is wrong"),
        (HEADER[:100] + b"9" + HEADER[101:], "header of an entry is wrong"),
        (GOOD[:1024] + GOOD[1024:1300], "ends too early"),
        (GOOD[:2048] + b"\0" * 512 + GOOD, "something behind its end"),
        (resummed(HEADER[:124] + b"\xff" * 12 + HEADER[136:]), "size of an entry is wrong"),
        (resummed(HEADER[:124] + b"\x80" + b"\x7f" * 11 + HEADER[136:]), "ends too early"),
        (pax(b"no records at all"), "number in an extended header"),
        (pax(b"-5 size=-512\n"), "number in an extended header"),
        (pax(b"13 size=-512\n"), "number in an extended header"),
        (pax(b"11 path=abc"), "extended header is wrong"),
        (pax(b"0 path=abc\n"), "extended header is wrong"),
        (pax(b"7 =abc\n"), "extended header is wrong"),
    ],
)
def test_a_damaged_file_is_a_fault(raw: bytes, message: str) -> None:
    with pytest.raises(TarError, match=message):
        list(entries(raw))


@given(st.binary(max_size=2000), st.integers(0, len(GOOD)))
def test_noise_ends_in_entries_or_a_fault(noise: bytes, at: int) -> None:
    raw = GOOD[:at] + noise + GOOD[at + len(noise) :]
    with contextlib.suppress(TarError):
        assert all(entry.start + entry.size <= len(raw) for entry in entries(raw))
