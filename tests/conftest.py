"""What all tests share: how many examples are generated, worker processes, a small repository."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator

import pytest

from chartkit.system.worker_pool import Pool
from chartkit.system.worker_process import Processes
from tests.generated import NIGHTLY, load_profiles
from tests.warm_workers import WarmProcesses

load_profiles()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is for each night."""
    for item in items:
        if not NIGHTLY and item.get_closest_marker("nightly"):
            item.add_marker(pytest.mark.skip(reason="for `make nightly`"))


WEB = {
    "chartkit.yaml": """\
charts:
  charts/web:
    namespace: shop
    kube-versions: ["1.31", "1.37"]
    scenarios:
      ha: {values: [values-ha.yaml], set: {log: warn}}
      no-database: {set: {database.url: ""}, fails: database.url is required}
""",
    "charts/web/Chart.yaml": 'apiVersion: v2\nname: web\nversion: 1.2.0\nappVersion: "2.1"\n',
    "charts/web/values.yaml": """\
replicas: 1
log: info
image: {repository: example.org/web, tag: ""}
database: {url: "postgres://db"}
""",
    "charts/web/values-ha.yaml": "replicas: 3\n",
    "charts/web/templates/NOTES.txt": "Open http://{{ .Release.Name }}-web in {{ .Release.Namespace }}.\n",
    "charts/web/templates/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels: &labels {app.kubernetes.io/name: web, app: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: *labels}
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
        args: [--port, "8080"]
        env:
        - {name: LOG, value: {{ .Values.log }}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: {{ .Release.Name }}-web, key: password}}}
        ports: [{name: http, containerPort: 8080}]
        resources: {requests: {cpu: 100m, memory: 64Mi}}
        volumeMounts: [{name: config, mountPath: /etc/web}]
      volumes: [{name: config, configMap: {name: {{ .Release.Name }}-web}}]
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-web}
spec:
  selector: {app.kubernetes.io/name: web}
  ports: [{name: http, port: 80, targetPort: http}]
""",
    "charts/web/templates/config.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-web}
data:
  web.yaml: |
    database: {{ required "database.url is required" .Values.database.url }}
    strict: yes
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-web}
data: {password: {{ "swordfish" | b64enc }}}
{{- if semverCompare ">=1.35-0" .Capabilities.KubeVersion.Version }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-new}
data: {since: "1.35"}
{{- end }}
""",
    "charts/web/templates/migrate.yaml": """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: "{{ if .Release.IsUpgrade }}pre-upgrade{{ else }}post-install{{ end }}"}
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers: [{name: wait, image: example.org/wait:1}]
      containers: [{name: migrate, image: example.org/web:1}]
""",
}
"""A repository with one chart, which is clean, has one scenario that must fail, and knows two Kubernetes."""


@pytest.fixture(scope="session")
def write_web() -> Callable[[pathlib.Path], pathlib.Path]:
    """Writes that repository into a folder; its chart is ``charts/web``."""

    def write(root: pathlib.Path) -> pathlib.Path:
        for name, text in WEB.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return root

    return write


@pytest.fixture(scope="session", autouse=True)
def warm_workers() -> Iterator[WarmProcesses]:
    """Worker processes that all whole runs of this session share, one after the other."""
    processes = WarmProcesses()
    Pool.processes = processes
    yield processes
    processes.end()


@pytest.fixture
def fresh_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start new processes for every pool, as outside of tests."""
    monkeypatch.setattr(Pool, "processes", Processes())
