"""Faults that Linkerd's charts have had, as small charts that Helm renders: caught, and clean when cured."""

from __future__ import annotations

import json
import pathlib
from dataclasses import dataclass, field
from typing import Any

import pytest

from chartkit import rules
from chartkit.helm import charts, engines, manifests
from chartkit.model.case import Case, Scenario
from chartkit.model.render import Container, Manifest, Objects
from chartkit.rules import Facts, policies

RULES = {**rules.load(), **policies.shipped()}
ENGINE = engines.open_engine("embedded")


@dataclass(frozen=True)
class Fault:
    """A template with its fault and with the cure, and the rules that catch it."""

    name: str
    chart: str
    bad: str
    good: str
    caught: set[str]
    values: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    app_version: str = "edge-25.9.4"

    def __str__(self) -> str:
        return self.name


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    linkerd.io/extension: viz
    app.kubernetes.io/name: web
    app.kubernetes.io/part-of: Linkerd
    VERSION
  annotations:
    CREATED
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers: [{name: web, image: web}]
"""
VERSION = "app.kubernetes.io/version: {{ .Values.linkerdVersion }}"
HELM = '(printf "linkerd/helm %s" .Values.linkerdVersion)'
CREATED = f"linkerd.io/created-by: {{{{ .Values.cliVersion | default {HELM} }}}}"
VIZ = "linkerdVersion: edge-25.6.7\n"
CLI = {"cliVersion": "linkerd/cli edge-25.6.7"}


def workload(version: str = VERSION, created: str = CREATED) -> str:
    return DEPLOYMENT.replace("VERSION", version).replace("CREATED", created)


def crd(
    name: str, versions: str, labels: str = "linkerd.io/control-plane-ns: linkerd", notes: str = "a: b"
) -> str:
    group = name.partition(".")[2]
    return f"""\
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {name}
  labels: {{{labels}}}
  annotations: {{{notes}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: {name.partition(".")[0]}, kind: X}}
  versions: [{versions}]
