"""Measure chartkit against what people run today, as ratios of one run: ``make bench``.

Baseline: ``helm template`` (Helm 4) once per case, piped into kubeconform where one is installed,
as many at a time as there are cores. Machines differ and are noisy: read the ratios, not the seconds.

usage: bench.py [--charts N …] [--repeat R]
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import fetch_helm

from chartkit.model.case import Case

ROOT = pathlib.Path(__file__).parents[2]
CORES = os.cpu_count() or 1

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\nappVersion: 1.2.3\n"
VALUES = """\
replicas: 2
image: {repository: registry.example.com/web, tag: 1.2.3}
ports: [8080, 9090]
config: {LOG_LEVEL: info, REGION: eu}
webhook: false
"""
TEMPLATES = {
    "_labels.tpl": """\
{{- define "web.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
""",
    "deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {{- include "web.labels" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "web.labels" . | nindent 8 }}
    spec:
      containers:
        - name: web
          image: {{ printf "%s:%s" .Values.image.repository .Values.image.tag }}
          ports:
            {{- range .Values.ports }}
            - name: p{{ . }}
              containerPort: {{ . }}
            {{- end }}
          env:
            {{- range $name, $value := .Values.config }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
""",
    "service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector: {{- include "web.labels" . | nindent 4 }}
  ports:
    {{- range .Values.ports }}
    - name: p{{ . }}
      port: {{ . }}
      targetPort: p{{ . }}
    {{- end }}
""",
    "config.yaml": """\
{{- range $i := until 8 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $i }}
data:
  settings.yaml: |
    {{- toYaml $.Values.config | nindent 4 }}
{{- end }}
""",
    "webhook.yaml": """\
{{- if .Values.webhook }}
{{- $ca := genSelfSignedCert "web" (list) (list "web.svc") 365 }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-tls
type: kubernetes.io/tls
data:
  tls.crt: {{ b64enc $ca.Cert }}
  tls.key: {{ b64enc $ca.Key }}
{{- end }}
""",
}


def main() -> None:
    options = _options()
    helm = str(fetch_helm.fetch("helm4"))
    kubeconform = shutil.which("kubeconform")
    print(f"baseline: helm template{' | kubeconform' if kubeconform else ' alone (no kubeconform here)'}")
    print(f"{CORES} cores, best of {options.repeat}\n")
    heads = (
        f"{'cases':>6}{'helm':>9}{'cold':>9}{'warm':>9}{'helm:cold':>11}{'warm:one helm':>15}{'memory':>9}"
    )
    print(f"{'':34}{heads}")
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        (scratch / "copy").mkdir()
        _row("this repository", ROOT, _repository_cases(helm, scratch / "copy"), options, kubeconform)
        for count in options.charts:
            for webhook in (False, True):
                name = f"{count} charts, {'with' if webhook else 'without'} certificates"
                tree = _generate(scratch / f"{count}-{webhook}", count, webhook=webhook)
                _row(name, tree, _generated_cases(helm, tree, count), options, kubeconform)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--charts", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--repeat", type=int, default=2)
    return parser.parse_args()


def _generate(tree: pathlib.Path, count: int, *, webhook: bool) -> pathlib.Path:
    """Charts that differ in name only, each with its defaults and one more values file."""
    for number in range(count):
        chart = tree / f"web-{number}"
        (chart / "templates").mkdir(parents=True)
        (chart / "ci").mkdir()
        (chart / "Chart.yaml").write_text(CHART.format(name=chart.name))
        (chart / "values.yaml").write_text(
            VALUES.replace("webhook: false", f"webhook: {str(webhook).lower()}")
        )
        (chart / "ci" / "more-values.yaml").write_text("replicas: 3\nconfig: {EXTRA: yes please}\n")
        for name, text in TEMPLATES.items():
            (chart / "templates" / name).write_text(text)
    (tree / "chartkit.yaml").write_text('defaults: {kube-versions: ["1.34"]}\ngolden: false\n')
    return tree


def _generated_cases(helm: str, tree: pathlib.Path, count: int) -> list[str]:
    charts = [tree / f"web-{number}" for number in range(count)]
    values = ["", "-f ci/more-values.yaml"]
    return [_template(helm, chart, more, "1.34") for chart in charts for more in values]


def _template(helm: str, chart: pathlib.Path, more: str, kube_version: str) -> str:
    return (
        f"cd {shlex.quote(str(chart))} && {helm} template web . "
        f"--include-crds --kube-version {kube_version} {more}"
    )


def _repository_cases(helm: str, scratch: pathlib.Path) -> list[str]:
    """The cases that `chartkit check` renders here, less those that must fail, as Helm commands.

    They run in a copy, with the dependencies built that Helm wants to find.
    """
    from chartkit.plan import discover
    from chartkit.plan.config import configure

    charts = shutil.copytree(ROOT / "charts", scratch / "charts")
    plan = discover.plan(configure.read(cwd=ROOT))
    for planned in plan.charts:
        build = [helm, "dependency", "build", str(charts / planned.path.name)]
        subprocess.run(build, check=True, capture_output=True)
    cases = [case for case in plan.cases if case.scenario.fails is None]
    return [_command(helm, charts / case.chart, case, scratch) for case in cases]


def _command(helm: str, chart: pathlib.Path, case: Case, scratch: pathlib.Path) -> str:
    scenario = case.scenario
    more = []
    layers = (
        ("base", scenario.base.files, scenario.base.values),
        ("own", scenario.values_files, scenario.values),
    )
    for kind, files, values in layers:
        more += [f"-f {shlex.quote(str(ROOT / name))}" for name in files]
        if values:
            file = scratch / f"{case.chart}-{scenario.name}-{kind}.json"
            file.write_text(values)
            more.append(f"-f {file}")
    more += [f"--{given.flag} {shlex.quote(given.expression)}" for given in scenario.set_values]
    return _template(helm, chart, " ".join(more), case.kube_version)


def _row(
    name: str, tree: pathlib.Path, cases: list[str], options: argparse.Namespace, kubeconform: str | None
) -> None:
    repeat = 1 if len(cases) > 500 else options.repeat
    helm = min(_timed_baseline(cases, kubeconform) for _ in range(repeat))
    with tempfile.TemporaryDirectory() as cache:
        runs = [_chartkit(tree, cache, "--no-cache") for _ in range(repeat)]
        _chartkit(tree, cache)
        warm = min(_chartkit(tree, cache)[0] for _ in range(repeat))
    cold = min(seconds for seconds, _ in runs)
    memory = max(used for _, used in runs)
    one = helm * min(CORES, len(cases)) / len(cases)
    print(
        f"{name:34}{len(cases):6}{helm:8.2f}s{cold:8.2f}s{warm:8.3f}s{helm / cold:10.1f}x"
        f"{warm / one:14.2f}x{memory / 1e6:6.0f} MB"
    )


def _timed_baseline(cases: list[str], kubeconform: str | None) -> float:
    pipe = f" | {kubeconform} -strict -ignore-missing-schemas -summary" if kubeconform else ""
    begun = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        for done in pool.map(_shell, [case + pipe for case in cases]):
            if done.returncode and not kubeconform:
                sys.exit(f"the baseline fails: {done.stderr.decode()}")
    return time.perf_counter() - begun


def _shell(command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, shell=True, capture_output=True, check=False)


def _chartkit(tree: pathlib.Path, cache: str, *flags: str) -> tuple[float, int]:
    """Seconds, and the most memory that the process and its workers held together, in bytes."""
    environment = {**os.environ, "CHARTKIT_CACHE_DIR": cache}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "chartkit", "check", *flags],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    watch = _Memory(process.pid)
    said, _ = process.communicate()
    seconds = time.perf_counter() - begun
    if process.returncode not in (0, 1):
        sys.exit(f"chartkit fails with {process.returncode}: {said.decode()}")
    return seconds, watch.stop()


class _Memory(threading.Thread):
    """Samples the resident memory of a process and its children (Linux only, else 0)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._most, self._done = pid, 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, sum(map(_resident, _family(self._pid))))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self._most


def _family(pid: int) -> list[int]:
    try:
        children = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
        return [pid, *(int(child) for file in children for child in file.read_text().split())]
    except OSError:
        return [pid]


def _resident(pid: int) -> int:
    try:
        return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    main()
