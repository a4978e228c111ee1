"""The scenario that ``-f`` and ``--set`` make, and the mistakes in them."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from chartkit.helm import set_values
from chartkit.model.case import COMMAND_LINE, Scenario, SetValue
from chartkit.model.errors import FileError
from chartkit.plan.config import Config, Flags, Piped
from chartkit.system.paths import absolute, is_file

Wrong = Callable[[str, str, str], None]
"""Takes a mistake: the flag, what is wrong, and what to do."""


_FORM: Final = (
    "write it as helm reads it: a.b=1, a[0]=1, a={x,y}, with a backslash before a comma of the value"
)


def scenario(flags: Flags, config: Config, wrong: Wrong) -> Scenario:
    """The scenario of *flags*; values files are relative to the working directory."""
    if flags.scenario:
        message = "cannot go together with -f and --set, which make a scenario of their own"
        wrong("scenario", message, "leave one of them out")
    result = Scenario(COMMAND_LINE)
    for files, inline in _groups(list(_values(flags.values, config, wrong))):
        below = result if result != Scenario(COMMAND_LINE) else None
        result = Scenario(COMMAND_LINE, values_files=files, values=inline, below=below)
    _check_set_values(flags.set_values, config.cwd, wrong)
    return replace(result, set_values=flags.set_values)


def _values(given: Sequence[str | Piped], config: Config, wrong: Wrong) -> Iterator[str | dict[str, Any]]:
    """The values files by name, and what came through pipes as it is."""
    for one in given:
        if isinstance(one, Piped):
            yield _piped(one, wrong)
            continue
        for path in one.split(","):  # Helm takes lists too
            if path == "-" or "://" in path:
                wrong("values", f"expected a file, not {path!r}", "save the values to a file and name it")
            elif not is_file(absolute(path, config.cwd)):
                wrong("values", f"there is no file {path!r}", "correct the path, relative to this folder")
            yield path


def _piped(given: Piped, wrong: Wrong) -> dict[str, Any]:
    """The values of all its documents, which Helm 4 merges."""
    from chartkit.syntax.yaml import kube_yaml

    merged: dict[str, Any] = {}
    for document in re.split(r"^(?=---)", given.text, flags=re.MULTILINE):
        try:
            values = kube_yaml.parse(document) or {}
        except FileError as error:
            first = given.text.count("\n", 0, given.text.index(document)) + 1
            problem = error.problem.within(given.name, first)
            why = f"cannot read {given.name}: line {problem.place.line}: {problem.message}"
            wrong("values", why, "correct what writes it")
            continue
        if isinstance(values, dict):
            merged = set_values.merge(merged, values)
        else:
            why = f"cannot read {given.name}: expected a mapping at the top"
            wrong("values", why, "correct what writes it")
    return merged


def _groups(values: Sequence[str | dict[str, Any]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Values files, each group with the piped values that follow it, as JSON."""
    files: list[str] = []
    for one in values:
        if isinstance(one, str):
            files.append(one)
        else:
            yield tuple(files), json.dumps(one)
            files = []
    if files:
        yield tuple(files), ""


def _check_set_values(given: Sequence[SetValue], cwd: pathlib.Path, wrong: Wrong) -> None:
    """Note what of *given* Helm could not read, whatever the values that it edits."""
    values: dict[str, Any] = {}
    for one in sorted(given, key=lambda one: set_values.FLAGS.index(one.flag)):
        read = _MissingFiles(cwd)
        try:
            set_values.apply(one.flag, one.expression, values, read)
        except set_values.SetSyntax as error:
            wrong(one.flag, *_malformed(one, error))
        for file in read.missing:
            key = one.expression.rpartition(f"={file}")[0].rpartition(",")[2]
            hint = "correct the path, relative to this folder"
            wrong(one.flag, f"there is no file {file!r} to set {key!r} from", hint)


class _MissingFiles:
    """Reads no file of ``--set-file``, but notes those that are *missing*."""

    def __init__(self, cwd: pathlib.Path) -> None:
        self._cwd = cwd
        self.missing: list[str] = []

    def __call__(self, name: str) -> str:
        if not is_file(absolute(name, self._cwd)):
            self.missing.append(name)
        return ""


def _malformed(given: SetValue, error: set_values.SetSyntax) -> tuple[str, str]:
    """The message and the hint for an expression that Helm cannot read."""
    form = {"set-json": "JSON", "set-file": "FILE"}.get(given.flag, "VALUE")
    message = f"expected KEY={form}, not {given.expression!r}"
    if given.flag == "set-json":
        return f"{message}: {error}", "write JSON after the =, in quotes that the shell leaves alone"
    if "=" not in given.expression:
        return message, "write KEY= for empty text"
    return (f"{message}: {error}", _FORM)
