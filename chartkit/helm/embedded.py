"""The only module that knows the embedded Helm: its C interface, its log, and its ways.

Rendering changes a loaded chart for good, so that every render loads its own. Go reads the time
zone once, when the library is loaded: it is UTC, so that renders are alike everywhere.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chartkit.helm import capabilities, failure, marshalling, order, subcharts
from chartkit.helm.values import HelmInputs
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical, decoded
from chartkit.model.errors import EngineError
from chartkit.model.render import Failure, Render

if TYPE_CHECKING:
    from types import ModuleType

LIBRARY: Final = ("0.2.2", "v4.2.3")
"""The library, and the Helm in it, whose C interface this module was written against."""

_HEADS: Final = 10_000
_LONGEST_LOG: Final = 1 << 20
_PLANTED: Final = "/templates/" + "chartkit/" * 64 + "planted.yaml"  # Helm renders what lies deepest first
_STAMP: Final = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:(?:WARN|INFO|ERROR|DEBUG) )?")
_SUFFIX: Final = " of type common.Values"
_HINT: Final = "use --engine cli with a helm command: there is no embedded Helm for Alpine and Windows on ARM"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the *templates* of a chart rendered to, and its *crds*, by the names that Helm reports."""

    templates: Mapping[str, str]
    crds: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None


class Embedded:
    """Helm's Go SDK in this process; not for several threads at once, and never across a fork."""

    name = "embedded"

    def __init__(self) -> None:
        self._native, self._errors = _load()
        self.version = LIBRARY[1].removeprefix("v")
        self._heads: dict[bytes, order.Head] = {}
        self._chart: Chart | None = None
        self._seen = subcharts.ChartScope()

    def read_yaml(self, text: str) -> Any:
        """Read one document as Helm does; ValueError in Helm's words where it cannot or is no mapping."""
        try:
            with self._raising():
                read = self._native.call_string("helm_values_from_yaml", _yaml_bytes(text))
        except self._errors.HelmError as error:
            raise ValueError(str(error).replace(_SUFFIX, "")) from error
        try:
            return json.loads(read)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def render(self, chart: Chart, files: Mapping[str, bytes], inputs: HelmInputs) -> Render:
        """Render *files* of *chart*; why Helm refuses is in the render's failure."""
        engine = f"{self.name} {self.version}"
        outputs = self.outputs(chart, files, inputs)
        if outputs.failure is not None:
            return Render("", engine, None, outputs.warnings, failure=outputs.failure)
        arranged = self.arrange(chart, outputs.templates, outputs.crds)
        refusal = failure.of_document(arranged.unparsed) if arranged.unparsed else None
        text, dropped = arranged.text, arranged.dropped
        return Render(text, engine, arranged.notes, outputs.warnings, failure=refusal, dropped=dropped)

    def outputs(self, chart: Chart, files: Mapping[str, bytes], inputs: HelmInputs) -> Outputs:
        """What each template of *files* renders to, before Helm makes one text of it."""
        files, inputs = capabilities.serve(chart, files, inputs)
        planted, values = self._planted(chart, files, inputs)
        outputs = self._outputs(chart, planted, values, inputs)
        if outputs.failure is not None and outputs.failure.template.endswith(_PLANTED):
            outputs = self._outputs(chart, files, inputs.values, inputs)
        return outputs

    def arrange(
        self, chart: Chart, templates: Mapping[str, str], crds: Iterable[tuple[str, str]]
    ) -> order.Arranged:
        """What Helm prints where *templates* of *chart* have rendered to that."""
        return order.arrange(templates, crds, chart.name, self._head)

    def _outputs(self, chart: Chart, files: Mapping[str, bytes], values: Any, inputs: HelmInputs) -> Outputs:
        warnings: list[str] = []
        try:
            with self._raising(), _logged(warnings):
                rendered, crds = self._rendered(files, json.dumps(values), inputs)
        except self._errors.HelmError as error:
            refused = failure.of_text(str(error), chart.name, files)
            return Outputs({}, (), tuple(warnings), refused)
        if lacking := marshalling.lacking_bytes(rendered):
            rendered |= self._with_bytes(files, json.dumps(values), inputs, lacking)
        for planted in (_PLANTED, capabilities.PLANTED):
            rendered.pop(chart.name + planted, None)
        crds.sort(key=lambda crd: self._seen.rank(crd[0]))
        return Outputs(rendered, tuple(crds), tuple(warnings))

    def _planted(
        self, chart: Chart, files: Mapping[str, bytes], inputs: HelmInputs
    ) -> tuple[Mapping[str, bytes], Mapping[str, Any]]:
        """The files and the values, with what values would lose planted by a template."""
        scope = self._scope(chart, files)
        values = inputs.values
        planted = marshalling.restore_values(values)
        if scope.any_null:
            values = marshalling.with_null_tables(scope, values)
            planted += marshalling.restore_nulls(scope, inputs.values)
        if planted:
            files = {**files, chart.name + _PLANTED: planted.encode()}
        return files, values

    def _scope(self, chart: Chart, files: Mapping[str, bytes]) -> subcharts.ChartScope:
        """How *chart* sees its subcharts; cases share their chart, so that it is read once."""
        if self._chart is not chart:
            self._chart, self._seen = chart, subcharts.scope_of(files, chart.name, self.read_yaml)
        return self._seen

    def _rendered(
        self, files: Mapping[str, bytes], values: str, inputs: HelmInputs
    ) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The rendered templates and, of the subcharts that are switched on, the CRDs."""
        from helm_python.chart import Chart as Loaded

        with Loaded.load_archive(marshalling.pack(files)) as loaded:
            handle = loaded._raw()  # noqa: SLF001  render() lacks kube_version and api_versions
            options = json.dumps(_options(inputs))
            answer = self._native.call_string("helm_render", handle, values, options)
            crds = marshalling.read_answer(self._native.call_string("helm_chart_crds", handle))
        texts = [(crd["filename"], _crd_text(crd["data"], files)) for crd in crds]
        return marshalling.read_answer(answer), texts

    def _with_bytes(
        self, files: Mapping[str, bytes], values: str, inputs: HelmInputs, lacking: Mapping[str, str]
    ) -> dict[str, str]:
        """The outputs *lacking* bytes with the bytes, as far as another render shows them."""
        try:
            with self._raising(), _logged([]):
                coded, _ = self._rendered(marshalling.printing_base64(files, lacking), values, inputs)
        except self._errors.HelmError:
            return dict(lacking)
        return {name: marshalling.from_base64(coded.get(name, ""), text) for name, text in lacking.items()}

    @contextlib.contextmanager
    def _raising(self) -> Iterator[None]:
        """Raise what Helm says of bytes that are not UTF-8 as all it says: the binding decodes strictly."""
        try:
            yield
        except UnicodeDecodeError as error:
            raise self._errors.HelmError(decoded(error.object)) from error

    def _head(self, text: str) -> order.Head:
        """What `order` asks of a document; cases share most of theirs, so that each is read once."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        head = self._heads.get(digest)
        if head is None:
            head = order.head_of(self.read_yaml(text))
            if len(self._heads) >= _HEADS:
                self._heads.clear()
            self._heads[digest] = head
        return head


