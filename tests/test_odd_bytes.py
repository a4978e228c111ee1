"""Bytes that are not UTF-8 are shown as bytes in every report, which is UTF-8 all the same."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from chartkit.reports import FORMATS

CHART = b"apiVersion: v2\nname: %s\nversion: 0.1.0\n"
GOOD = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
CHARTS = {
    "message": {"templates/a.yaml": b'x: {{ include (b64dec "Y2Fm6Q==") . }}\n'},
    "document": {"templates/a.yaml": GOOD + b'data: {a: "\xff\xfe"}\n'},
    "values": {"values.yaml": b"# caf\xe9\n", "templates/a.yaml": GOOD},
    "crds": {"crds/a.yaml": b"# a \xe9\n", "templates/a.yaml": GOOD},
    "comment": {"templates/a.yaml": GOOD + b"---\n\n# a \xe9 {{/* \xe9 */}}\n"},
    "good": {"templates/a.yaml": GOOD},
}
WANTED = {
    "message": ("render-failed", "message/templates/a.yaml", 1),
    "document": ("yaml-unreadable", "document/templates/a.yaml", 4),
    "values": ("chart-refused", "values/values.yaml", 1),
    "crds": ("yaml-unreadable", "crds/crds/a.yaml", 1),
    "comment": ("yaml-unreadable", "comment/templates/a.yaml", 6),
}


def run(root: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "chartkit", *arguments],
        cwd=root,
        capture_output=True,
        check=False,
        timeout=120,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XDG_CACHE_HOME": str(root / "cache"),
            "GITHUB_STEP_SUMMARY": str(root / "summary"),
        },
    )


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, files in CHARTS.items():
        for file, content in {"Chart.yaml": CHART % name.encode(), **files}.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return tmp_path


def test_every_report_is_utf8_and_shows_the_bytes(root: pathlib.Path) -> None:
    wanted = [f"--format={name}=report.{name}" for name in FORMATS]
    done = [run(root, "check", *wanted) for _ in range(2)]  # the second has it from the cache
    assert [each.returncode for each in done] == [1, 1], done[0].stderr.decode()
    texts = {name: (root / f"report.{name}").read_bytes().decode() for name in FORMATS}
    findings = json.loads(texts["json"])["findings"]
    found = {each["chart"]: (each["rule"], each["file"], each["line"]) for each in findings}
    assert found == WANTED
    rendered = {case["chart"]: case["rendered"] for case in json.loads(texts["json"])["cases"]}
    assert rendered["good"]
    for text in texts.values():
        assert "byte 0xFF is not UTF-8 text" in text
        assert "\\udc" not in text
    for name in ("text", "junit", "markdown", "sarif"):
        assert '"\\xff\\xfe"' in texts[name].replace("\\\\", "\\").replace('\\"', '"').replace("&quot;", '"')
    ET.fromstring(texts["junit"])
    json.loads(texts["sarif"])


def test_golden_files_keep_bytes_and_render_prints_them(root: pathlib.Path) -> None:
    done = run(root, "golden", "update", "crds")
    assert done.returncode == 0, done.stderr.decode()
    texts = [path.read_bytes() for path in root.glob("golden/crds/*.yaml")]
    assert all(b"# a \xe9\n" in text for text in texts)
    assert texts
    assert run(root, "golden", "diff", "crds").returncode == 0
    assert b"# a \xe9\n" in run(root, "render", "crds", "--include-crds").stdout
