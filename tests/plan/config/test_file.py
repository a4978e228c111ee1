from __future__ import annotations

import contextlib
import copy
import json
import pathlib
import tempfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit import schemas_folder
from chartkit.golden.masked_fields import Mask
from chartkit.model.case import SetValue
from chartkit.model.errors import ConfigError
from chartkit.model.finding import Severity
from chartkit.model.place import Path, Place
from chartkit.plan.config import Config, configure
from chartkit.plan.config import file as config_file
from chartkit.plan.config.entries import (
    ChartSettings,
    FileArgument,
    IgnoreEntry,
    Limits,
    ScenarioConfig,
    ValuesConfig,
)
from tests.generated import examples


def known(policies: Sequence[pathlib.Path]) -> Mapping[str, Collection[str]]:
    own = {path.stem: ("ours",) for path in policies}
    return {"service-selects-nothing": ("recommended",), "image-tag-missing": ("strict",), **own}


def read(folder: pathlib.Path, text: str) -> Config:
    (folder / "chartkit.yaml").write_text(text)
    return configure.read(cwd=folder, environ={}, known=known)


def mistakes(folder: pathlib.Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    first, *more = str(caught.value).split("\n  ")
    return more or [f"{first} ({caught.value.hint})" if caught.value.hint else first]


MISTAKES = [
    # the file as a whole
    ("- a\n", "1:1: expected a mapping with keys such as 'charts' and 'rules', not a list"),
    ("a: [\n", "1:4: did not find expected node content while parsing a flow node"),
    (
        "strict: true\nstrict: false\n",
        "2:1: key 'strict' stands here again, first in line 1 (remove one of the two)",
    ),
    ("chart-dir: [.]", "1:1: chart-dir: is not a known key (did you mean 'chart-dirs'?)"),
    ("zzz: 1", "1:1: zzz: is not a known key"),
    # lists
    (
        "excluded-charts: old/*",
        (
            "1:18: excluded-charts: expected a list of chart folders or patterns, not 'old/*'"
            " (put it in brackets: [old/*])"
        ),
    ),
    ("excluded-charts: ['']", "1:19: excluded-charts[0]: expected text that is not empty, not ''"),
    (
        "excluded-charts: [3]",
        '1:19: excluded-charts[0]: expected text that is not empty, not the number 3 (put it in quotes: "3")',
    ),
    ("excluded-charts:", "1:1: excluded-charts: expected a list of chart folders or patterns, not nothing"),
    (
        "chart-dirs: [nope]",
        "1:14: chart-dirs[0]: there is no folder 'nope' (correct the path, relative to this file)",
    ),
    (
        "crds: [nope/*.yaml]",
        "1:8: crds[0]: no file fits 'nope/*.yaml' (correct the path, relative to this file, or remove it)",
    ),
    (
        "policies: [nope.yaml]",
        "1:12: policies[0]: no file fits 'nope.yaml' (correct the path, relative to this file, or remove it)",
    ),
    # extends
    ("extends: [strit]", "1:11: extends[0]: there is no rule set 'strit' (did you mean 'strict'?)"),
    (
        "extends: [zzzzz]",
        "1:11: extends[0]: there is no rule set 'zzzzz' (use one of: linkerd, recommended, strict)",
    ),
    ("extends: [strict, strict]", "1:10: extends: expected different values, but one stands here twice"),
    (
        "extends: [./no.yaml]",
        "1:11: extends[0]: there is no file 'no.yaml' (correct the path, relative to this file)",
    ),
    (
        "extends: [./chartkit.yaml]",
        "1:11: extends[0]: './chartkit.yaml' extends itself (remove it from one of the files)",
    ),
    # rules and severities
    (
        "rules: {service-select-nothing: off}",
        "1:9: rules: there is no rule 'service-select-nothing' (did you mean 'service-selects-nothing'?)",
    ),
    (
        "rules: {zzz: off}",
        "1:9: rules: there is no rule 'zzz' (use one of: image-tag-missing, service-selects-nothing)",
    ),
    (
        "rules: {image-tag-missing: eror}",
        (
            "1:28: rules.image-tag-missing: expected error, warning, note or off, not 'eror' (did you"
            " mean 'error'?)"
        ),
    ),
    (
        "rules: {image-tag-missing: on}",
        "1:28: rules.image-tag-missing: expected error, warning, note or off, not true",
    ),
    (
        "fail-on: eror",
        "1:10: fail-on: expected error, warning, note or never, not 'eror' (did you mean 'error'?)",
    ),
    ("strict: maybe", "1:9: strict: expected true or false, not 'maybe'"),
    ("engine: helm", "1:9: engine: expected embedded or cli, not 'helm'"),
    ("golden: true", "1:9: golden: expected a folder, a mapping with folder and mask, or false, not true"),
    ("golden: chartkit.yaml", "1:9: golden: 'chartkit.yaml' is not a folder (name a folder)"),
    (
        "golden: {folder: chartkit.yaml}",
        "1:18: golden.folder: 'chartkit.yaml' is not a folder (name a folder)",
    ),
    (
        "golden: {folder: ../elsewhere}",
        (
            "1:18: golden.folder: '../elsewhere' lies outside of the repository (name a folder for golden"
            " files alone, inside the repository)"
        ),
    ),
    ("golden: {masks: []}", "1:10: golden.masks: is not a known key (did you mean 'mask'?)"),
    (
        "golden: {mask: spec}",
        "1:16: golden.mask: expected a list of paths, not 'spec' (put it in brackets: [spec])",
    ),
    (
        "golden: {mask: [1]}",
        (
            "1:17: golden.mask[0]: expected a path, or a mapping with path and resource, not the number 1"
            ' (put it in quotes: "1")'
        ),
    ),
    (
        "golden: {mask: [{resource: Pod/*}]}",
        (
            "1:17: golden.mask[0]: the key 'path' is missing (add 'path:' with a path into the object, such"
            ' as metadata.labels["helm.sh/chart"])'
        ),
    ),
    (
        'golden: {mask: ["metadata.labels["]}',
        (
            "1:17: golden.mask[0]: cannot read the path 'metadata.labels[' from '[' on: write it as"
            ' spec.containers[0].image or metadata.labels["app.kubernetes.io/name"]'
        ),
    ),
    (
        "golden: {mask: ['a[\"\\x\"]']}",
        (
            "1:17: golden.mask[0]: cannot read the path 'a[\"\\\\x\"]' from '[\"\\\\x\"]' on: write it as"
            ' spec.containers[0].image or metadata.labels["app.kubernetes.io/name"]'
        ),
    ),
    (
        'golden: {mask: [{path: "**.a.**"}]}',
        "1:24: golden.mask[0].path: ** stands twice in the path '**.a.**' (leave one ** in it)",
    ),
    # ignore
    (
        "ignore: [{rule: image-tag-missing}]",
        "1:10: ignore[0]: the key 'reason' is missing (add 'reason:' with a sentence that says why)",
    ),
    ("ignore: [{reason: x}]", "1:10: ignore[0]: the key 'rule' is missing (add 'rule:' with a rule id)"),
    (
        "ignore: [{rule: image-tag-missing, reason: ' '}]",
        "1:44: ignore[0].reason: expected a sentence that says why, not ' '",
    ),
    (
        "ignore: [{rule: image-tag, reason: x}]",
        "1:17: ignore[0].rule: there is no rule 'image-tag' (did you mean 'image-tag-missing'?)",
    ),
    (
        "ignore: [{rule: image-tag-missing, reason: x, path: spec}]",
        "1:53: ignore[0].path: expected a JSON pointer, such as /spec/replicas, not 'spec'",
    ),
    (
        "ignore: [{rule: image-tag-missing, reason: x, resource: a/b/c}]",
        "1:57: ignore[0].resource: expected Kind/name, or a pattern, not 'a/b/c'",
    ),
    # limits
    (
        "limits: {seconds: 0}",
        "1:19: limits.seconds: expected a number of seconds from 1 to 3600, not the number 0",
    ),
    ("limits: {memory: 2GB}", "1:18: limits.memory: expected a size, such as 2GiB or 512MiB, not '2GB'"),
    ("limits: {memory: 3}", "1:18: limits.memory: expected a size, such as 2GiB or 512MiB, not the number 3"),
    ("limits: 3", "1:9: limits: expected a mapping with seconds, memory, render, not the number 3"),
    # settings
    ("defaults: {relase: x}", "1:12: defaults.relase: is not a known key (did you mean 'release'?)"),
    (
        "defaults: {kube-versions: [1.30]}",
        (
            '1:28: defaults.kube-versions[0]: expected a Kubernetes version in quotes, such as "1.34",'
            ' not the number 1.30 (put it in quotes: "1.30")'
        ),
    ),
    (
        "defaults: {kube-versions: []}",
        "1:27: defaults.kube-versions: expected a list of Kubernetes versions, not an empty list",
    ),
    (
        "defaults: {release: Web}",
        (
            "1:21: defaults.release: expected a release name (lower-case letters, digits, '-' and '.',"
            " at most 53 characters), not 'Web'"
        ),
    ),
    (
        "defaults: {namespace: a.b}",
        (
            "1:23: defaults.namespace: expected a namespace (lower-case letters, digits and '-',"
            " at most 63 characters), not 'a.b'"
        ),
    ),
    (
        "defaults: {api-versions: [a b]}",
        (
            "1:27: defaults.api-versions[0]: expected an API version, such as monitoring.coreos.com/v1 or"
            " monitoring.coreos.com/v1/ServiceMonitor, not 'a b'"
        ),
    ),
    # charts and scenarios
    (
        "charts: {a/b: 3}",
        '1:15: charts["a/b"]: expected a mapping of settings and scenarios, not the number 3',
    ),
    (
        "charts: {a: {scenarios: {x: true}}}",
        "1:29: charts.a.scenarios.x: expected a mapping, or false, not true",
    ),
    (
        "charts: {a: {scenarios: {x: }}}",
        (
            "1:26: charts.a.scenarios.x: expected a scenario, or false, not nothing (write {} for an"
            " empty mapping)"
        ),
    ),
    (
        "charts: {a: {scenarios: {x y: {}}}}",
        (
            "1:26: charts.a.scenarios[\"x y\"]: expected a scenario name (letters, digits, '-', '_' and '.',"
            " at most 63 characters, a letter or digit first), not 'x y'"
        ),
    ),
    (
        "charts: {a: {scenarios: {x: {vals: {}}}}}",
        "1:30: charts.a.scenarios.x.vals: is not a known key (did you mean 'values'?)",
    ),
    (
        "charts: {a: {scenarios: {x: {values: 3}}}}",
        (
            "1:38: charts.a.scenarios.x.values: expected values: a file, a list of files, or a"
            " mapping, not the number 3"
        ),
    ),
    (
        "charts: {a: {scenarios: {x: {values: [{a: 1}, b.yaml]}}}}",
        (
            "1:39: charts.a.scenarios.x.values[0]: expected values files before one mapping of values"
            " (put one mapping last: Helm reads files first)"
        ),
    ),
    (
        "charts: {a: {scenarios: {x: {values: {a: .inf}}}}}",
        (
            "1:38: charts.a.scenarios.x.values: holds a number that is infinite or none at all (put"
            " it in quotes)"
        ),
    ),
    (
        "charts: {a: {values: 3}}",
        ("1:22: charts.a.values: expected values: a file, a list of files, or a mapping, not the number 3"),
    ),
    (
        "charts: {a: {values: [{a: 1}, b.yaml]}}",
        (
            "1:23: charts.a.values[0]: expected values files before one mapping of values"
            " (put one mapping last: Helm reads files first)"
        ),
    ),
    (
        "defaults: {values: a.yaml}",
        (
            "1:12: defaults.values: is not a known key (use one of: api-versions, kube-versions, namespace,"
            " release, scenario-files)"
        ),
    ),
    (
        "charts: {a: {scenarios: {x: {set: {'': 1}}}}}",
        '1:40: charts.a.scenarios.x.set[""]: expected a key such as image.tag (name the value to set)',
    ),
    (
        "charts: {a: {scenarios: {x: {set: [a]}}}}",
        "1:36: charts.a.scenarios.x.set[0]: expected KEY=VALUE, not 'a'",
    ),
    (
        "charts: {a: {scenarios: {x: {set-string: {a: [1]}}}}}",
        "1:46: charts.a.scenarios.x.set-string.a: expected text, a number or a boolean, not a list",
    ),
    (
        "charts: {a: {scenarios: {x: {fails: ''}}}}",
        "1:37: charts.a.scenarios.x.fails: expected true, or a regular expression, not ''",
    ),
    (
        "charts: {a: {scenarios: {x: {fails: '('}}}}",
        (
            "1:37: charts.a.scenarios.x.fails: '(' is not a regular expression: missing ),"
            " unterminated subpattern"
            " at position 0 (put '\\' before special signs)"
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text[:50] for text, _ in MISTAKES])
def test_every_mistake_is_answered_with_place_key_and_what_was_expected(
    tmp_path: pathlib.Path, text: str, message: str
) -> None:
    assert mistakes(tmp_path, text) == [f"chartkit.yaml:{message}"]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: pathlib.Path) -> None:
    text = """\
rules: {image-tag-missin: off, service-selects-nothing: eror}
chart-dir: [x]
ignore:
  - {rule: image-tag-missing}
  - {rule: nope, reason: ''}
charts:
  web:
    scenarios:
      x: {fails: '(', valuess: 3}
crds: [none.yaml]
"""
    found = mistakes(tmp_path, text)
    assert [line.split(": ")[:2] for line in found] == [
        ["chartkit.yaml:1:9", "rules"],
        ["chartkit.yaml:1:57", "rules.service-selects-nothing"],
        ["chartkit.yaml:2:1", "chart-dir"],
        ["chartkit.yaml:4:5", "ignore[0]"],
        ["chartkit.yaml:5:12", "ignore[1].rule"],
        ["chartkit.yaml:5:26", "ignore[1].reason"],
        ["chartkit.yaml:9:18", "charts.web.scenarios.x.fails"],
        ["chartkit.yaml:9:23", "charts.web.scenarios.x.valuess"],
        ["chartkit.yaml:10:8", "crds[0]"],
    ]


def test_an_empty_file_is_the_defaults(tmp_path: pathlib.Path) -> None:
    config = read(tmp_path, "# nothing yet\n")
    assert (config.root, config.file, config.sets) == (tmp_path, "chartkit.yaml", ("recommended",))
    assert (config.fail_on, config.limits, config.engine) == (Severity.ERROR, Limits(), "embedded")


def test_everything_that_is_written_arrives(tmp_path: pathlib.Path) -> None:
    for name in ("charts/web", "crds", "policies", "old", "snapshots"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("crds/a.yaml", "crds/b.json", "crds/readme.txt", "policies/our-own-rule.yaml", "one.yaml"):
        (tmp_path / name).touch()
    config = read(
        tmp_path,
        """\
extends: [linkerd, ours]
chart-dirs: [charts]
excluded-charts: [old/*, playground]
defaults: {namespace: base, kube-versions: ["1.31", v1.37.2], api-versions: [a/v1], scenario-files: []}
charts:
  charts/*:
    release: web
    scenarios:
      gone: false
      ha:
        values: [values-ha.yaml, {replicas: 3}]
        set: {installGatewayAPI: true, tag: "1.30", "a.b": [1]}
        set-string: {v: 1.30, on: yes}
        set-json: {j: {k: "x,y"}}
        set-file: {cert: ca.pem}
        set-literal: {l: "a,b"}
        kube-versions: ["1.33"]
        upgrade: true
        fails: PodSecurityPolicy
      lists: {values: one.yaml, set: ["a={1,2}"], set-file: [k=f.txt], fails: true}
policies: [policies/*.yaml]
crds: [crds, one.yaml, crds/a.yaml]
rules: {service-selects-nothing: warning, image-tag-missing: off, our-own-rule: note}
ignore: [{rule: image-tag-missing, chart: web, resource: Deployment/web, path: /spec, reason: why not}]
golden: snapshots
fail-on: never
strict: true
engine: cli
target-branch: edge
limits: {seconds: 1.5, memory: 512 MiB, render: 8KiB}
""",
    )
    assert config.sets == ("linkerd", "ours")
    assert config.chart_dirs == (tmp_path / "charts",)
    assert config.excluded_charts == (str(tmp_path / "old/*"), "playground")
    assert config.defaults == ChartSettings(None, "base", ("1.31.0", "1.37.2"), ("a/v1",), ())
    assert [path.name for path in config.crds] == ["a.yaml", "b.json", "one.yaml"]
    assert config.policies == (tmp_path / "policies/our-own-rule.yaml",)
    assert config.rules == {
        "service-selects-nothing": Severity.WARNING,
        "image-tag-missing": None,
        "our-own-rule": Severity.NOTE,
    }
    place = Place("chartkit.yaml", 24, 10)
    assert config.ignore == (
        IgnoreEntry("image-tag-missing", "why not", place, "web", "Deployment/web", "/spec"),
    )
    assert (config.golden, config.golden_folder) == (tmp_path / "snapshots", tmp_path / "snapshots")
    assert (config.fail_on, config.strict, config.engine, config.target_branch) == (None, True, "cli", "edge")
    assert config.limits == Limits(1.5, 512 << 20, 8 << 10)
    (chart,) = config.charts
    assert (chart.pattern, chart.key, chart.settings.release) == (
        str(tmp_path / "charts/*"),
        "charts/*",
        "web",
    )
    gone, ha, lists = chart.scenarios
    assert gone == ScenarioConfig("gone", Place("chartkit.yaml", 9, 7), dropped=True)
    assert ha.values_files == (FileArgument("values-ha.yaml", Place("chartkit.yaml", 11, 18)),)
    assert json.loads(ha.values) == {"replicas": 3}
    assert ha.set_values == (
        SetValue("set-json", 'j={"k": "x,y"}'),
        SetValue("set", "installGatewayAPI=true"),
        SetValue("set-string", "tag=1.30"),
        SetValue("set-json", "a.b=[1]"),
        SetValue("set-string", "v=1.30"),
        SetValue("set-string", "on=yes"),
        SetValue("set-literal", "l=a,b"),
    )
    assert ha.set_files == (FileArgument("ca.pem", Place("chartkit.yaml", 15, 26), "cert"),)
    assert (ha.upgrade, ha.fails, ha.settings.kube_versions) == (True, "PodSecurityPolicy", ("1.33.0",))
    assert (lists.set_values, lists.fails) == ((SetValue("set", "a={1,2}"),), "")
    assert (lists.values_files[0].path, lists.set_files[0].key) == ("one.yaml", "k")


def test_values_of_a_chart_are_read_with_the_places_of_each(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path,
        """\
charts:
  none: {}
  file: {values: ci/base.yaml}
  empty: {values: {}}
  both:
    values:
    - ci/base.yaml
    - image:
        tag: "1"
      "a/b~": [{c: 1}]
""",
    )
    none, file, empty, both = (chart.values for chart in config.charts)
    assert none is None
    assert file == ValuesConfig((FileArgument("ci/base.yaml", Place("chartkit.yaml", 3, 18)),))
    assert empty == ValuesConfig((), "{}", (("", Place("chartkit.yaml", 4, 11)),))
    assert both is not None
    assert both.files == (FileArgument("ci/base.yaml", Place("chartkit.yaml", 7, 7)),)
    assert json.loads(both.inline) == {"image": {"tag": "1"}, "a/b~": [{"c": 1}]}
    assert [(pointer, place.line, place.column) for pointer, place in both.places] == [
        ("", 8, 7),
        ("/image", 8, 7),
        ("/image/tag", 9, 9),
        ("/a~1b~0", 10, 7),
        ("/a~1b~0/0", 10, 16),
        ("/a~1b~0/0/c", 10, 17),
    ]


def test_what_is_extended_is_beneath_and_relative_to_its_own_file(tmp_path: pathlib.Path) -> None:
    shared = tmp_path / "shared"
    (shared / "policies").mkdir(parents=True)
    (shared / "policies/ours.yaml").touch()
    (shared / "base.yaml").write_text(
        "extends: [strict, ./deep.yaml]\npolicies: [policies]\nfail-on: note\nlimits: {seconds: 5}\n"
        "rules: {image-tag-missing: note, service-selects-nothing: note}\nexcluded-charts:"
        " [a]\ngolden: false\n"
    )
    (shared / "deep.yaml").write_text(
        "fail-on: warning\nengine: cli\ndefaults: {release: deep, namespace: deep}\n"
    )
    (tmp_path / "golden").mkdir()
    config = read(
        tmp_path,
        "extends: [shared/base.yaml, linkerd]\nrules: {image-tag-missing: off}\nexcluded-charts: [b]\n"
        "limits: {memory: 1GiB}\ndefaults: {namespace: top}\n",
    )
    assert config.sets == ("strict", "linkerd")
    assert config.policies == (shared / "policies/ours.yaml",)
    assert (config.fail_on, config.engine) == (Severity.NOTE, "cli")
    assert config.rules == {"image-tag-missing": None, "service-selects-nothing": Severity.NOTE}
    assert config.excluded_charts == ("a", "b")
    assert config.limits == Limits(seconds=5, memory=1 << 30)
    assert config.defaults == ChartSettings(release="deep", namespace="top")
    assert config.golden is None
    assert config.golden_folder == tmp_path / "golden"


def test_a_mistake_in_an_extended_file_is_told_there(tmp_path: pathlib.Path) -> None:
    (tmp_path / "base.yaml").write_text("a: 1\n")
    assert mistakes(tmp_path, "extends: [base.yaml]\nb: 1\n") == [
        "base.yaml:1:1: a: is not a known key",
        "chartkit.yaml:2:1: b: is not a known key",
    ]


def test_files_that_extend_each_other_in_a_ring_are_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: [./chartkit.yaml]\n")
    assert mistakes(tmp_path, "extends: [a.yaml]") == [
        "a.yaml:1:11: extends[0]: './chartkit.yaml' extends itself (remove it from one of the files)"
    ]


def test_a_chain_of_files_that_is_too_long_is_refused(tmp_path: pathlib.Path) -> None:
    for index in range(10):
        (tmp_path / f"{index}.yaml").write_text(f"extends: [{index + 1}.yaml]\n")
    assert mistakes(tmp_path, "extends: [0.yaml]") == [
        "7.yaml:1:11: extends[0]: more than 8 files extend each other (put some of them together)"
    ]


def test_no_rule_set_at_all_can_be_chosen(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path, "extends: []").sets == ()
    (tmp_path / "base.yaml").write_text("strict: true")
    assert read(tmp_path, "extends: [base.yaml]").sets == ("recommended",)


def test_a_golden_folder_beside_the_file_is_used(tmp_path: pathlib.Path) -> None:
    assert read(tmp_path, "").golden is None
    (tmp_path / "golden").mkdir()
    assert read(tmp_path, "").golden == tmp_path / "golden"


def test_masks_add_up_and_leave_the_folder_as_it_is(tmp_path: pathlib.Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/base.yaml").write_text("golden: {mask: [a.b]}\n")
    text = "extends: [shared/base.yaml]\ngolden: {mask: [{resource: Pod/*, path: c}]}\n"
    masks = (Mask("a.b", Place("shared/base.yaml", 1, 17)), Mask("c", Place("chartkit.yaml", 2, 41), "Pod/*"))
    assert (read(tmp_path, text).golden, read(tmp_path, text).golden_masks) == (None, masks)
    (tmp_path / "golden").mkdir()
    assert read(tmp_path, text).golden == tmp_path / "golden"
    text = "extends: [shared/base.yaml]\ngolden: renders\n"
    config = read(tmp_path, text)
    assert (config.golden, config.golden_masks) == (tmp_path / "renders", masks[:1])


def test_a_broken_policy_comes_after_the_mistakes_of_the_file(tmp_path: pathlib.Path) -> None:
    def broken(_: Sequence[pathlib.Path]) -> Mapping[str, Collection[str]]:
        raise ConfigError("p.yaml:1:1: no policy")

    (tmp_path / "chartkit.yaml").write_text("rules: {a: off}\nzzz: 1\n")
    with pytest.raises(ConfigError, match="zzz"):
        configure.read(cwd=tmp_path, environ={}, known=broken)
    (tmp_path / "chartkit.yaml").write_text("rules: {a: off}\n")
    with pytest.raises(ConfigError, match="no policy"):
        configure.read(cwd=tmp_path, environ={}, known=broken)


def test_a_chart_to_ignore_is_a_name_or_a_path_as_reports_show_it(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "charts").mkdir()
    entries = ", ".join(
        f"{{rule: image-tag-missing, reason: x, chart: {chart}}}" for chart in ("web", "charts/w*")
    )
    (tmp_path / "chartkit.yaml").write_text(f"ignore: [{entries}]")
    config = configure.read(cwd=tmp_path / "charts", environ={}, known=known)
    assert [entry.chart for entry in config.ignore] == ["web", "w*"]


WHOLE = {
    "extends": ["strict", "./nope.yaml"],
    "chart-dirs": ["."],
    "excluded-charts": ["a"],
    "defaults": {
        "kube-versions": ["1.30"],
        "api-versions": ["a/v1"],
        "scenario-files": ["x"],
        "release": "a",
    },
    "charts": {
        "a/*": {
            "namespace": "b",
            "values": ["b", {"c": {"d": [1]}}],
            "scenarios": {
                "x": {"values": ["a", {"b": 1}], "set": {"a": 1}, "set-file": ["a=b"], "fails": "x"},
                "y": False,
            },
        }
    },
    "policies": ["p.yaml"],
    "crds": ["*.yaml"],
    "rules": {"image-tag-missing": "off"},
    "ignore": [{"rule": "image-tag-missing", "reason": "x", "path": "/a", "chart": "a/b", "resource": "A/b"}],
    "golden": {"folder": "golden", "mask": ["a.b", {"path": "**.c[*]", "resource": "Pod/*"}]},
    "fail-on": "note",
    "limits": {"seconds": 3, "memory": "1GiB"},
}
ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, True, False, 0, -1, 1.5, 10**30, "", " ", "x", "/", "**", "(", [], [None], [[]], {}, {"": None}]
)


def places(value: object, path: Path = ()) -> list[Path]:
    steps = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [path, *(deeper for step, one in steps for deeper in places(one, (*path, step)))]


def changed(data: Any, path: Path, value: object) -> Any:
    """*data* with *value* at *path*, where an earlier change has left that place."""
    if not path:
        return copy.deepcopy(value)
    with contextlib.suppress(LookupError, TypeError):
        data[path[0]] = changed(data[path[0]], path[1:], value)
    return data


@examples(80)
@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), ODD), min_size=1, max_size=3))
def test_whatever_stands_at_any_place_is_taken_or_answered(changes: list[tuple[Path, object]]) -> None:
    data: Any = copy.deepcopy(WHOLE)
    for path, value in changes:
        data = changed(data, path, value)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "chartkit.yaml")
        file.write_text(json.dumps(data))
        try:
            config_file.read(file, Config(file.parent, file.parent), known)
        except ConfigError as error:
            told = str(error)
        else:
            told = "chartkit.yaml:1:"
        assert "chartkit.yaml:1:" in told