@contextlib.contextmanager
def _logged(lines: list[str]) -> Iterator[None]:
    """Put what Go writes to the standard error, which are its warnings, into *lines*.

    They are kept off a terminal. In a worker the standard error is a file that nobody sees, and
    they stay there: should Go give up, its last words are all that is left.
    """
    sys.stderr.flush()
    if os.environ.get("CHARTKIT_WORKER"):
        start = os.lseek(2, 0, os.SEEK_END)
        try:
            yield
        finally:
            lines.extend(_warnings(os.pread(2, _LONGEST_LOG, start)))
        return
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            log.seek(0)
            lines.extend(_warnings(log.read(_LONGEST_LOG)))


def _crd_text(data: str, files: Mapping[str, bytes]) -> str:
    """A file of crds/, with the bytes that *data* lacks."""
    if marshalling.UNKNOWN not in data:
        return data
    return marshalling.of_files(
        data, (content for name, content in files.items() if canonical(name).kind == "crd")
    )


def _yaml_bytes(text: str) -> bytes:
    """*text* as Go is given it, which takes what a NUL follows for nothing, and reads UTF-16 too."""
    coded = text.encode("utf-8", "surrogateescape")
    if coded.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        coded = coded.decode("utf-16", "replace").encode("utf-8", "surrogatepass")
    return coded.replace(b"\0", b"\1")  # refused in the same words


def _warnings(log: bytes) -> Iterator[str]:
    """Each line once, without its time."""
    lines = decoded(log).splitlines()
    yield from dict.fromkeys(_STAMP.sub("", line, count=1) for line in lines)


def _options(inputs: HelmInputs) -> dict[str, Any]:
    return {
        "name": inputs.release,
        "namespace": inputs.namespace,
        "kube_version": inputs.kube_version,
        "api_versions": list(inputs.api_versions),
        "revision": 1,
        "is_install": not inputs.is_upgrade,
        "is_upgrade": inputs.is_upgrade,
    }


def _load() -> tuple[ModuleType, ModuleType]:
    """The binding's function table and its errors; raises EngineError where they do not fit."""
    try:
        with _utc():
            from helm_python import _native, errors
    except (ImportError, OSError, RuntimeError) as error:
        raise EngineError(f"the embedded Helm cannot be loaded: {error}", _HINT) from error
    found = (_native.helm_c_version(), _native.helm_sdk_version())
    if found != LIBRARY:
        message = f"the embedded Helm is {' with Helm '.join(found)}: expected {' with Helm '.join(LIBRARY)}"
        raise EngineError(message, f"install helm-python-sdk=={LIBRARY[0]}")
    return _native, errors


@contextlib.contextmanager
def _utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
