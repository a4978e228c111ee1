"""CRDs that no chart of the run brings: the files that ``crds:`` and ``--crds`` name."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from chartkit.helm import capabilities, manifests
from chartkit.model.errors import ConfigError
from chartkit.system.paths import content

_LARGEST: Final = 64 << 20
_HINT: Final = "name files or folders of CustomResourceDefinitions, as YAML or JSON"


def read(files: Sequence[pathlib.Path], shown: Callable[[pathlib.Path], str]) -> list[dict[str, Any]]:
    """Every CRD in *files*; ConfigError where one cannot be read, or none of them holds any."""
    found = [dict(crd) for file in files for crd in _crds(file, shown(file))]
    if files and not found:
        raise ConfigError(f"crds: {', '.join(map(shown, files))}: no CustomResourceDefinition", _HINT)
    return found


def api_versions(files: Sequence[pathlib.Path]) -> tuple[str, ...]:
    """What a cluster serves by the CRDs in *files*; `read` says what is wrong with them."""
    found: dict[str, None] = {}
    for file in files:
        with contextlib.suppress(OSError):
            found |= dict.fromkeys(capabilities.served_by_crds(content(file, _LARGEST)))
    return tuple(found)


def _crds(file: pathlib.Path, shown: str) -> Iterator[Any]:
    try:
        read = content(file, _LARGEST + 1)
        text = read.decode("utf-8-sig")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"crds: {shown!r} cannot be read: {why}", _HINT) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"crds: {shown!r} cannot be read: it is not UTF-8 text", _HINT) from error
    if len(read) > _LARGEST:
        raise ConfigError(f"crds: {shown!r} is larger than {_LARGEST >> 20} MiB", "put it into several files")
    objects, unreadable = manifests.read(text)
    for document in unreadable:
        raise ConfigError(f"crds: {shown}:{document.problem.place.line}: {document.problem.message}", _HINT)
    yield from (manifest.body for manifest in objects if manifest.is_crd)
