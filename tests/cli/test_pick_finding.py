"""`chartkit explain`: what was asked for is found, told whole, and what is to be pasted works."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
from collections.abc import Callable

import pytest

from chartkit.__main__ import run
from chartkit.model.errors import EXIT_CANNOT, EXIT_CLEAN

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: 'a b'\n"
HELPERS = """\
{{- define "web.labels" -}}
app: {{ .name | quote }}
chart: {{ .root.Chart.AppVersion }}
{{- end -}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    {{- include "web.labels" (dict "name" .Values.labels.name "root" .) | nindent 4 }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: {{ .Values.name }}
          image: web
          imagePullPolicy: {{ .Values.policy }}
          resourcez: {}
"""

Explain = Callable[..., str]


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    for name, text in {
        "charts/web/Chart.yaml": CHART,
        "charts/web/values.yaml": "name: web\npolicy: Sometimes\nlabels:\n  name: web\n",
        "charts/web/templates/_helpers.tpl": HELPERS,
        "charts/web/templates/deployment.yaml": DEPLOYMENT,
        "charts/web/ci/loud-values.yaml": "name: Web!\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def explain(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Explain:
    def told(*words: str, code: int = EXIT_CLEAN) -> str:
        assert run(["explain", *words]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    return told


@pytest.fixture
def findings(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[], list[dict[str, object]]]:
    def found() -> list[dict[str, object]]:
        run(["check", "--format", "json"])
        return list(json.loads(capsys.readouterr().out)["findings"])

    return found


Findings = Callable[[], list[dict[str, object]]]


def test_the_whole_story_is_told(explain: Explain, snapshot: object) -> None:
    assert explain("label-value-invalid", "charts/web") == snapshot


def test_what_is_passed_on_is_told_from_where_it_is_set(explain: Explain, snapshot: object) -> None:
    assert explain("charts/web/values.yaml:2") == snapshot


def test_it_is_coloured_where_that_is_asked_for(
    explain: Explain, snapshot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert explain("charts/web/templates/deployment.yaml:16") == snapshot


def test_a_finding_goes_by_its_fingerprint_or_as_many_digits_as_tell_it_apart(
    explain: Explain, findings: Findings
) -> None:
    names = [str(one["fingerprint"]) for one in findings()]
    assert len(names) == 4
    for name in names:
        assert name in explain(name)
        short = next(
            name[:count] for count in range(4, 17) if sum(x.startswith(name[:count]) for x in names) == 1
        )
        assert explain(short.upper()) == explain(name)


def test_it_can_be_called_by_any_of_its_lines(explain: Explain) -> None:
    in_helper = explain("./charts/web/templates/_helpers.tpl:3")
    assert explain("charts/web/templates/_helpers.tpl:3:8") == in_helper
    assert explain("charts/web/templates/deployment.yaml:6") == in_helper  # where it is included


@pytest.mark.parametrize(
    ("what", "error", "hint"),
    [
        ("abc", "'abc' is too short for a fingerprint", "give 4 digits or more"),
        (
            "field-mising",
            "neither a fingerprint nor FILE:LINE nor a rule",
            "did you mean the rule 'field-missing'?",
        ),
        ("nonsense here", "neither a fingerprint nor FILE:LINE nor a rule", "run `chartkit check --verbose`"),
        (
            "object-duplicate",
            "none of the 4 findings is 'object-duplicate'",
            "run `chartkit check --verbose`",
        ),
        ("charts/web/values.yaml:1", "none of the 4 findings is", "did you mean"),
        ("charts/web/gone.yaml:1", "none of the 4 findings is", "run `chartkit check --verbose`"),
        ("field-invalid", "2 findings are meant by 'field-invalid':", "give the fingerprint of one of them"),
    ],
)
def test_what_is_not_there_is_not_guessed(explain: Explain, what: str, error: str, hint: str) -> None:
    said = explain(what, code=EXIT_CANNOT)

    assert error in said
    assert hint in said


def test_a_slip_in_a_fingerprint_is_named(explain: Explain, findings: Findings) -> None:
    name = str(findings()[0]["fingerprint"])
    slipped = name[:8] + ("0" if name[8] != "0" else "1") + name[9:]

    assert f"did you mean {name}" in explain(slipped, code=EXIT_CANNOT)
    assert f"did you mean {name}" in explain(slipped[:9], code=EXIT_CANNOT)


def test_a_clean_repository_says_so(explain: Explain, folder: pathlib.Path) -> None:
    shutil.rmtree(folder / "charts/web/templates")
    (folder / "charts/web/templates").mkdir()
    (folder / "charts/web/templates/a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    )

    assert "the charts that were looked at have none" in explain("abcd", code=EXIT_CANNOT)


def test_flags_decide_what_is_judged(explain: Explain) -> None:
    story = explain("charts/web/templates/deployment.yaml:13", "--set", "name=No!", "charts/web")

    assert "value\n  name, set by --set on the command line\n" in story
    assert "none of the" in explain(
        "label-value-invalid", "--ignore", "label-value-invalid", code=EXIT_CANNOT
    )


def test_several_objects_with_one_fault_at_a_line_are_one_story(
    explain: Explain, folder: pathlib.Path
) -> None:
    more = DEPLOYMENT.replace("name: web\n  labels", "name: other\n  labels")
    (folder / "charts/web/templates/other.yaml").write_text(more)

    story = explain("charts/web/templates/_helpers.tpl:3")
    assert re.search(r"found at this line, too\n  [0-9a-f]{16}  Deployment/", story)


def forms(story: str) -> dict[str, str]:
    """What can be pasted, by where it goes."""
    part = story.partition("\nto accept it\n")[2].partition("\n\n")[0]
    found = re.findall(r"^  (\S[^\n]*):\n((?:    .*\n?)+)", part, re.MULTILINE)
    return {title: "\n".join(line[4:] for line in text.rstrip("\n").split("\n")) for title, text in found}


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("charts/web/templates/_helpers.tpl:3", "line"),
        ("charts/web/templates/deployment.yaml:16", "line"),
        ("charts/web/values.yaml:2", "line"),
        ("charts/web/templates/_helpers.tpl:3", "annotation"),
        ("charts/web/values.yaml:2", "chartkit.yaml"),
    ],
)
def test_what_is_to_be_pasted_accepts_the_finding_and_changes_nothing_else(
    explain: Explain,
    findings: Findings,
    folder: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    line: str,
    form: str,
) -> None:
    story = explain(line)
    title, text = next((title, text) for title, text in forms(story).items() if form in title)
    run(["render", "charts/web"])
    before = capsys.readouterr().out
    if form == "chartkit.yaml":
        (folder / "chartkit.yaml").write_text(text + "\n")
    elif form == "annotation":
        paste(folder / "charts/web/templates/deployment.yaml", 3, f"  annotations: {{{text}}}", above=False)
    else:
        number, file = re.findall(r"line (\d+) of (\S+)", title)[0]
        paste(folder / file, int(number), text, above="above" in title)

    fingerprint = re.findall(r"[0-9a-f]{16}", story)[0]
    accepted = {str(one["fingerprint"]): one["suppressed"] for one in findings()}
    assert accepted[fingerprint] == "why it is right here"
    assert sum(reason is not None for reason in accepted.values()) == 1
    run(["render", "charts/web"])
    assert form == "annotation" or capsys.readouterr().out == before
    assert "accepted: why it is right here" in explain(fingerprint)


def paste(file: pathlib.Path, number: int, text: str, *, above: bool) -> None:
    """Put *text* above the line with this *number*, or at its end; what is no comment goes below it."""
    lines = file.read_text().split("\n")
    if above:
        lines.insert(number - 1, text)
    elif text.startswith("#"):
        lines[number - 1] += f"  {text}"
    else:
        lines.insert(number, text)
    file.write_text("\n".join(lines))


def test_verbose_shows_the_whole_object_and_the_examples(explain: Explain) -> None:
    short, long = explain("label-value-invalid"), explain("label-value-invalid", "--verbose")

    assert "chartkit rule label-value-invalid" in short
    assert "## Bad" in long
    assert "## Good" not in short


@pytest.mark.parametrize("width", ["40", "80", "120"])
def test_it_fits_the_terminal_but_for_what_is_to_be_pasted(
    explain: Explain, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    story = explain("label-value-invalid")
    pasted = story.partition("\nto accept it\n")[2].partition("\n\n")[0]

    assert max(len(line) for line in story.replace(pasted, "").split("\n")) <= int(width)


def test_control_characters_of_a_chart_stay_out_of_the_terminal(
    explain: Explain, folder: pathlib.Path
) -> None:
    values = 'name: web\npolicy: "S\\e[31mX"\nlabels: {name: web}\n'
    (folder / "charts/web/values.yaml").write_text(values)
    loud = DEPLOYMENT.replace("resourcez: {}", "resourcez: {}  {{/* \x1b[31m\u202e */}}")
    loud = loud.replace(".Values.policy", ".Values.policy | quote")
    (folder / "charts/web/templates/deployment.yaml").write_text(loud)
    story = explain("charts/web/values.yaml:2") + explain("charts/web/templates/deployment.yaml:16")

    assert story.replace("\n", "").isprintable()
