"""What this installation of chartkit is: its version, its files, the schemas that it ships, what it runs on.

What results depend on besides their input counts by content or version, never by time or place, so that what
one installation keeps in the cache another finds there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Final

__version__: Final = "0.1.0"

CONFIG_FILES: Final = ("chartkit.yaml", "chartkit.yml", ".chartkit.yaml")
"""What configuration files are called, the first before the next."""

PACKAGE: Final = pathlib.Path(__file__).parents[1]
"""The folder of the package's own modules."""

PACKAGES: Final = frozenset(
    {"helm-python-sdk", "jsonschema", "jsonschema-rs", "pyhelm3", "pyyaml", "ruamel-yaml", "typer"}
)
"""Those of pyproject.toml, by their normalized names."""
_DISTRIBUTION: Final = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist|egg)-info")


def schemas_folder() -> pathlib.Path:
    """The folder of shipped schemas and policies: inside the wheel, or beside the package in a checkout."""
    shipped = PACKAGE / "schemas"
    return shipped if shipped.is_dir() else PACKAGE.parent / "schemas"


def signature() -> list[object]:
    """What changes when a file of chartkit's does: names, sizes and times, which are quick to read."""
    return [[str(root), sorted(_stats(str(root), ""))] for root in _roots()]


def content() -> str:
    """A digest of chartkit's own files and schemas."""
    found = hashlib.blake2b(digest_size=16)
    for root in _roots():
        for name, size, _ in sorted(_stats(str(root), "")):
            found.update(f"{name} {size} ".encode("utf-8", "surrogateescape"))
            found.update((root / name).read_bytes())
    return found.hexdigest()


def versions() -> list[str]:
    """Chartkit, Python, and each of `PACKAGES` with its version."""
    python = ".".join(map(str, sys.version_info[:3]))
    return [__version__, python, *sorted(_packages())]


def _roots() -> tuple[pathlib.Path, pathlib.Path]:
    return PACKAGE, schemas_folder()


def _packages() -> Iterator[str]:
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder) if folder.endswith("-packages") else ():  # noqa: PTH208
                found = _DISTRIBUTION.fullmatch(name)
                if found and re.sub(r"[-_.]+", "-", found["name"]).lower() in PACKAGES:
                    yield name.lower()


def _stats(root: str, prefix: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of each file below *root*."""
    with os.scandir(root) as entries:
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if not entry.is_dir():
                stat = entry.stat()
                yield name, stat.st_size, stat.st_mtime_ns
            elif entry.name != "__pycache__":
                yield from _stats(entry.path, f"{name}/")
