"""What a repository has when it begins with chartkit is accepted once, and no more than that."""

from __future__ import annotations

import json

import pytest

from tests.pipeline.review.conftest import CONFIG_MAP, OOPS, Clone

NAME = "chartkit-baseline.json"


def broken(clone: Clone) -> None:
    clone.append("charts/db/templates/map.yaml", OOPS)
    clone.append("charts/web/templates/map.yaml", OOPS)


def said(clone: Clone, *arguments: str) -> list[tuple[str, bool]]:
    code, out, err = clone.run("check", "--format", "json", *arguments)
    assert code in (0, 1), err
    return [(one["rule"], one["suppressed"] is not None) for one in json.loads(out)["findings"]]


def test_a_baseline_that_lies_beside_the_configuration_is_found_by_itself(clone: Clone) -> None:
    broken(clone)
    code, out, err = clone.run("baseline")
    assert (code, out, err) == (0, f"wrote {NAME}: 2 errors\n", "")
    assert said(clone) == [("field-unknown", True)] * 2
    assert clone.run("check")[0] == 0

    clone.append("charts/db/templates/map.yaml", "more: 1\n")
    assert ("field-unknown", False) in said(clone)
    clone.write("charts/web/templates/map.yaml", CONFIG_MAP)
    assert ("baseline-outdated", False) in said(clone)
    assert ("baseline-outdated", False) not in said(clone, "charts/web")
    clone.write("chartkit.yaml", "baseline: false\n")
    assert all(not suppressed for _, suppressed in said(clone))


def test_findings_of_one_line_are_counted_as_a_check_counts_them(clone: Clone) -> None:
    oops = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ . }}}\noops: 1\n"
    clone.write(
        "charts/web/templates/map.yaml", f'{{{{- range list "a" "b" }}}}\n---\n{oops}{{{{- end }}}}\n'
    )
    assert "\n1 error" in clone.run("check")[1]
    assert clone.run("baseline")[1] == f"wrote {NAME}: 1 error (2 findings)\n"
    assert len(json.loads((clone.root / NAME).read_text())["findings"]) == 2


def test_paths_keep_what_is_known_of_other_charts(clone: Clone) -> None:
    broken(clone)
    clone.run("baseline")
    clone.write("charts/web/templates/map.yaml", CONFIG_MAP)
    _, out, _ = clone.run("baseline", "charts/web")
    assert out == f"wrote {NAME}: no findings; 1 of other charts kept\n"
    assert said(clone) == [("field-unknown", True)]

    clone.run("baseline", "charts/api", "--output", "new.json")
    assert not (clone.root / "new.json").exists()


def test_without_findings_there_is_no_need_of_a_baseline(clone: Clone) -> None:
    _, out, _ = clone.run("baseline")
    assert out == "nothing to accept: there are no findings\n"
    assert not (clone.root / NAME).exists()

    clone.write(NAME, "damaged")
    _, out, _ = clone.run("baseline")
    assert out == f"wrote {NAME}: no findings\n"
    assert json.loads((clone.root / NAME).read_text()) == {"version": 1, "findings": []}


@pytest.mark.parametrize("text", ["mode: plain\n", "{}\n", '{"version": 1}', "[]"])
@pytest.mark.parametrize("way", ["flag", "file"])
def test_a_file_that_is_no_baseline_is_not_overwritten(clone: Clone, text: str, way: str) -> None:
    broken(clone)
    clone.write("other.json", text)
    if way == "file":
        clone.write("chartkit.yaml", "baseline: other.json\n")
    code, out, err = clone.run("baseline", *(["--output", "other.json"] if way == "flag" else []))
    assert (code, out) == (2, "")
    assert "'other.json' is not overwritten, since it is no baseline" in err
    assert (clone.root / "other.json").read_text() == text


def test_an_empty_file_may_become_a_baseline(clone: Clone) -> None:
    broken(clone)
    clone.write("debts.json", "")
    assert clone.run("baseline", "-o", "debts.json")[0] == 0
    assert clone.run("baseline", "-o", "debts.json")[0] == 0


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../debts.json", "lies outside of the repository"),
        ("/tmp/debts.json", "lies outside of the repository"),
        (".git/debts.json", "lies in the folder of git"),
        ("linked.json", "is reached through a link, 'linked.json'"),
        ("linked/debts.json", "is reached through a link, 'linked'"),
    ],
)
def test_a_baseline_that_the_configuration_names_stays_in_the_repository(
    clone: Clone, name: str, why: str
) -> None:
    clone.write("debts.json", '{"version": 1, "findings": []}')
    (clone.root / "linked.json").symlink_to("debts.json")
    (clone.root / "linked").symlink_to("..")
    clone.write("chartkit.yaml", f"baseline: {name}\n")
    for command in (["check"], ["baseline"]):
        code, _, err = clone.run(*command)
        assert code == 2
        assert f"chartkit.yaml:1:11: baseline: {name!r} {why}" in err
    assert not (clone.root.parent / "debts.json").exists()


