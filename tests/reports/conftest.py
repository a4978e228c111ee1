"""A report by hand that takes every branch of every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chartkit.model.case import CaseRef
from chartkit.model.finding import Display, Finding, NotJudged, RuleText, Severity, Snippet
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import CaseResult, Report

VERSIONS = ("1.31.0", "1.34.0", "1.37.0")
VIZ = tuple(
    CaseRef("linkerd-viz", scenario, version) for scenario in ("default", "ha") for version in VERSIONS
)
CRDS = (CaseRef("linkerd-crds", "default", "1.37.0"),)
MANY = tuple(CaseRef("web", f"scenario-{number}", "1.34.2") for number in range(1, 7))
WEB = ResourceId("apps/v1", "Deployment", "linkerd-viz", "web")
VIZ_TEMPLATE = "charts/linkerd-viz/templates/web.yaml"

DRIFT = (
    """\
render differs from its golden file: 1 object changed, 1 added, order changed
~ Deployment/web in linkerd-viz
    spec.replicas
      - 1
      + 2
    spec.template.spec.containers[web].args order changed
      - -log-level=info, -api-addr=metrics
      + -api-addr=metrics, -log-level=info
    spec.template.spec.containers[web].env
      - - name: A
      -   value: '1'
+ ConfigMap/web-config in linkerd-viz added
      + apiVersion: v1
      + kind: ConfigMap
      + metadata:
      +   name: web-config
      + data:
      +   config.yaml: |
      +     a: 1
"""
    + "".join(f"      +     line-{number}: value\n" for number in range(30))
    + "~ order changed, moved: Service/web"
)

FINDINGS = (
    Finding(
        "version-label-invalid",
        Severity.ERROR,
        "label value 'linkerd/cli edge-25.6.7' holds '/' and a space, expected at most 63 letters, digits, "
        "'-', '_' and '.', beginning and ending with a letter or digit",
        "linkerd-viz",
        Place(VIZ_TEMPLATE, 31, 36),
        "set linkerdVersion to a version without a space, or quote `replace` in the template",
        (Place("charts/partials/templates/_labels.tpl", 12), Place(VIZ_TEMPLATE, 30)),
        WEB,
        "/spec/template/metadata/labels/app.kubernetes.io~1version",
        412,
        (VIZ[0], VIZ[3], VIZ[5]),
        None,
        display=Display(
            snippet=Snippet(
                "    app.kubernetes.io/version: {{ .Values.cliVersion | quote }}", 31, 32, rendered=False
            ),
            precision="action",
            quoted=('{{- define "partials.labels" -}}', '  {{- include "partials.labels" . | nindent 4 }}'),
            rendered=Snippet(
                '        app.kubernetes.io/version: "linkerd/cli edge-25.6.7"', 412, 36, rendered=True
            ),
        ),
    ),
    Finding(
        "field-invalid",
        Severity.ERROR,
        "'Sometimes' is none of 'Always', 'IfNotPresent', 'Never'",
        "linkerd-viz",
        Place("charts/linkerd-viz/values.yaml", 83, 15),
        "",
        (
            *(Place("charts/partials/templates/_pods.tpl", line) for line in (1, 2, 3, 4)),
            Place("charts/x.tgz"),
        ),
        WEB,
        "/spec/template/spec/containers/0/imagePullPolicy",
        430,
        VIZ,
        display=Display(
            snippet=Snippet("  pullPolicy: Sometimes", 83, 15, rendered=False),
            precision="action",
            passed_on=Place("charts/partials/templates/_pods.tpl", 55, 18),
            quoted=("imagePullPolicy: {{ . | quote }}", "one", "", "\x1b[31mthree", "x" * 130, ""),
            rendered=Snippet("          imagePullPolicy: Sometimes", 430, 28, rendered=True),
        ),
    ),
    Finding(
        "field-missing",
        Severity.ERROR,
        "'name' is missing in spec.template.spec.containers[0]",
        "linkerd-viz",
        Place(VIZ_TEMPLATE, 40, 7),
        resource=WEB,
        path="/spec/template/spec/containers/0/name",
        rendered_line=440,
        cases=VIZ,
        display=Display(
            snippet=Snippet('      {{- include "x" . | fromYaml | toJson | b64enc }}', 40, 7, rendered=False),
            precision="coarse",
            rendered=Snippet("      - image: x", 440, 9, rendered=True),
        ),
    ),
    Finding(
        "field-unknown",
        Severity.WARNING,
        "unknown field 'imagePullPolcy', did you mean 'imagePullPolicy'",
        "linkerd-viz",
        Place(VIZ_TEMPLATE),
        resource=WEB,
        path="/spec/template/spec/containers/0/imagePullPolcy",
        rendered_line=431,
        cases=VIZ,
        display=Display(
            snippet=Snippet("          imagePullPolcy: Always  # 直したい", 431, 11, rendered=True),
            line_unknown="not known in the template: the chart takes more than 3 seconds to render",
        ),
    ),
    Finding(
        "render-failed",
        Severity.ERROR,
        "values don't meet the schema\n- (root): replicas is required\n- image: Invalid type",
        "web",
        Place("charts/web/values.yaml", 1),
        cases=MANY,
    ),
    Finding(
        "golden-drifted",
        Severity.ERROR,
        DRIFT,
        "linkerd-viz",
        Place("golden/linkerd-viz/default.yaml", 57),
        "run `chartkit golden update charts/linkerd-viz` and commit the file if the change is meant",
        cases=VIZ[:3],
    ),
    Finding(
        "chart-hostile",
        Severity.NOTE,
        "value '\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u200b\x9b31m' holds control characters",
        "evil\x1b[31m",
        Place("charts/evil/" + "very-long-folder-name/" * 5 + "x\x1b[1m.yaml", 3, 400),
        "remove them\r\n",
        resource=ResourceId("v1", "ConfigMap\x08", "", "na\x00me"),
        path="/data/\x1b[0m/0/~0x",
        rendered_line=9,
        cases=(CaseRef("other", "sc\x1b", "1.34.0"),),
        display=Display(
            snippet=Snippet("\tkey: " + "x" * 200 + "\x1b[31mred" + "y" * 50, 3, 207, rendered=False)
        ),
    ),
    Finding(
        "service-selects-nothing",
        Severity.WARNING,
        "selector matches no pod",
        "linkerd-viz",
        Place("charts/linkerd-viz/templates/service.yaml", 4, 3),
        resource=ResourceId("v1", "Service", "", "tap"),
        cases=VIZ[:1],
        suppressed="the pods come from the injector",
    ),
)

NOT_JUDGED = (
    *(
        NotJudged(
            f"linkerd.io/v1alpha2 {kind}",
            "linkerd-viz",
            "no schema for this kind",
            ResourceId("linkerd.io/v1alpha2", kind, "linkerd-viz", f"{name}"),
            VIZ,
        )
        for kind in ("ServiceProfile", "Link")
        for name in range(6)
    ),
    NotJudged(
        "golden/linkerd-viz/ha.yaml:12", "linkerd-viz", "golden line masked, it changes with every render"
    ),
    *(
        NotJudged(f"cert-{n}\x1b", "web", "a reason with \x1b[31m control characters", cases=MANY)
        for n in range(6)
    ),
)

RESULTS = (
    *(CaseResult(case, rendered=True, objects=56, seconds=0.21) for case in VIZ),
    *(CaseResult(case, rendered=False, seconds=1.5) for case in MANY),
    *(CaseResult(case, rendered=True, objects=1200, cached=True) for case in CRDS),
)

FULL = Report(FINDINGS, NOT_JUDGED, RESULTS)
CLEAN = Report(cases=RESULTS[:6])
CLEAN_BUT = Report(FINDINGS[-1:], NOT_JUDGED[:1], RESULTS)
NOTHING = Report()
ONE = Report(FINDINGS[1:2], cases=RESULTS[-1:])
HELPER = Finding(
    "field-invalid",
    Severity.WARNING,
    "'Sometimes' is none of 'Always', 'IfNotPresent', 'Never'",
    "web",
    Place("charts/web/templates/_helpers.tpl", 7, 3),
    "write one of them",
    (Place("charts/web/templates/a.yaml", 12),),
    ResourceId("apps/v1", "Deployment", "", "a"),
    "/spec/template/spec/containers/0/imagePullPolicy",
    31,
    MANY,
    display=Display(
        snippet=Snippet("  imagePullPolicy: {{ .Values.policy }}", 7, 3, rendered=False),
        precision="action",
        quoted=('{{ include "web.pod" . }}',),
        rendered=Snippet("        imagePullPolicy: Sometimes", 31, 9, rendered=True),
    ),
)
GROUP = (
    HELPER,
    *(
        replace(HELPER, resource=ResourceId("apps/v1", kind, "x", "a"), rendered_line=line, cases=MANY[:2])
        for kind, line in (("DaemonSet", 3), ("StatefulSet", 55))
    ),
    replace(
        HELPER,
        resource=ResourceId("batch/v1", "Job", "", "b"),
        includes=(Place("charts/web/templates/b.yaml", 2),),
        path="/spec/template/spec/initContainers/0/imagePullPolicy",
    ),
)
"""One fault of a helper in four objects, of which the last includes it elsewhere."""

PAGE = """\
Value is not of the form that its schema asks for.