"""


def version(
    name: str, *, stored: bool = False, served: bool = True, more: str = "subresources: {status: {}}"
) -> str:
    return f"{{name: {name}, served: {json.dumps(served)}, storage: {json.dumps(stored)}, {more}}}"


KEEP = (
    "helm.sh/resource-policy: keep, gateway.networking.k8s.io/bundle-version: v1.1.1, "
    "gateway.networking.k8s.io/channel: experimental"
)
HTTP_ROUTE = crd(
    "httproutes.gateway.networking.k8s.io", f"{version('v1', stored=True)}, {version('v1beta1')}", notes=KEEP
)
GRPC_ROUTE = crd(
    "grpcroutes.gateway.networking.k8s.io",
    ", ".join(
        [version("v1", stored=True), version("v1alpha2", more="deprecated: true, subresources: {status: {}}")]
    ),
    notes=KEEP,
)
TLS_ROUTE = crd("tlsroutes.gateway.networking.k8s.io", version("v1alpha2", stored=True), notes=KEEP)
TCP_ROUTE = crd("tcproutes.gateway.networking.k8s.io", version("v1alpha2", stored=True), notes=KEEP)
OLD_SERVER = ["v1alpha1", "v1beta1", "v1beta2", "v1beta3"]
OWN = "".join(
    crd(name, versions)
    for name, versions in {
        "serviceprofiles.linkerd.io": "{name: v1alpha1, served: true, storage: false}, "
        "{name: v1alpha2, served: true, storage: true}",
        "servers.policy.linkerd.io": ", ".join(
            version(each, stored=each == "v1beta3", more=f"deprecated: {json.dumps(each in OLD_SERVER[:2])}")
            for each in OLD_SERVER
        ),
        "serverauthorizations.policy.linkerd.io": (
            "{name: v1alpha1, served: true, storage: false, deprecated: true}, "
            "{name: v1beta1, served: true, storage: true}"
        ),
        "authorizationpolicies.policy.linkerd.io": "{name: v1alpha1, served: true, storage: true}",
        "meshtlsauthentications.policy.linkerd.io": "{name: v1alpha1, served: true, storage: true}",
        "networkauthentications.policy.linkerd.io": "{name: v1alpha1, served: true, storage: true}",
        "httproutes.policy.linkerd.io": ", ".join(
            version(each, stored=each == "v1beta3") for each in ["v1alpha1", "v1beta1", "v1beta2", "v1beta3"]
        ),
        "egressnetworks.policy.linkerd.io": version("v1alpha1", stored=True),
        "httplocalratelimitpolicies.policy.linkerd.io": version("v1alpha1", stored=True),
        "externalworkloads.workload.linkerd.io": "{name: v1alpha1, served: true, storage: false}, "
        + version("v1beta1", stored=True),
    }.items()
)


def switched(condition: str, crds: str) -> str:
    return f"{{{{- if {condition} }}}}\n{crds}{{{{- end }}}}\n"


def routes(condition: str) -> str:
    """All Gateway API CRDs, each kind under *condition* with its own switch in place of SWITCH."""
    kinds = {
        "enableHttpRoutes": HTTP_ROUTE + GRPC_ROUTE,
        "enableTlsRoutes": TLS_ROUTE,
        "enableTcpRoutes": TCP_ROUTE,
    }
    return OWN + "".join(
        switched(condition.replace("SWITCH", switch), crds) for switch, crds in kinds.items()
    )


HONEST = routes('(ternary .Values.SWITCH .Values.installGatewayAPI (hasKey .Values "SWITCH"))')
OFF = "installGatewayAPI: false\n"
ON = {"installGatewayAPI": True}
SWITCHES_OFF = {"enableHttpRoutes": False, "enableTlsRoutes": False, "enableTcpRoutes": False}

FAULTS = [
    Fault(
        "created-by without a version (linkerd-crds since stable-2.12.0)",
        chart="linkerd-crds",
        bad=OWN.replace(
            "a: b", 'linkerd.io/created-by: {{ printf "linkerd/helm %s" .Values.linkerdVersion }}'
        ),
        good=OWN.replace("a: b", 'linkerd.io/created-by: {{ printf "linkerd/helm %s" .Chart.AppVersion }}'),
        caught={"created-by-invalid", "text-unrendered"},
        values=OFF,
    ),
    Fault(
        "version label from cliVersion (extensions until edge-25.8.1)",
        chart="linkerd-viz",
        bad=workload("app.kubernetes.io/version: {{ default .Values.linkerdVersion .Values.cliVersion }}"),
        good=workload(),
        caught={"version-label-invalid", "label-value-invalid"},
        values=VIZ,
        given=CLI,
    ),
    Fault(
        "no version label (tap-injector)",
        chart="linkerd-viz",
        bad=workload("component: web"),
        good=workload(),
        caught={"version-label-missing"},
        values=VIZ,
    ),
    Fault(
        "created-by says Helm for the CLI (linkerd-viz until edge-25.8.1)",
        chart="linkerd-viz",
        bad=workload(created="linkerd.io/created-by: linkerd/helm {{ .Values.linkerdVersion }}"),
        good=workload(),
        caught={"created-by-not-cli"},
        values=VIZ,
        given=CLI,
    ),
    Fault(
        "created-by says the CLI for Helm",
        chart="linkerd-viz",
        bad=workload(created="linkerd.io/created-by: linkerd/cli {{ .Values.linkerdVersion }}"),
        good=workload(),
        caught={"created-by-not-helm"},
        values=VIZ,
    ),
    Fault(
        "another extension's label (jaeger-injector)",
        chart="linkerd-jaeger",
        bad=workload(),
        good=workload().replace("extension: viz", "extension: jaeger"),
        caught={"extension-label-invalid"},
        values=VIZ,
    ),
    Fault(
        "a label among the annotations (linkerd-gateway)",
        chart="linkerd-jaeger",
        bad=workload(created=f"{CREATED}\n    component: gateway").replace("viz", "jaeger"),
        good=workload().replace("viz", "jaeger"),
        caught={"label-among-annotations"},
        values=VIZ,
    ),
    Fault(
        "a CRD without the control plane's label (HTTPRoute until edge-23.4.2)",
        chart="linkerd-crds",
        bad=OWN.replace("{linkerd.io/control-plane-ns: linkerd}", "{a: b}", 1),
        good=OWN,
        caught={"control-plane-label-missing"},
        values=OFF,
    ),
    Fault(
        "a storage flip (Server)",
        chart="linkerd-crds",
        bad=OWN.replace(
            "v1beta3, served: true, storage: true", "v1beta3, served: true, storage: false"
        ).replace("v1beta2, served: true, storage: false", "v1beta2, served: true, storage: true"),
        good=OWN,
        caught={"crd-storage-changed"},
        values=OFF,
    ),
    Fault(
        "a version that is not served any more (HTTPRoute v1alpha2 in stable-2.14)",
        chart="linkerd-crds",
        bad=OWN.replace("v1beta2, served: true", "v1beta2, served: false"),
        good=OWN,
        caught={"crd-version-changed"},
        values=OFF,
    ),
    Fault(
        "a version that went",
        chart="linkerd-crds",
        bad=OWN.replace("{name: v1alpha1, served: true, storage: false}, {name: v1alpha2", "{name: v1alpha2"),
        good=OWN,
        caught={"crd-versions-unexpected"},
        values=OFF,
    ),
    Fault(
        "a CRD that went",
        chart="linkerd-crds",
        bad=OWN[: OWN.rindex("---")],
        good=OWN,
        caught={"crd-missing"},
        values=OFF,
    ),
    Fault(
        "a CRD that came back (TrafficSplit)",
        chart="linkerd-crds",
        bad=OWN + crd("trafficsplits.split.smi-spec.io", version("v1alpha1", stored=True)),
        good=OWN,
        caught={"crd-unknown"},
        values=OFF,
    ),
    Fault(
        "the Gateway API by default (until edge-25.9.4)",
        chart="linkerd-crds",
        bad=routes("true"),
        good=HONEST,
        caught={"gateway-api-installed-by-default", "gateway-crd-unasked"},
        values=OFF,
    ),
    Fault(
        "an explicit false that is taken for unset (edge-25.3.1)",
        chart="linkerd-crds",
        bad=routes("(.Values.SWITCH | default .Values.installGatewayAPI)"),
        good=HONEST,
        caught={"gateway-crd-unasked"},
        values=OFF,
        given={**ON, **SWITCHES_OFF},
    ),
    Fault(
        "one explicit false among trues",
        chart="linkerd-crds",
        bad=routes("(.Values.SWITCH | default .Values.installGatewayAPI)"),
        good=HONEST,
        caught={"gateway-crd-unasked"},
        values=OFF,
        given={**ON, "enableTcpRoutes": False},
    ),
    Fault(
        "a switch that does nothing",
        chart="linkerd-crds",
        bad=routes(".Values.installGatewayAPI"),
        good=HONEST,
        caught={"gateway-crd-absent"},
        values=OFF,
        given={"enableHttpRoutes": True},
    ),
    Fault(
        "Gateway API CRDs that an upgrade deletes (until edge-25.3.1)",
        chart="linkerd-crds",
        bad=HONEST.replace("helm.sh/resource-policy: keep, ", ""),
        good=HONEST,
        caught={"gateway-crd-without-keep"},
        values=OFF,
        given=ON,
    ),
    Fault(
        "one CRD of another bundle",
        chart="linkerd-crds",
        bad=HONEST.replace("bundle-version: v1.1.1", "bundle-version: v0.7.1", 1),
        good=HONEST,
        caught={"gateway-bundle-changed"},
        values=OFF,
        given=ON,
    ),
]


def rendered(fault: Fault, template: str, values: str, folder: pathlib.Path) -> Facts:
    path = folder / fault.chart
    (path / "templates").mkdir(parents=True)
    (path / "templates" / "all.yaml").write_text(template)
    (path / "values.yaml").write_text(values)
    metadata = f"apiVersion: v2\nname: {fault.chart}\nversion: 1.0.0\nappVersion: {fault.app_version}\n"
    (path / "Chart.yaml").write_text(metadata)
    chart = charts.load(path, str(path)).chart
    assert chart
    case = Case(fault.chart, str(path), Scenario("test", values=json.dumps(fault.given)), "1.34.0")
    render = engines.render(ENGINE, chart, case)
    assert render.failure is None
    objects, unreadable = manifests.read(render.text)
    assert not unreadable
    return rules.facts(Objects(case, chart, objects), engines.inputs_of(case, ENGINE.read_yaml).values)


def broken(facts: Facts) -> set[str]:
    found = set()
    for rule in RULES.values():
        subjects: tuple[Any, ...] = {Objects: (facts.objects,), Facts: (facts,)}.get(
            rule.on or type(None), ()
        )
        if rule.on is Manifest:
            subjects = facts.objects.manifests
        elif rule.on is Container:
            subjects = tuple(
                each for manifest in facts.objects.manifests for each in manifests.containers(manifest)
            )
        if rule.check and any(hit for subject in subjects for hit in rule.check(subject)):
            found.add(rule.id)
    return found


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_caught(fault: Fault, tmp_path: pathlib.Path) -> None:
    assert broken(rendered(fault, fault.bad, fault.values, tmp_path)) == fault.caught


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_its_cure_is_clean(fault: Fault, tmp_path: pathlib.Path) -> None:
    assert broken(rendered(fault, fault.good, fault.values, tmp_path)) == set()


def test_the_default_of_the_switch_is_read_from_values_yaml(tmp_path: pathlib.Path) -> None:
    fault = FAULTS[-1]

    assert broken(rendered(fault, HONEST, "installGatewayAPI: true\n", tmp_path)) == {
        "gateway-default-enabled"
    }