SCHEMA = json.loads((schemas_folder() / "chartkit.schema.json").read_text())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_key_has_a_title_and_a_description_for_editors() -> None:
    def bare(schema: object, path: str) -> list[str]:
        if isinstance(schema, list):
            return [one for index, item in enumerate(schema) for one in bare(item, f"{path}/{index}")]
        if not isinstance(schema, dict):
            return []
        found = [one for key, item in schema.items() for one in bare(item, f"{path}/{key}")]
        for key, item in schema.get("properties", {}).items():
            target = {**SCHEMA["$defs"][item["$ref"].rpartition("/")[2]], **item} if "$ref" in item else item
            found += [
                f"{path}/{key} has no {word}" for word in ("title", "description") if word not in target
            ]
        return found

    assert bare({key: SCHEMA[key] for key in ("properties", "$defs")}, "") == []


def test_the_examples_of_the_schema_fit_it() -> None:
    for key, schema in SCHEMA["properties"].items():
        for example in schema.get("examples", ()):
            jsonschema.validate({key: example}, SCHEMA, jsonschema.Draft202012Validator)


def test_the_defaults_of_the_schema_are_those_of_the_code() -> None:
    from chartkit.model.case import Scenario
    from chartkit.plan.scenarios import SCENARIO_FILES

    told = {name: SCHEMA["$defs"][name].get("default") for name in ("release", "namespace", "scenario-files")}
    scenario = Scenario("x")
    assert told == {
        "release": scenario.release,
        "namespace": scenario.namespace,
        "scenario-files": list(SCENARIO_FILES),
    }
    assert SCHEMA["$defs"]["limits"]["properties"]["seconds"]["default"] == Limits().seconds