@pytest.mark.parametrize("target", ["debts.json", "../victim.json", "nowhere.json"])
def test_the_usual_baseline_is_no_link(clone: Clone, target: str) -> None:
    broken(clone)
    (clone.root / NAME).symlink_to(target)
    for command in (["check"], ["baseline"]):
        code, _, err = clone.run(*command)
        assert (code, f"the baseline '{NAME}' is a link" in err) == (2, True)
    assert (clone.root / NAME).is_symlink()
    assert not (clone.root / target).exists()


def test_what_is_named_on_the_command_line_may_be_anywhere_but_no_link(clone: Clone) -> None:
    broken(clone)
    elsewhere = clone.root.parent / "debts.json"
    assert clone.run("baseline", "-o", str(elsewhere))[0] == 0
    before = elsewhere.read_text()
    (clone.root / "linked.json").symlink_to(elsewhere)
    code, _, err = clone.run("baseline", "-o", "linked.json")
    assert (code, "'linked.json': it is a link" in err) == (2, True)
    assert elsewhere.read_text() == before


@pytest.mark.parametrize("way", ["flag", "variable", "file"])
def test_a_baseline_may_have_any_name(clone: Clone, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    broken(clone)
    clone.write("env/chartkit.yaml", "")
    flags = ["--baseline", "env/debts.json"] if way == "flag" else []
    if way == "variable":
        monkeypatch.setenv("CHARTKIT_BASELINE", "env/debts.json")
    if way == "file":
        clone.write("chartkit.yaml", "baseline: env/debts.json\n")
    code, _, err = clone.run("check", *flags)
    assert (code, "there is no baseline 'env/debts.json'" in err) == (2, True)

    clone.run("baseline", *(["--output", "env/debts.json"] if way == "flag" else []))
    assert said(clone, *flags) == [("field-unknown", True)] * 2


def test_a_baseline_holds_in_every_folder_of_the_repository(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(clone)
    clone.write("chartkit.yaml", "{}\n")
    clone.run("baseline")
    text = (clone.root / NAME).read_text()
    monkeypatch.chdir(clone.root / "charts")
    assert said(clone) == [("field-unknown", True)] * 2

    _, out, _ = clone.run("baseline")
    assert out.startswith(f"wrote ../{NAME}")
    assert (clone.root / NAME).read_text() == text


def test_a_change_is_judged_by_the_baseline_of_its_own(clone: Clone) -> None:
    broken(clone)
    clone.run("baseline")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/db/values.yaml", "a: 1\n")

    assert said(clone, "--since", "main") == [("field-unknown", True)]
    assert said(clone, "--since", "main", "--new") == [("field-unknown", True)]


@pytest.mark.parametrize("command", ["check", "baseline", "golden update"])
def test_what_judges_and_records_fetches_dependencies_where_it_is_asked_to(
    clone: Clone, command: str
) -> None:
    needs = "dependencies: [{name: elsewhere, version: 1.0.0, repository: 'http://127.0.0.1:9'}]\n"
    clone.chart("charts/far", extra=needs)
    code, _, err = clone.run(*command.split(), "--update-dependencies", "charts/far")

    assert code == 2
    assert "cannot get dependency 'elsewhere'" in err


FAR = "apiVersion: v2\nname: far\nversion: 1.0.0\n"
BROKEN = {
    "dependency-missing": {"Chart.yaml": FAR + "dependencies: [{name: a, version: 1, repository: ''}]\n"},
    "chart-unreadable": {"Chart.yaml": "name: [far\n"},
    "kube-version-refused": {"Chart.yaml": f'{FAR}kubeVersion: "<1.30"\n'},
    "render-failed": {"templates/map.yaml": "{{ .Values.a.b.c }}\n"},
    "render-refused": {"templates/map.yaml": '{{ fail "never" }}\n'},
    "values-schema-violated": {"values.schema.json": '{"required": ["a"]}\n'},
    "values-unreadable": {"ci.yaml": "a: [\n", "values": "ci.yaml"},
    "values-file-missing": {"values": "none.yaml"},
    "yaml-unreadable": {"templates/map.yaml": "a: [\n"},
}


def far(clone: Clone, rule: str) -> None:
    """A chart ``far``, beside others, of which nothing is rendered because of what *rule* says."""
    clone.chart("charts/far")
    values = f", values: [{BROKEN[rule]['values']}]" if "values" in BROKEN[rule] else ""
    entry = f"{{kube-versions: ['1.37'], scenarios: {{default: {{namespace: a{values}}}}}}}"
    clone.write("chartkit.yaml", f"charts: {{charts/far: {entry}}}\n")
    for name, text in BROKEN[rule].items():
        if name != "values":
            clone.write(f"charts/far/{name}", text)


@pytest.mark.parametrize("rule", BROKEN)
def test_what_keeps_a_chart_from_being_judged_cannot_be_accepted(clone: Clone, rule: str) -> None:
    far(clone, rule)
    assert said(clone) == [(rule, False)]
    code, out, _ = clone.run("baseline")
    assert (code, out.startswith("nothing to accept; not accepted: 1 error that keeps a chart")) == (1, True)
    assert f"({rule} in " in out
    assert not (clone.root / NAME).exists()

    clone.append("charts/db/templates/map.yaml", OOPS)
    code, out, _ = clone.run("baseline")
    assert (code, out.startswith(f"wrote {NAME}: 1 error; not accepted: 1 error")) == (1, True)
    assert sorted(said(clone)) == sorted([(rule, False), ("field-unknown", True)])


@pytest.mark.parametrize("rule", ["dependency-missing", "chart-unreadable", "values-file-missing"])
def test_a_baseline_that_accepts_it_does_nothing_and_is_told(clone: Clone, rule: str) -> None:
    far(clone, rule)
    _, out, _ = clone.run("check", "--format", "json")
    (finding,) = json.loads(out)["findings"]
    entry = {"fingerprint": finding["fingerprint"], "rule": rule}
    clone.write(NAME, json.dumps({"version": 1, "findings": [entry]}, indent=1))

    assert sorted(said(clone)) == sorted([(rule, False), ("baseline-outdated", False)])
    code, out, _ = clone.run("check")
    text = " ".join(out.split())  # whatever the width of the terminal
    assert (code, "keeps a chart from being judged, and cannot be accepted" in text) == (1, True)


@pytest.mark.parametrize(
    "rule", ["dependency-missing", "chart-unreadable", "render-failed", "values-file-missing"]
)
def test_a_chart_of_which_nothing_is_rendered_is_never_clean(clone: Clone, rule: str) -> None:
    far(clone, rule)
    config = (clone.root / "chartkit.yaml").read_text()
    ways = {
        "ignored": (f"{config}ignore: [{{rule: {rule}, reason: known}}]\n", ()),
        "off": (f"{config}rules: {{{rule}: off}}\n", ()),
        "by a flag": (config, ("--ignore", rule)),
        "not asked for": (config, ("--select", "field-unknown")),
    }
    for way, (text, flags) in ways.items():
        clone.write("chartkit.yaml", text)
        code, out, _ = clone.run("check", *flags)
        assert code == 0, way
        assert "\nnot clean: 1 chart was not rendered; looked at " in out, way
        _, out, _ = clone.run("check", *flags, "--format", "json")
        report = json.loads(out)
        assert report["summary"]["unrendered"] == 1, way
        assert report["not_judged"], way


def test_a_chart_that_rendered_in_part_may_be_accepted_and_what_did_not_is_told(clone: Clone) -> None:
    clone.chart("charts/far", text=CONFIG_MAP + "{{ if .Values.a }}{{ .Values.a.b.c }}{{ end }}\n")
    clone.write("charts/far/ci/a-values.yaml", "a: {b: 1}\n")
    code, out, _ = clone.run("baseline")
    assert (code, out) == (0, f"wrote {NAME}: 1 error\n")
    code, out, _ = clone.run("check")

    assert (code, "it is not rendered: " in out, "\nclean: " in out) == (0, True, True)


@pytest.mark.parametrize(
    ("chart", "entry", "clean"),
    [
        ({"Chart.yaml": f"{FAR}type: library\n"}, "{}", True),
        ({"templates/map.yaml": '{{ fail "no" }}\n'}, '{scenarios: {default: {fails: "no"}}}', True),
        ({}, "{scenarios: {default: false}}", False),
    ],
    ids=["a library", "one that must fail", "one without a scenario"],
)
def test_what_has_nothing_to_render_is_clean(
    clone: Clone, chart: dict[str, str], entry: str, clean: bool
) -> None:
    clone.chart("charts/far")
    for name, text in chart.items():
        clone.write(f"charts/far/{name}", text)
    clone.write("chartkit.yaml", f"charts: {{charts/far: {entry}}}\n")
    code, out, _ = clone.run("check")

    assert (code, "\nclean: " in out, "not clean: 1 chart" in out) == (0, clean, not clean)


def test_a_chart_that_could_not_be_rendered_before_either_is_not_clean(clone: Clone) -> None:
    far(clone, "dependency-missing")
    clone.commit()
    clone.git("branch", "-f", "main")
    clone.append("charts/far/values.yaml", "a: 1\n")
    code, out, _ = clone.run("check", "--since", "main", "--new")

    assert (code, "1 finding was there before" in out) == (0, True)
    assert "it is not rendered: dependency 'a'" in " ".join(out.split())
    assert "not clean: 1 chart was not rendered" in out
