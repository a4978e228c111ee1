"""Fetches the schemas that reports are tested against, and prints where they are.

Packages on PyPI carry them: SARIF's in the sources of cfn-lint, Jenkins' of JUnit XML in those of pytest;
nothing in them is run by us. Run as ``python tests/tools/fetch_schemas.py``.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

SOURCES = {
    "sarif-2.1.0.json": (
        "cfn-lint==1.58.0",
        "test/fixtures/schemas/sarif/schema-2.1.0.json",
        "bb34c1740b3464d1694c93750d2f1da3833e8d11feb311230251cef2f4cb1459",
    ),
    "junit-10.xsd": (
        "pytest==9.2.0",
        "testing/example_scripts/junit-10.xsd",
        "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6",
    ),
}


def folder() -> pathlib.Path:
    """Where the schemas are kept."""
    chosen = os.environ.get("TEST_SCHEMAS_FOLDER")
    return pathlib.Path(chosen) if chosen else pathlib.Path.home() / ".cache" / "chartkit-tests"


def fetch(name: str) -> pathlib.Path:
    """The schema *name*, downloaded where it is absent; OSError and CalledProcessError say why not."""
    schema = folder() / name
    if not schema.exists():
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder()) as scratch:
            fresh = pathlib.Path(scratch) / name
            fresh.write_bytes(_download(*SOURCES[name], pathlib.Path(scratch)))
            fresh.replace(schema)
    return schema


def _download(requirement: str, path: str, digest: str, scratch: pathlib.Path) -> bytes:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch)]
    command = [*pip, "--no-binary", ":all:", requirement]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    (archive,) = scratch.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        (member,) = (one for one in sources.getmembers() if one.name.split("/", 1)[-1] == path)
        file = sources.extractfile(member)
        assert file is not None
        content = file.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OSError(f"{requirement} holds another {path} than expected")
    return content


if __name__ == "__main__":
    for each in SOURCES:
        try:
            print(fetch(each))
        except (OSError, ValueError, tarfile.TarError, subprocess.SubprocessError) as error:
            why = f"cannot fetch {each}, so the tests that need it are skipped: {error}"
            sys.exit(why) if os.environ.get("REQUIRE_SCHEMAS") else print(why)
