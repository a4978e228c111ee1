"""Charts that mean harm end in a finding, their neighbours are judged, and nothing outside is touched."""

from __future__ import annotations

import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
from typing import Any

import pytest

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\ndata:\n  key: value\n"

HOSTILE = {
    "endless-range": "{{ range until 100000 }}" * 3 + "{{ end }}" * 3,
    "recursive-tpl": '{{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t "Template" $.Template) }}',
    "recursive-include": '{{ define "again" }}{{ include "again" . }}{{ end }}{{ include "again" . }}',
    "self-containing": '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ printf "%v" $d }}',
    "memory-bomb": '{{ repeat 2000000000 "x" }}',
    "list-bomb": "{{ until 1000000000 | len }}",
    "growing-text": '{{ $t := "x" }}{{ range until 40 }}{{ $t = print $t $t }}{{ end }}{{ $t }}',
    "deep-brackets": 'a: {{ repeat 50000 "[" }}',
    "deep-blocks": '{{ range $i, $_ := until 20000 }}{{ repeat $i " " }}a:\n{{ end }}',
    "alias-bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "control-characters": 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "a\\e[31m\\u202e"\ndata: 3\n',
    "panic": "{{ index (list 1) 5 }}{{ slice (list) 3 1 }}",
    "not-utf8": "a: \udcff\udcfe",
    "unclosed": "{{ if .Values.x }}\na: b\n",
    "long-line": GOOD + '  long: {{ repeat 3000000 "y" }}\nkind: Pod\n',
}


def write_chart(root: pathlib.Path, name: str, templates: dict[str, str]) -> pathlib.Path:
    chart = root / name
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(CHART.format(name=name))
    for file, text in templates.items():
        (chart / "templates" / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    return chart


def check(root: pathlib.Path, *arguments: str, config: str = "") -> dict[str, Any]:
    """The report of `chartkit check` in *root*, which must be a report whatever is there."""
    (root / "chartkit.yaml").write_text(
        'defaults: {kube-versions: ["1.34"]}\ngolden: false\nlimits: {seconds: 12, memory: 1GiB}\n' + config
    )
    done = subprocess.run(
        [sys.executable, "-m", "chartkit", "check", "--no-cache", "--format", "json", *arguments],
        cwd=root,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert done.returncode in (0, 1), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert "good" in {case["chart"] for case in json.loads(done.stdout)["cases"]}
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def findings(report: dict[str, Any], chart: str) -> list[dict[str, Any]]:
    return [finding for finding in report["findings"] if finding["chart"] == chart]


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_is_a_finding_and_its_neighbour_is_judged(
    name: str, tmp_path: pathlib.Path
) -> None:
    write_chart(tmp_path, name, {"bad.yaml": HOSTILE[name]})
    write_chart(tmp_path, "good", {"good.yaml": GOOD})
    report = check(tmp_path)

    assert any(finding["severity"] == "error" for finding in findings(report, name))
    assert findings(report, "good") == []
    assert [case["objects"] for case in report["cases"] if case["chart"] == "good"] == [1]


def member(name: str, **fields: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


MEMBERS = {
    "parent-folder": member("evil/../../outside", size=4),
    "absolute": member("/tmp/chartkit-hostile-outside", size=4),
    "symlink": member("evil/templates/link.yaml", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
    "hard-link": member("evil/templates/link.yaml", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
    "device": member("evil/templates/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
    "fifo": member("evil/templates/fifo", type=tarfile.FIFOTYPE),
    "backslash": member("evil\\..\\..\\outside", size=4),
    "drive": member("C:/outside", size=4),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MEMBERS)
def test_an_archive_cannot_reach_outside(name: str, tmp_path: pathlib.Path) -> None:
    write_chart(tmp_path, "good", {"good.yaml": GOOD})
    with tarfile.open(tmp_path / "evil-1.0.0.tgz", "w:gz") as archive:
        chart = CHART.format(name="evil").encode()
        archive.addfile(member("evil/Chart.yaml", size=len(chart)), io.BytesIO(chart))
        archive.addfile(MEMBERS[name], io.BytesIO(b"evil"))
    before = sorted(path.name for path in tmp_path.parent.iterdir())
    report = check(tmp_path, "evil-1.0.0.tgz", "good")

    assert "root:" not in json.dumps(report)
    assert not pathlib.Path("/tmp/chartkit-hostile-outside").exists()
    assert sorted(path.name for path in tmp_path.parent.iterdir()) == before
    assert findings(report, "good") == []


@pytest.mark.slow
def test_a_link_out_of_a_chart_is_not_followed(tmp_path: pathlib.Path) -> None:
    (tmp_path / "secret").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: the-secret}\n")
    root = tmp_path / "repository"
    chart = write_chart(root, "evil", {})
    (chart / "templates" / "link.yaml").symlink_to(tmp_path / "secret")
    (chart / "templates" / "loop").symlink_to(chart / "templates")
    write_chart(root, "good", {"good.yaml": GOOD})
    report = check(root)

    assert "the-secret" not in json.dumps(report)
    assert findings(report, "good") == []


@pytest.mark.slow
def test_large_values_and_many_templates_end_within_the_limits(tmp_path: pathlib.Path) -> None:
    chart = write_chart(
        tmp_path, "large", {f"{number}.yaml": GOOD.replace("good", f"n{number}") for number in range(500)}
    )
    with (chart / "values.yaml").open("w") as values:
        for number in range(1000):
            values.write(f"key{number}: {'x' * 100_000}\n")
    write_chart(tmp_path, "good", {"good.yaml": GOOD})
    report = check(tmp_path)

    assert findings(report, "good") == []
    rendered = [case for case in report["cases"] if case["chart"] == "large"]
    assert findings(report, "large") or rendered[0]["objects"] == 500


@pytest.mark.slow
def test_an_expression_that_is_tried_for_ever_ends_with_its_case(tmp_path: pathlib.Path) -> None:
    write_chart(tmp_path, "bad", {"bad.yaml": f'{{{{ fail "{"a" * 40}!" }}}}'})
    write_chart(tmp_path, "good", {"good.yaml": GOOD})
    report = check(tmp_path, config="charts: {bad: {scenarios: {default: {fails: '(a+)+$'}}}}\n")

    assert "did not end within 12 seconds" in json.dumps(findings(report, "bad"))
    assert findings(report, "good") == []