The API server would refuse *it*.

## Bad

```yaml
replicas: "two"  # error: field-invalid
```
"""
RULES = (RuleText("field-invalid", Severity.ERROR, PAGE, ("recommended", "strict")),)
WEB_CASES = (CaseRef("web", "default", "1.34.0"), CaseRef("web", "refused", "1.34.0"))
RICH = Report(
    (
        *GROUP,
        Finding("helm-warning", Severity.NOTE, "odd table", "web", Place("charts/web"), cases=WEB_CASES[:1]),
        Finding("suppression-unused", Severity.WARNING, "suppresses nothing", "", Place("chartkit.yaml", 3)),
        Finding("chart-pattern-unmatched", Severity.ERROR, "nothing fits 'x/*'", "", Place("")),
        Finding("golden-missing", Severity.ERROR, "no golden file", "web", Place("golden"), cases=MANY[:1]),
        Finding("helm-warning", Severity.NOTE, "fine", "", Place("chartkit.yaml"), suppressed=""),
        Finding("render-failed", Severity.ERROR, "see [here](evil) @all #1", "web", Place("a b%[1].yaml", 1)),
    ),
    (NotJudged("cache x", "", "it cannot be written"),),
    (
        *(CaseResult(case, rendered=True, objects=3, path="charts/web") for case in MANY),
        CaseResult(WEB_CASES[0], rendered=False, path="charts/web"),
        CaseResult(WEB_CASES[1], rendered=False, must_fail=True, path="charts/web"),
    ),
    rules=RULES,
    compared=True,
    fail_on=Severity.WARNING,
)
REPORTS = {"rich": RICH, "full": FULL, "clean": CLEAN, "clean-but": CLEAN_BUT, "nothing": NOTHING, "one": ONE}


@pytest.fixture
def reports() -> Mapping[str, Report]:
    return REPORTS
