"""The only module that knows the ``helm`` command: its flags, its environment, its output.

It runs over pyhelm3's command layer, whose text is kept: the parsed form has lost sources and
lines. Helm is shut off from the user's cluster, repositories and plug-ins.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import pathlib
import re
import signal
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Final

from chartkit.helm import capabilities, failure, order, subcharts
from chartkit.helm.values import HelmInputs, set_bytes, set_integers
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical, decoded
from chartkit.model.errors import EngineError, FileError, OutOfTime
from chartkit.model.place import Path
from chartkit.model.render import Failure, Render
from chartkit.syntax.gotemplate import lexer
from chartkit.system.paths import program
from chartkit.system.waiting import Watch

SECONDS: Final = 30.0
"""Seconds of processor time that one render may take."""

_OLDEST: Final = (3, 14)
_KEPT: Final = ("PATH", "TMPDIR", "LANG", "LC_ALL")
_SOURCE: Final = re.compile(r"^---\n# Source: ([^\n]+)\n", re.MULTILINE)
_LEVEL: Final = re.compile(r'level=(?P<level>\w+) msg=(?P<message>"(?:[^"\\]|\\.)*"|\S+)(?P<rest>.*)')
_DROPPED: Final = re.compile(r"(?:info: )?skipping unknown hook")
_REFUSED: Final = "chartkit-refused.yaml"
_ORIGIN: Final = re.compile(r"\w+\.go:\d+: ")
_INSTALL: Final = "install Helm 3.14 or later, or name it with --helm PATH"
# In the folder $0 it leaves the standard error, which pyhelm3 drops, and the number of the process.
# Both limits of processor time are one, so that SIGKILL ends it: Go may hang on the signal of the soft one.
_SCRIPT: Final = (
    'echo $$ >"$0/pid"; ulimit -t "$1" 2>/dev/null; shift; exec /usr/bin/env -i "$@" 2>"$0/stderr"'
)
_TICK: Final = 0.1
"""Seconds by which measured processor time may be too short."""
_PATIENCE: Final = 4
"""After how many times its processor time on the clock Helm is looked at: sooner than who runs it is."""


class _Refused(Exception):
    """Helm ended with an error; *log* is all of its standard error."""

    def __init__(self, output: str, log: str) -> None:
        super().__init__(log)
        self.output = output
        self.log = log


class HelmCommand:
    """The ``helm`` command at *executable*: each render may use a processor for *seconds*."""

    name = "cli"

    def __init__(self, executable: str = "helm", seconds: float = SECONDS) -> None:
        found = program(executable)
        if found is None:
            raise EngineError(f"there is no command '{executable}'", _INSTALL)
        self._helm = str(pathlib.Path(found).resolve())
        self._seconds = seconds
        self.version = self._version()

    def read_yaml(self, text: str) -> Any:
        """Read one document as Helm does; ValueError where it could not."""
        from chartkit.syntax.yaml import kube_yaml

        try:
            return kube_yaml.parse(text)
        except FileError as error:
            raise ValueError(f"yaml: line {error.problem.place.line}: {error}") from error

    def render(self, chart: Chart, files: Mapping[str, bytes], inputs: HelmInputs) -> Render:
        """Render *files* of *chart*; why Helm refuses is in the render's failure. Raises OutOfTime."""
        engine = f"{self.name} {self.version}"
        files, inputs = capabilities.serve(chart, files, inputs)
        with tempfile.TemporaryDirectory(prefix="chartkit-") as scratch:
            folder = pathlib.Path(scratch)
            try:
                _write(folder / "charts", {**files, **subcharts.stand_ins(chart, inputs, self.read_yaml)})
            except (OSError, ValueError) as error:
                return Render("", engine, failure=_unwritable(error))
            arguments = _arguments(folder / "charts" / chart.name, folder / "values.json", inputs)
            try:
                text, log = self._run(folder, arguments)
            except _Refused as refused:
                return self._refused(refused, chart, lambda: self._run(folder, [*arguments, "--debug"]))
            warnings = _warnings(log)
            dropped = ""
            if any(map(_DROPPED.match, warnings)):
                dropped = self._dropped(chart, folder, arguments)
        if dropped:
            warnings = tuple(each for each in warnings if not _DROPPED.match(each))
        return Render(text, engine, None, warnings, dropped=dropped)

    def _dropped(self, chart: Chart, folder: pathlib.Path, arguments: list[str]) -> str:
        """The documents that Helm left out, which it prints of a chart that it refuses: for one more file."""
        (folder / "charts" / chart.name / "templates" / _REFUSED).write_text("{")
        try:
            self._run(folder, [*arguments, "--debug"])
        except _Refused as refused:
            return self._arranged(refused.output, chart).dropped
        except OSError:
            pass
        return ""

    def _refused(self, refused: _Refused, chart: Chart, debug: Callable[[], tuple[str, str]]) -> Render:
        """The failure; of a render that is not all YAML, the documents too, which *debug* prints."""
        lines, message = _error_of(refused.log)
        found = failure.of_text(message, chart.name, chart.files)
        text = dropped = ""
        if found.kind == "yaml":
            try:
                debug()
            except _Refused as again:
                arranged = self._arranged(again.output, chart)
                text, dropped = arranged.text, arranged.dropped
        warnings = tuple(each for each in _warnings(lines) if not (dropped and _DROPPED.match(each)))
        return Render(text, f"{self.name} {self.version}", None, warnings, failure=found, dropped=dropped)

    def _arranged(self, output: str, chart: Chart) -> order.Arranged:
        """What ``--debug`` prints of a refused render, file after file, arranged as of any other."""
        _, *parts = _SOURCE.split(output)
        rendered: dict[str, str] = {}
        for name, content in zip(parts[::2], parts[1::2], strict=True):
            rendered.setdefault(name, content)  # hooks are printed a second time
        rendered.pop(f"{chart.name}/templates/{_REFUSED}", None)
        crds = _crds(chart, {canonical(name).folder for name in rendered})
        return order.arrange(rendered, crds, chart.name, self._head)

    def _head(self, text: str) -> order.Head:
        return order.head_of(self.read_yaml(text))

    def _version(self) -> str:
        with tempfile.TemporaryDirectory(prefix="chartkit-") as scratch:
            try:
                text, _ = self._run(pathlib.Path(scratch), ["version", "--template", "{{.Version}}"])
            except (_Refused, OutOfTime) as error:
                raise EngineError(f"'{self._helm}' is no Helm that can be used: {error}", _INSTALL) from error
        match = re.fullmatch(r"v((\d+)\.(\d+)\.\S+)", text.strip())
        if match is None or (int(match[2]), int(match[3])) < _OLDEST:
            raise EngineError(
                f"'{self._helm}' is Helm '{text.strip()[:40]}': expected 3.14 or later", _INSTALL
            )
        return match[1]

    def _run(self, folder: pathlib.Path, arguments: list[str]) -> tuple[str, str]:
        """The standard output and error of Helm; raises _Refused and OutOfTime."""
        import pyhelm3
        from pyhelm3.command import Command as Layer

        most, before = math.ceil(self._seconds), _used()
        command = ["-c", _SCRIPT, str(folder), str(most), *_environment(folder), self._helm, *arguments]
        running = Layer(executable="/bin/sh").run(command)
        try:
            output = asyncio.run(_limited(running, self._seconds * _PATIENCE, folder / "pid"))
        except pyhelm3.errors.Error as error:
            if _used() - before >= most - _TICK:
                raise OutOfTime(f"did not end within {most} seconds of processor time") from None
            raise _Refused(decoded(error.stdout), _read(folder / "stderr")) from error
        return decoded(output), _read(folder / "stderr")


