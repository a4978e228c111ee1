"""Takes the error messages of Helm apart, in the three forms that 3.17, 4.1 and 4.2 have for them.

Helm 3 writes a trace on one line, Helm 4 one place a line; both leave it at one line where a
function that is not a template's failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm.order import Unparsed
from chartkit.model.chart_file import canonical, decoded
from chartkit.model.render import FAILURE_RULES, Failure
from chartkit.syntax.yaml.nodes import character_fault, found_fault

MAX_TEXT: Final = 20_000
"""How much of what Helm said is kept, in characters: endless recursion makes endless traces."""

_FRAME: Final = re.compile(  # what a NUL follows is not handed over
    r"(?:template: |^)(?P<file>[^\s:][^\n:]*):(?P<line>\d+)(?::(?P<column>\d+))?(?:: |\n  )"
    r'executing "(?P<name>[^"\n]*)" at <(?P<expression>[^\n]*?)(?:>:(?: |\n    )|\Z)',
    re.MULTILINE,
)
_PLACE: Final = (
    r"\((?P<file>[^():\n]+(?:\([^()\n]*\)[^():\n]*)*):(?P<line>\d+)(?::(?P<column>\d+))?\):(?: |$)"
)
_EXECUTION: Final = re.compile(r"execution error at " + _PLACE)
_PARSE: Final = re.compile(r"parse error at " + _PLACE)
_STARTED: Final = re.compile(r" started at (?P<file>[^\n:]+):(?P<line>\d+)$")
_YAML: Final = re.compile(r"YAML parse error on (?P<file>[^\n:]+): ")
_CALLING: Final = re.compile(r"\A(?:error calling \w+:\s+)?(?:template: (?=no template ))?")
_LOADING: Final = re.compile(
    r"(?P<above>(?:error unpacking (?:sub)?chart [^\n:]+: )*)cannot load (?P<file>[\w.]+): "
)
_SUBCHART: Final = re.compile(r"error unpacking (?:sub)?chart (?P<folder>[^\n:]+?) in [^\n:]+: ")
_VALUES: Final = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")
_TOO_MANY: Final = re.compile(r"additional properties '([^']+)'|Additional property (\S+) is not allowed")
_ALIAS: Final = re.compile(rb"\balias\b")
_GO_JSON: Final = re.compile(
    r"\Aerror (?:converting YAML to JSON: |unmarshaling JSON: while decoding JSON: json: )"
    r"| into Go value of type \S+"
)
_NO_MAPPING: Final = re.compile(
    r"(?:: [^:\n]*)*: json: cannot unmarshal (?P<what>\w+) into Go value of type map\[string\][^\n]*\Z"
)
_DEBUG: Final = "\n\nUse --debug flag to render out invalid YAML"
_SCHEMA: Final = "values don't meet the specifications of the schema(s)"
_KINDS: Final = (
    ("values-schema", _SCHEMA),
    ("kube-version", "chart requires kubeVersion:"),
    ("kube-version", "invalid kube version "),
    ("dependency", "missing in charts/ directory"),
    ("chart", "not installable"),
    ("chart", "cannot load "),
    ("chart", "validation: "),
    ("chart", "error unpacking "),
    ("chart", "Chart.yaml file is missing"),
    ("chart", "chart file "),
    ("chart", "chart archive"),
    ("chart", "failed to load chart"),
    ("values", "failed to parse "),
    ("values", "failed parsing --"),
    ("values", "release name check failed"),
)


def rule(failure: Failure) -> str:
    """The id of the rule that *failure* breaks."""
    return FAILURE_RULES.get(failure.kind, FAILURE_RULES["template"])


def of_text(text: str, chart: str, files: Mapping[str, bytes]) -> Failure:
    """The failure that the error message *text* about *chart* is, with places from its *files*."""
    text = text.strip().removeprefix("Error: ").removesuffix(_DEBUG.strip()).strip()
    if frames := list(_FRAME.finditer(text)):
        return _traced(text, frames)
    if match := _EXECUTION.match(text):
        return _refused(text, match, files)
    if match := _PARSE.match(text):
        return _unparsable(text, match)
    if match := _YAML.match(text):
        return Failure("yaml", _GO_JSON.sub("", text[match.end() :]), _cut(text), match["file"])
    return _other(text, chart, files)


def _other(text: str, chart: str, files: Mapping[str, bytes]) -> Failure:
    kind = next((kind for kind, words in _KINDS if words in text[:2000]), "template")
    if kind == "values-schema":
        return _against_schema(text, chart, files)
    if kind == "chart":
        return _unloadable(text, chart, files)
    file = f"{chart}/Chart.yaml" if kind == "kube-version" else ""
    return Failure(kind, _cut(text[:1].lower() + text[1:], 2000), _cut(text), file, hint=_HINTS.get(kind, ""))


def of_document(unparsed: Unparsed) -> Failure:
    """The failure of a rendered document that Helm cannot read; its template line is not certain."""
    text = f"YAML parse error on {unparsed.template}: {unparsed.message}"
    return Failure("yaml", _GO_JSON.sub("", unparsed.message), text, unparsed.template)


_GIVE: Final = "give what it wants in the chart's ci/NAME-values.yaml, or in a scenario of chartkit.yaml"
_HINTS: Final = {"dependency": "run `helm dependency build` in the chart"}


@dataclass(frozen=True, slots=True)
class _Frame:
    file: str
    line: int
    column: int | None
    expression: str


def _traced(text: str, matches: Sequence[re.Match[str]]) -> Failure:
    frames = [_frame(match) for match in matches]
    files = [frame for frame in frames if "/" in frame.file] or frames  # the others are text given to tpl
    place = files[-1]
    rest = text[matches[-1].end() :]
    message = rest[_CALLING.match(rest).end() :].strip()  # type: ignore[union-attr]
    expression = frames[-1].expression
    return Failure(
        "template",
        _cut(message, 2000) or _cut(text, 2000),
        _cut(text),
        place.file,
        place.line,
        place.column,
        expression,
        _values_key(expression, place.file),
        tuple((frame.file, frame.line) for frame in files[:-1][:50]),
    )


def _frame(match: re.Match[str]) -> _Frame:
    column = match["column"]
    return _Frame(match["file"], int(match["line"]), int(column) + 1 if column else None, match["expression"])


def _refused(text: str, match: re.Match[str], files: Mapping[str, bytes]) -> Failure:
    """What ``required`` and ``fail`` say; Helm names the outermost line only."""
    file, line = match["file"], int(match["line"])
    keys = set(_VALUES.findall(_source_line(files, file, line)))
    key = _scoped(keys.pop(), file) if len(keys) == 1 else ""
    message = _cut(text[match.end() :].strip(), 2000) or "the chart fails without a message"
    column = int(match["column"]) + 1 if match["column"] else None
    return Failure("required", message, _cut(text), file, line, column, values_key=key, hint=_GIVE)


def _unparsable(text: str, match: re.Match[str]) -> Failure:
    message = text[match.end() :]
    file, line = match["file"], int(match["line"])
    if started := _STARTED.search(message):
        message, line = message[: started.start()], int(started["line"])
    return Failure("template", _cut(message, 2000), _cut(text), file, line)


def _unloadable(text: str, chart: str, files: Mapping[str, bytes]) -> Failure:
    template, line, column, message = "", None, None, _in_words(text)
    if match := _LOADING.search(text):
        folders = [found["folder"] for found in _SUBCHART.finditer(match["above"])]
        template = "/charts/".join([chart, *folders]) + "/" + match["file"]
        found = re.search(r"\bline (\d+):", text)
        line = int(found[1]) if found else None
        source = decoded(files.get(template, b""))
        if line is None and (problem := character_fault(source)):
            message = f"{message}: {problem.message}"
            line, column = problem.place.line, problem.place.column
        elif line is not None and (problem := found_fault(source)):
            message = f"cannot load {match['file']}: {problem.message}"
            line, column = problem.place.line, problem.place.column
    return Failure("chart", _cut(message, 2000), _cut(text), template, line, column)


def _in_words(text: str) -> str:
    """*text* without what Go alone understands, where it says that a file is not a mapping."""
    match = _NO_MAPPING.search(text)
    return f"{text[: match.start()]}: got {match['what']}, expected a mapping" if match else text


def _against_schema(text: str, chart: str, files: Mapping[str, bytes]) -> Failure:
    faults = sorted(_schema_faults(text, chart, files))  # Helm lists them in the order of a Go map
    message = "; ".join(f"{key or 'values'}: {fault}" for key, fault in faults) or text
    key = next((key for key in (_refused_key(*fault) for fault in faults) if key), "")
    return Failure("values-schema", _cut(message, 2000), _cut(text), values_key=key)


def _refused_key(key: str, words: str) -> str:
    """The JSON pointer to what a fault at *key* is about: of a key too many, its *words* tell the name."""
    match = _TOO_MANY.match(words)
    return f"{key}/{(match[1] or match[2]).replace('~', '~0').replace('/', '~1')}" if match else key


def _schema_faults(text: str, chart: str, files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """The JSON pointer into the values and the words of each fault, as either Helm writes them."""
    faults: list[tuple[str, str]] = []
    scope = ""
    for line in text.splitlines()[1:]:
        if match := re.fullmatch(r"([^\s:-][^\s:]*):", line):
            scope = "" if match[1] == chart else _subchart_key(match[1], chart, files)
        elif match := re.fullmatch(r"\s*- at '([^']*)': (.*)", line):
            faults.append((scope + match[1], match[2]))
        elif match := re.fullmatch(r"- ([^\s:]+): (.*)", line):
            key = "" if match[1] == "(root)" else "/" + match[1].replace(".", "/")
            faults.append((scope + key, match[2]))
    return faults


def _subchart_key(name: str, chart: str, files: Mapping[str, bytes]) -> str:
    """The JSON pointer to the values of the subchart *name*; of one that lies deeper, Helm says no more.

    What aliases name otherwise, and what is there twice, is not looked for.
    """
    direct = f"{chart}/charts/{name}/Chart.yaml"
    deep = [file for file in files if file.endswith(f"/charts/{name}/Chart.yaml")]
    sure = len(deep) == 1 and direct not in files and not _ALIAS.search(b"\n".join(_metadata(files)))
    return "".join(f"/{step}" for step in canonical(deep[0] if sure else direct).subcharts)


def _metadata(files: Mapping[str, bytes]) -> Iterator[bytes]:
    return (content for name, content in files.items() if canonical(name).kind == "metadata")


def _source_line(files: Mapping[str, bytes], name: str, line: int) -> str:
    lines = files.get(name, b"").split(b"\n", line)
    return decoded(lines[line - 1]) if 0 < line <= len(lines) else ""


def _values_key(expression: str, template: str) -> str:
    match = _VALUES.search(expression)
    return _scoped(match[1], template) if match else ""


def _scoped(dotted: str, template: str) -> str:
    """The JSON pointer, from the chart's values, to what *template* of a subchart calls ``.Values.…``."""
    return "".join(f"/{name}" for name in canonical(template).subcharts) + dotted.replace(".", "/")


def _cut(text: str, most: int = MAX_TEXT) -> str:
    return text if len(text) <= most else f"{text[: most * 3 // 4]} … {text[-most // 4 :]}"
