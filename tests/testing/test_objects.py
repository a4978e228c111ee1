"""Objects of a render and their containers, as tests look into them."""

from __future__ import annotations

import pytest

from chartkit.helm.manifests import read
from chartkit.testing.objects import RenderedContainer, RenderedObject
from chartkit.testing.paths import NotFound

WEB = """\
---
# Source: web/charts/sub/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
  annotations: {helm.sh/hook: "pre-install, pre-upgrade", mode: 0755}
spec:
  replicas: 3
  paused: yes
  template:
    spec:
      initContainers: [{name: wait, image: "w:1"}]
      containers:
      - name: web
        image: a:1
        command: [serve]
        args: [--port, "80"]
        env:
        - {name: LOG, value: debug}
        - {name: LOG, value: info}
        - {name: EMPTY}
        - {name: KEY, valueFrom: {secretKeyRef: {name: web, key: key}}}
        ports: [{name: http, containerPort: 80}, {containerPort: 81}]
        volumeMounts: [{name: config, mountPath: /etc/web}]
        resources: {limits: {memory: 1Gi}}
"""
SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: web}
data: {password: c3dvcmRmaXNo, broken: "%%%", binary: /w==, number: 1}
stringData: {plain: text}
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {web.yaml: "strict: yes\\nports: [80]\\n"}
"""


def one(text: str) -> RenderedObject:
    [manifest] = read(text)[0]
    return RenderedObject(manifest, "web-default-1.37")


@pytest.fixture
def web() -> RenderedObject:
    return one(WEB)


def test_an_object_says_what_it_is(web: RenderedObject) -> None:
    told = (web.kind, web.name, web.namespace, web.api_version, web.template, web.line)
    assert told == ("Deployment", "web", "shop", "apps/v1", "charts/sub/templates/web.yaml", 2)
    assert web.hooks == ("pre-install", "pre-upgrade")
    assert repr(web) == "<Deployment/web in web-default-1.37>"
    assert web.text.startswith("# Source: ")


def test_values_are_those_that_kubernetes_reads(web: RenderedObject) -> None:
    assert web["spec.paused"] is True
    assert web.annotations["mode"] == 493
    assert web.get("spec.replicas") == 3
    assert "spec.replicas" in web
    assert "spec.nothing" not in web
    assert web.get("spec.nothing") is None
    assert web.get("spec.nothing", 7) == 7


def test_values_are_copies(web: RenderedObject) -> None:
    web["spec"]["replicas"] = 9
    web.body["kind"] = "Other"
    assert web["spec.replicas"] == 3
    assert web.body["kind"] == "Deployment"


def test_objects_are_equal_by_their_values_and_tell_how_they_differ(web: RenderedObject) -> None:
    other = one(WEB.replace("replicas: 3", "replicas: 4").replace("a:1", "a:2"))
    assert web == one(WEB.replace("# Source: web/", "# Source: other/"))
    assert web.changes_from(one(WEB)) == []
    assert other != web
    assert other != "web"
    assert other.changes_from(web) == [
        "~ Deployment/web in shop",
        "    spec.replicas",
        "      - 3",
        "      + 4",
        "    spec.template.spec.containers[web].image",
        "      - a:1",
        "      + a:2",
    ]


def test_an_object_is_no_sequence(web: RenderedObject) -> None:
    with pytest.raises(TypeError):
        list(web)  # type: ignore[call-overload]


def test_labels_that_are_not_there_are_told(web: RenderedObject) -> None:
    assert web.labels == {"app": "web"}
    with pytest.raises(
        NotFound, match=r"the labels of Deployment/web in .* has no 'ap': did you mean 'app'\?"
    ):
        web.labels["ap"]


def test_a_container_is_found_by_name_or_where_there_is_but_one(web: RenderedObject) -> None:
    assert [each.name for each in web.containers] == ["wait", "web"]
    assert web.container() == web.container()
    assert web.container().name == web.container("web").name == "web"
    assert web.container("wait").is_init
    assert not web.container("web").is_init


def test_a_container_tells_what_tests_ask_for(web: RenderedObject) -> None:
    container = web.container("web")
    assert container.image == "a:1"
    assert container.command == ["serve"]
    assert container.args == ["--port", "80"]
    assert container.env["LOG"] == "info"
    assert container.env["EMPTY"] == ""
    assert container.env["KEY"] == {"secretKeyRef": {"name": "web", "key": "key"}}
    assert container.ports == {"http": 80}
    assert container.mounts == {"/etc/web": "config"}
    assert container.resources == {"limits": {"memory": "1Gi"}}
    assert container["ports[1].containerPort"] == 81
    assert repr(container) == "<container 'web' of Deployment/web in web-default-1.37: a:1>"


def test_a_bare_container_has_nothing() -> None:
    bare = RenderedContainer({"name": "web"}, "Pod/web")
    assert (bare.image, bare.command, bare.args, bare.env, bare.ports, bare.mounts, bare.resources) == (
        "",
        [],
        [],
        {},
        {},
        {},
        {},
    )
    with pytest.raises(
        NotFound, match="the environment of container 'web' of Pod/web has no 'X': there are none"
    ):
        bare.env["X"]


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {%s}\n"
ABSENT = [
    (WEB, "wep", "has no container 'wep': did you mean 'web'"),
    (CONFIG, None, "ConfigMap/web in web-default-1.37 has no containers"),
    (POD % "containers: [{name: a}, {name: b}]", None, "has 2 containers, name one of: a, b"),
    (POD % "initContainers: [{name: a}]", None, "has only init containers, name one of: a"),
    (POD % "containers: [{name: a}, {name: a}]", "a", "has 2 containers 'a'"),
]


@pytest.mark.parametrize(("text", "name", "message"), ABSENT)
def test_a_container_that_is_not_there_is_told_with_those_that_are(
    text: str, name: str | None, message: str
) -> None:
    with pytest.raises(NotFound) as caught:
        one(text).container(name)
    assert message in str(caught.value)


def test_the_data_of_a_secret_is_decoded_where_it_is_text() -> None:
    secret = one(SECRET)
    assert secret.data == {
        "password": "swordfish",
        "broken": "%%%",
        "binary": "/w==",
        "number": 1,
        "plain": "text",
    }
    assert secret["data.password"] == "c3dvcmRmaXNo"


def test_a_text_that_is_yaml_itself_is_read() -> None:
    config = one(CONFIG)
    assert config.data == {"web.yaml": "strict: yes\nports: [80]\n"}
    assert config.parse('data["web.yaml"]') == {"strict": True, "ports": [80]}
    with pytest.raises(TypeError, match=r"'data' of ConfigMap/web in web-default-1.37 is no text"):
        config.parse("data")