def _used() -> float:
    """Processor time that helm commands have used so far, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


async def _limited(running: Coroutine[Any, Any, bytes], patience: float, pid: pathlib.Path) -> bytes:
    """What *running* gives; the process is killed once it waits, for Helm minds no milder signal."""
    task, watch = asyncio.ensure_future(running), Watch()
    while not (await asyncio.wait({task}, timeout=patience))[0]:
        with contextlib.suppress(ValueError, ProcessLookupError):
            number = int(_read(pid))
            if watch.waits(number, patience):
                os.kill(number, signal.SIGKILL)
                await asyncio.wait({task})
                task.exception()
                raise OutOfTime(f"waited, and did not end within {patience:g} seconds")
    return task.result()


def _error_of(log: str) -> tuple[str, str]:
    """What Helm says before its error, and the error."""
    before, found, message = f"\n{log}".partition("\nError: ")
    return (before, message) if found else ("", log)


def _read(path: pathlib.Path) -> str:
    try:
        return decoded(path.read_bytes())
    except OSError:
        return ""


def _unwritable(error: Exception) -> Failure:
    text = f"the chart cannot be written into a scratch folder: {getattr(error, 'strerror', None) or error}"
    return Failure("chart", text, text)


def _environment(folder: pathlib.Path) -> Iterator[str]:
    """What Helm is to know: no cluster, no repositories, no plug-ins, and the time in UTC."""
    yield from (f"{name}={os.environ[name]}" for name in _KEPT if name in os.environ)
    for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS", "HOME"):
        yield f"{name}={folder / 'helm'}"
    yield from ("KUBECONFIG=/dev/null", "HELM_NO_PLUGINS=1", "TZ=UTC")


def _write(folder: pathlib.Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        if ".." in pathlib.PurePosixPath(name).parts or not path.is_relative_to(folder):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _arguments(chart: pathlib.Path, values: pathlib.Path, inputs: HelmInputs) -> list[str]:
    files = dict(set_bytes(inputs.values))
    values.write_text(json.dumps(_without_bytes(inputs.values) if files else inputs.values))
    flags = ["template", inputs.release, str(chart), "--values", str(values), "--include-crds"]
    flags += ["--namespace", inputs.namespace, "--kube-version", inputs.kube_version]
    flags += ["--is-upgrade"] if inputs.is_upgrade else []
    for version in inputs.api_versions:
        flags += ["--api-versions", version]
    for path, number in set_integers(inputs.values):
        flags += ["--set", f"{_set_path(path)}={number}"]  # else it is a float, as all numbers from YAML
    for index, (path, content) in enumerate(files.items()):
        file = values.with_name(f"{index}.bytes")
        file.write_bytes(content)
        flags += ["--set-file", f"{_set_path(path)}={file}"]
    return flags


def _without_bytes(values: Any) -> Any:
    """*values* as JSON can hold them."""
    return json.loads(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))


def _set_path(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{_escaped(step)}" for step in path)[1:]


def _escaped(key: str) -> str:
    return re.sub(r"([\\.,=\[])", r"\\\1", key)


def _crds(chart: Chart, charts: set[str]) -> Iterator[tuple[str, str]]:
    """The CRDs of those of *charts* that took part; the chart's own always."""
    for name in sorted(chart.files):
        found = canonical(name)
        takes_part = found.folder in charts or found.folder == chart.name
        if found.kind == "crd" and takes_part and name.lower().endswith((".yaml", ".yml", ".json")):
            yield name, decoded(chart.files[name])


def _warnings(log: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_warning(line) for line in log.splitlines() if line.strip()))


def _warning(line: str) -> str:
    if match := _LEVEL.fullmatch(line):
        message = match["message"]
        return (lexer.string_value(message) or message if message.startswith('"') else message) + match[
            "rest"
        ]
    return _ORIGIN.sub("", line, count=1)
