"""What `helm lint` of Helm 3 and 4 calls an error is an error here, at its line; what it takes is none."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import subprocess
from collections.abc import Callable

import pytest

import chartkit
from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.plan.config import Flags

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: webs.example.org
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Web, plural: webs, singular: web, listKind: WebList}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
BACKEND = {
    "charts/backend/Chart.yaml": "apiVersion: v2\nname: backend\nversion: 1.0.0\n",
    "charts/backend/templates/web.yaml": TEMPLATE.replace("web", "backend"),
}
LIST = """\
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      annotations:
        helm.sh/KEY: keep
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: KIND
metadata:
  name: web
spec:
  selector: SELECTOR
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "example.org/web:1"}]
"""


@dataclasses.dataclass(frozen=True)
class Broken:
    """A chart with one fault; *expected* are its errors as ``FILE:LINE RULE``.

    *more* says why they are errors although no `helm lint` calls them so.
    """

    files: dict[str, str]
    expected: tuple[str, ...]
    more: str = ""


def chart(text: str, *expected: str, more: str = "") -> Broken:
    return Broken({"Chart.yaml": text}, expected, more)


def field(line: str, *expected: str, more: str = "") -> Broken:
    """A Chart.yaml with one *line* more, its fourth."""
    return chart(f"{CHART}{line}\n", *expected, more=more)


def files(expected: str = "", more: str = "", **texts: str) -> Broken:
    named = {name.replace("__", "."): text for name, text in texts.items()}
    return Broken(named, (expected,) if expected else (), more)


def file(name: str, text: str, *expected: str, more: str = "") -> Broken:
    return Broken({name: text}, expected, more)


def template(text: str, *expected: str, more: str = "") -> Broken:
    return file("templates/web.yaml", text, *expected, more=more)


FIELD = "Chart.yaml:4 chart-field-invalid"
UNQUOTED = "Chart.yaml:4 chart-version-unquoted"
UNREADABLE = "Chart.yaml:4 chart-unreadable"
CRDS_MIXED = "crds/a.yaml:1 crd-folder-mixed"
EXTENSION = "template-extension-unknown"

FIELDS = {
    "api-version-missing": chart("name: web\nversion: 1.0.0\n", "Chart.yaml:1 chart-field-invalid"),
    "api-version-empty": chart(CHART.replace("v2", '""'), "Chart.yaml:1 chart-field-invalid"),
    "api-version-unknown": chart(CHART.replace("v2", "v3"), "Chart.yaml:1 chart-unreadable"),
    "api-version-number": chart(CHART.replace("v2", "2"), "Chart.yaml:1 chart-unreadable"),
    "name-missing": chart(CHART.replace("name: web\n", ""), "Chart.yaml:1 chart-unreadable"),
    "name-with-folder": chart(CHART.replace("web", "a/web"), "Chart.yaml:2 chart-unreadable"),
    "name-dots": chart(CHART.replace("web", ".."), "Chart.yaml:2 chart-unreadable"),
    "name-in-capitals": chart(CHART.replace("web", "Web_X")),
    "version-missing": chart("apiVersion: v2\nname: web\n", "Chart.yaml:1 chart-unreadable"),
    "version-word": chart(CHART.replace("1.0.0", "latest"), "Chart.yaml:3 chart-unreadable"),
    "version-float": chart(CHART.replace("1.0.0", "1.2"), "Chart.yaml:3 chart-version-unquoted"),
    "version-integer": chart(CHART.replace("1.0.0", "1"), "Chart.yaml:3 chart-version-unquoted"),
    "version-least": chart(CHART.replace("1.0.0", "0.0.0-0"), "Chart.yaml:3 chart-field-invalid"),
    "version-with-v": chart(CHART.replace("1.0.0", "v1.0.0")),
    "version-short": chart(CHART.replace("1.0.0", '"1.2"')),
    "app-version-float": field("appVersion: 1.10", UNQUOTED),
    "app-version-integer": field("appVersion: 3", UNQUOTED),
    "app-version-exponent": field("appVersion: 1e5", UNQUOTED),
    "app-version-hexadecimal": field("appVersion: 0x10", UNQUOTED),
    "app-version-octal": field("appVersion: 007", UNQUOTED),
    "app-version-truth": field("appVersion: yes", UNQUOTED),
    "app-version-empty": field("appVersion:", FIELD),
    "app-version-list": field("appVersion: [1]", UNREADABLE),
    "app-version-date": field("appVersion: 2020-01-01"),
    "app-version-tagged": field("appVersion: !!str 1.10"),
    "app-version-in-capitals": field(
        "AppVersion: 1.10", UNQUOTED, more="Helm reads the key whatever its case, its lint does not"
    ),
    "type-unknown": field("type: service", UNREADABLE),
    "type-in-v1": field("type: application", FIELD),
    "dependencies-in-v1": field("dependencies: [{name: backend, version: 1.0.0}]", FIELD),
    "maintainer-nameless": field("maintainers: [{email: a@example.org}]", FIELD),
    "maintainer-empty-name": field('maintainers: [{name: ""}]', FIELD),
    "maintainer-empty": field("maintainers: [null]", UNREADABLE),
    "maintainer-text": field("maintainers: [ann]", UNREADABLE),
    "maintainer-mail": field("maintainers: [{name: a, email: none}]", FIELD),
    "maintainer-mail-with-name": field('maintainers: [{name: a, email: "A <a@example.org>"}]', FIELD),
    "maintainer-mail-local": field('maintainers: [{name: a, email: "a@b"}]', FIELD),
    "maintainer-mail-beyond-ascii": field('maintainers: [{name: a, email: "ä@example.org"}]'),
    "maintainer-second": chart(
        f"{CHART}maintainers:\n- name: a\n- name: b\n  url: https:b\n", "Chart.yaml:7 chart-field-invalid"
    ),
    "maintainer-url": field('maintainers: [{name: a, url: "https:example"}]', FIELD),
    "maintainer-url-word": field("maintainers: [{name: a, url: example}]", FIELD),
    "maintainer-url-with-space": field('maintainers: [{name: a, url: "https://example org"}]', FIELD),
    "maintainer-url-without-scheme": field("maintainers: [{name: a, url: www.example.org/~a}]"),
    "icon-words": field("icon: not a url", FIELD),
    "icon-file": field("icon: icon.png", FIELD),
    "icon-port": field('icon: "https://example.org:no/"', FIELD),
    "icon-escape": field('icon: "https://example.org/%zz"', FIELD),
    "icon-data": field('icon: "data:image/png;base64,AAAA"'),
    "source-words": field("sources: [foo bar]", FIELD),
    "source-without-scheme": field("sources: [github.com/example/web]", FIELD),
    "source-of-git": field('sources: ["git@example.org:a/b.git"]', FIELD),
    "source-empty": field('sources: [""]', FIELD),
    "sources-text": field("sources: https://example.org", UNREADABLE),
    "home-words": field("home: foo bar"),
    "field-unknown": field("dependancies: []"),
    "field-twice": field(
        'appVersion: "1"\nappVersion: "2"', "Chart.yaml:5 yaml-key-duplicate", more="Helm 4 warns of it"
    ),
    "field-twice-by-case": field(
        'AppVersion: "1"\nappVersion: "2"', UNREADABLE.replace("chart-unreadable", "yaml-key-duplicate"),
        more="Helm takes the second in silence",
    ),
    "dependency-twice": field(
        "dependencies: [{name: a, version: 1.0.0}, {name: a, version: 1.0.0}]", UNREADABLE
    ),
    "dependency-alias": field("dependencies: [{name: a, alias: x y, version: 1.0.0}]", UNREADABLE),
    "dependency-empty": field("dependencies: [null]", UNREADABLE),
    "dependency-missing": field(
        "dependencies: [{name: a, version: 1.0.0}]",
        "Chart.yaml:4 dependency-missing",
        more="helm lint warns of it, helm template refuses",
    ),
    "kube-version": field(
        'kubeVersion: ">=99.0.0"', "Chart.yaml kube-version-refused", more="helm template refuses it"
    ),
    "no-mapping": chart("- web\n", "Chart.yaml:1 chart-unreadable"),
    "no-yaml": chart("name: [\n", "Chart.yaml:1 chart-unreadable"),
}  # fmt: skip

FILES = {
    "clean": file("values.yaml", "a: 1\n"),
    **{
        f"extension-{name}": file(f"templates/{name}", "# text\n", f"templates/{name} {EXTENSION}")
        for name in ("a.toml", "a.json", "README.md", "NOTES.TXT", "a.yaml.bak", "a", "_a.gotmpl", "b/a.sh")
    },
    "extension-yml": file("templates/a.yml", "# text\n"),
    "extension-hidden": file("templates/.gitkeep", ""),
    "extension-ignored": Broken({"templates/a.toml": "# text\n", ".helmignore": "*.toml\n"}, ()),
    "templates-file": file("templates", "text", "templates chart-layout-invalid"),
    "crds-file": file("crds", "text", "crds chart-layout-invalid"),
    "values-folder": file("values.yaml/a", "text", "values.yaml chart-layout-invalid"),
    "charts-file": file("charts", "text", "charts chart-layout-invalid", more="Helm looks past it"),
    "values-list": file("values.yaml", "- a\n", "values.yaml chart-refused"),
    "values-no-yaml": file("values.yaml", "a:\n\tb: 1\n", "values.yaml:2 chart-refused"),
    "values-twice": file(
        "values.yaml", "a: 1\na: 2\n", "values.yaml:2 yaml-key-duplicate", more="Helm 3 and 4.1 take the last"
    ),
    "values-against-schema": Broken(
        {"values.yaml": "a: 1\n", "values.schema.json": '{"properties": {"a": {"type": "string"}}}'},
        ("values.yaml:1 values-schema-violated",),
    ),
    "schema-no-json": file("values.schema.json", "{", "values.yaml values-schema-violated"),
    "lock-no-yaml": file("Chart.lock", "a: [\n", "Chart.lock:1 chart-unreadable"),
    "helmignore-pattern": file(".helmignore", "[a\n", ".helmignore:1 chart-unreadable"),
    "crd": file("crds/web.yaml", CRD),
    "crd-other-kind": file("crds/a.yaml", TEMPLATE.replace("web", "a"), CRDS_MIXED),
    "crd-other-kind-deeper": file(
        "crds/deep/a.yaml", TEMPLATE.replace("web", "a"), "crds/deep/a.yaml:1 crd-folder-mixed"
    ),
    "crd-other-kind-second": file(
        "crds/a.yaml", f"{CRD}---\n{TEMPLATE.replace('web', 'a')}", "crds/a.yaml:12 crd-folder-mixed"
    ),
    "crd-other-group": file(
        "crds/a.yaml", CRD.replace("apiextensions.k8s.io", "example.org"), CRDS_MIXED
    ),
    "crd-list": file("crds/a.yaml", "apiVersion: v1\nkind: List\nitems: []\n", CRDS_MIXED),
    "crd-no-yaml": file("crds/a.yaml", "a: [\n", "crds/a.yaml:1 yaml-unreadable"),
    "crd-template": file("crds/a.yaml", "{{ if .x }}\n{{ end }}\n", "crds/a.yaml:1 yaml-unreadable"),
    "crd-text": file("crds/a.yaml", "text\n", "crds/a.yaml:1 object-without-kind"),
    "crd-readme": file("crds/README.md", "# CRDs\n"),
    "subchart-version": Broken(
        {
            "Chart.yaml": f'{CHART}dependencies: [{{name: backend, version: 1.x}}]\n',
            **BACKEND,
            "charts/backend/Chart.yaml": "apiVersion: v2\nname: backend\nversion: 1.2\n",
        },
        ("charts/backend/Chart.yaml:3 chart-version-unquoted",),
        more="helm lint --with-subcharts says so",
    ),
}  # fmt: skip

TEMPLATES = {
    **{
        f"selector-{kind}-{name}": template(
            WORKLOAD.replace("KIND", kind).replace("SELECTOR", selector), f"templates/web.yaml:6 {rule}"
        )
        for kind in ("Deployment", "DaemonSet", "ReplicaSet")
        for name, selector, rule in (("unknown", "{app: web}", "field-unknown"),)
    },
    "selector-missing": template(
        WORKLOAD.replace("KIND", "Deployment").replace("  selector: SELECTOR\n", ""),
        "templates/web.yaml:5 field-missing",
    ),
    "release-time": template(
        f"{TEMPLATE}data: {{a: '{{{{ .Release.Time }}}}'}}\n", "templates/web.yaml:5 release-field-unknown"
    ),
    "release-time-in-helper": file(
        "templates/_a.tpl",
        '{{ define "a" }}\n{{ $.Release.Time }}\n{{ end }}\n',
        "templates/_a.tpl:2 release-field-unknown",
    ),
    "release-field": template(
        f"{TEMPLATE}data: {{a: '{{{{ .Release.Nme }}}}'}}\n",
        "templates/web.yaml:5 release-field-unknown",
        more="it is nothing to Helm, as Time is",
    ),
    "list-annotation": template(
        LIST.replace("KEY", "resource-policy"), "templates/web.yaml:9 list-annotation-ignored"
    ),
    "list-hook": template(
        LIST.replace("KEY: keep", "hook: pre-install"),
        "templates/web.yaml:9 list-annotation-ignored",
        more="Helm ignores it as it does helm.sh/resource-policy",
    ),
    "no-yaml": template("a: b: c\n", "templates/web.yaml:1 yaml-unreadable"),
    "tab": template(f"{TEMPLATE}data:\n\ta: b\n", "templates/web.yaml:6 yaml-unreadable"),
    "text": template("text\n", "templates/web.yaml:1 object-without-kind"),
    "list": template("- a\n", "templates/web.yaml:1 object-without-kind"),
    "syntax": template("{{ .Values.a \n", "templates/web.yaml:1 render-failed"),
    "nil": template("{{ .Values.a.b }}\n", "templates/web.yaml:1 render-failed"),
    "notes": file("templates/NOTES.txt", "{{ .Values.a.b }}\n", "templates/NOTES.txt:1 render-failed"),
    "function": file("templates/_a.tpl", "{{ nofn }}\n", "templates/_a.tpl:1 render-failed"),
    "include": template('{{ include "none" . }}\n', "templates/web.yaml:1 render-failed"),
    "fail": template(
        '{{ fail "no" }}\n', "templates/web.yaml:1 render-refused", more="helm lint passes over it alone"
    ),
    "required": template(
        '{{ required "no" .Values.a }}\n',
        "templates/web.yaml:1 render-refused",
        more="helm lint passes over it alone",
    ),
    "name": template(
        TEMPLATE.replace("web", "Web_X"), "templates/web.yaml:4 field-invalid", more="helm lint warns of it"
    ),
    "removed": template(
        "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: web}\n",
        "templates/web.yaml:1 api-version-removed",
        more="helm lint warns of it",
    ),
    "key-twice": template(
        f"{TEMPLATE}data: {{a: b}}\ndata: {{c: d}}\n",
        "templates/web.yaml:6 yaml-key-duplicate",
        more="the API server takes the last in silence",
    ),
}  # fmt: skip

V1 = ("type-in-v1", "dependencies-in-v1")
CHARTS = {
    **FIELDS,
    **FILES,
    **{f"template-{name}": broken for name, broken in TEMPLATES.items()},
}
ERROR = re.compile(r"^\[ERROR\] ([^:\n]*):", re.MULTILINE)
Find = Callable[[str], pathlib.Path]


def write(folder: pathlib.Path, name: str) -> None:
    own = CHARTS[name].files
    texts = {"Chart.yaml": CHART, "values.yaml": "", "templates/web.yaml": TEMPLATE, **own}
    if name in V1:
        texts["Chart.yaml"] = texts["Chart.yaml"].replace("v2", "v1")
        texts |= BACKEND if name == "dependencies-in-v1" else {}
    for path, text in texts.items():
        if not any(other != path and (f"{path}/".startswith(f"{other}/") or other.startswith(f"{path}/"))
                   for other in own):  # fmt: skip
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("charts")
    for name in CHARTS:
        write(folder, name)
    return folder


@pytest.fixture(scope="module")
def report(folder: pathlib.Path) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return chartkit.check(flags=Flags(kube_version=("1.33",), no_cache=True))


def errors(report: Report, name: str) -> list[tuple[str, str]]:
    """The files of the errors of the chart *name*, and each as ``FILE:LINE RULE``."""
    found = []
    for finding in report.findings:
        file = finding.place.file
        if finding.severity is Severity.ERROR and file.startswith(f"{name}/"):
            relative = file.removeprefix(f"{name}/")
            line = f":{finding.place.line}" if finding.place.line else ""
            found.append((relative, f"{relative}{line} {finding.rule}"))
    return found


@pytest.mark.parametrize("name", CHARTS)
def test_a_fault_is_an_error_at_its_line(name: str, report: Report) -> None:
    assert [text for _, text in errors(report, name)] == list(CHARTS[name].expected)


def lint(command: pathlib.Path, chart: pathlib.Path) -> list[str]:
    """The files in which `helm lint` finds errors; folders and the chart itself by an empty name."""
    done = subprocess.run([command, "lint", chart], capture_output=True, text=True, check=False)
    found = ERROR.findall(done.stdout)
    crashed = done.returncode not in (0, 1)
    return ["" if not file or file.endswith("/") or file == str(chart) else file for file in found] + [
        ""
    ] * crashed


@pytest.mark.parametrize("name", CHARTS)
def test_what_helm_lint_calls_an_error_is_one(
    name: str, folder: pathlib.Path, report: Report, find_command: Find
) -> None:
    theirs = {file for helm in ("helm3", "helm4") for file in lint(find_command(helm), folder / name)}
    ours = {file for file, _ in errors(report, name)}

    assert {file for file in theirs if file and file not in ours and not ours & STOPPED} == set()
    assert bool(theirs) == (bool(ours) and not CHARTS[name].more)


STOPPED = {"Chart.yaml", ".helmignore", "Chart.lock"}
"""Files in which an error stops Helm, and with which it finds no others."""
