from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.changing_lines import MARKER
from chartkit.golden.compare import (
    MASKED,
    NOT_RENDERED,
    Verdict,
    compare,
    findings,
    not_judged,
    orphans,
    unused,
)
from chartkit.golden.files import GoldenFiles, assign
from chartkit.golden.update import NOT_RECORDED, Rendered, Revision, revise
from chartkit.model.case import Case, CaseRef, Scenario
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.pipeline import result_cache
from chartkit.rules import load

ON = dict.fromkeys(("golden-missing", "golden-drifted", "golden-orphaned", "golden-unstable"), Severity.ERROR)
NEW, OLD, OLDER = "1.37.0", "1.31.0", "1.30.0"
TEXT = """\
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  key: one
"""
OTHER = TEXT.replace("one", "two")
LONGER = TEXT + "  more: 1\n"
BASE, OWN = "web/default.yaml", "web/default@1.31.yaml"


def case(
    version: str = NEW, scenario: str = "default", *, fails: str | None = None, path: str = "charts/web"
) -> Case:
    return Case(path.rpartition("/")[2], path, Scenario(scenario, fails=fails), version)


def planned(*cases: Case) -> GoldenFiles:
    return assign(pathlib.Path("golden"), cases)


THREE = planned(case(NEW), case(OLD), case(OLDER))


def judged(
    there: GoldenFiles, texts: Mapping[Case, str | None], recorded: Mapping[str, str]
) -> list[Finding]:
    return [*findings(there, [compare(there, each, text, recorded) for each, text in texts.items()], ON)]


def recorded_after(revision: Revision, before: Mapping[str, str]) -> dict[str, str]:
    after = {**before, **revision.texts}
    return {file: text for file, text in after.items() if file not in revision.removed}


@pytest.mark.parametrize(
    ("version", "recorded", "kind", "file"),
    [
        (NEW, {BASE: TEXT}, "same", BASE),
        (OLD, {BASE: TEXT}, "same", BASE),
        (OLD, {BASE: OTHER, OWN: TEXT}, "same", OWN),
        (OLD, {BASE: TEXT, OWN: OTHER}, "drifted", OWN),
        (NEW, {BASE: TEXT, OWN: OTHER}, "same", BASE),
        (NEW, {OWN: TEXT}, "missing", BASE),
        (NEW, {}, "missing", BASE),
        (NEW, {BASE: ""}, "drifted", BASE),
        (NEW, {BASE: TEXT.replace("one", MARKER)}, "same", BASE),
        (NEW, {BASE: LONGER.replace("one", MARKER)}, "drifted", BASE),
    ],
)
def test_a_version_is_compared_with_its_own_file_or_else_the_base(
    version: str, recorded: dict[str, str], kind: str, file: str
) -> None:
    verdict = compare(THREE, case(version), TEXT, recorded)
    assert (verdict.kind, verdict.file) == (kind, file)


def test_a_failed_render_is_never_compared() -> None:
    verdict = compare(THREE, case(), None, {BASE: ""})
    assert verdict.kind == "not-rendered"
    assert [*findings(THREE, [verdict], ON)] == []
    assert [*not_judged(THREE, [verdict])] == [
        NotJudged("golden/web/default.yaml", "web", NOT_RENDERED, None, (case().ref,))
    ]


def test_an_empty_render_is_not_a_missing_file() -> None:
    assert compare(THREE, case(), "", {}).kind == "missing"
    assert compare(THREE, case(), "", {BASE: ""}).kind == "same"


def test_a_scenario_that_must_fail_needs_no_file() -> None:
    failing = case(fails="no")
    there = planned(failing)
    for text in (None, TEXT):
        verdict = compare(there, failing, text, {})
        assert verdict.kind == "exempt"
        assert [*findings(there, [verdict], ON), *not_judged(there, [verdict])] == []


def test_a_missing_file_is_one_finding_for_all_versions() -> None:
    (found,) = judged(THREE, {case(NEW): TEXT, case(OLD): TEXT}, {})
    assert found == Finding(
        "golden-missing",
        Severity.ERROR,
        "scenario 'default' has no golden file",
        "web",
        Place("golden/web/default.yaml"),
        "run `chartkit golden update charts/web`, read what it writes and commit it",
        cases=(CaseRef("web", "default", OLD), CaseRef("web", "default", NEW)),
    )


def test_a_drift_says_what_changed_and_where_the_file_begins_to_differ() -> None:
    (found,) = judged(THREE, {case(NEW): OTHER, case(OLD): OTHER}, {BASE: TEXT})
    assert found.rule == "golden-drifted"
    assert found.place == Place("golden/web/default.yaml", 8)
    assert found.message.split("\n") == [
        "render differs from its golden file: 1 object changed",
        "~ ConfigMap/a",
        "    data.key",
        "      - one",
        "      + two",
    ]
    assert found.hint == "run `chartkit golden update charts/web` and commit the file if the change is meant"
    assert len(found.cases) == 2


def test_versions_that_drift_in_their_own_ways_are_told_apart_newest_first() -> None:
    texts: dict[Case, str | None] = {case(NEW): OTHER, case(OLD): LONGER, case(OLDER): LONGER}
    (found,) = judged(THREE, texts, {BASE: TEXT})
    assert [line for line in found.message.split("\n") if line.startswith("on ")] == [
        "on Kubernetes 1.37:",
        "on Kubernetes 1.30, 1.31:",
    ]
    assert found.place.line == 8


def test_a_missing_end_is_a_difference_in_the_last_line() -> None:
    verdict = compare(THREE, case(), TEXT, {BASE: LONGER})
    assert verdict.line == 9


def test_crlf_line_ends_are_named() -> None:
    (found,) = judged(THREE, {case(): TEXT}, {BASE: TEXT.replace("\n", "\r\n")})
    assert "only its line ends differ, which git or an editor made CRLF" in found.message
    assert "\n" not in found.message
    assert found.hint.startswith("add `golden/** -text` to .gitattributes")


def test_a_long_difference_is_cut_with_a_count() -> None:
    many = "".join(TEXT.replace("name: a", f"name: a-{number}") for number in range(600))
    verdict = compare(THREE, case(), many, {BASE: TEXT})
    assert len(verdict.details) == 2001
    assert verdict.details[-1].startswith("… ")


def test_rules_that_are_off_find_nothing() -> None:
    verdicts = [compare(THREE, case(), TEXT, {}), compare(THREE, case(OLD), TEXT, {OWN: OTHER})]
    assert [*findings(THREE, verdicts, {})] == []
    assert [*orphans(THREE, ["web/x.yaml"], (), {})] == []


def test_masked_lines_are_not_judged_and_say_whose_they_are() -> None:
    golden = "# first\n" + TEXT.replace("one", f"{MARKER}\n  next: {MARKER}") + "---\n# " + MARKER + "\n"
    there = planned(case(NEW), case(OLD))
    rendered = "# first\n" + TEXT + "  next: two\n---\n# x\n"
    verdicts = [compare(there, each, rendered, {BASE: golden}) for each in there.slots]
    refs = (case(OLD).ref, case(NEW).ref)
    assert [*not_judged(there, verdicts)] == [
        NotJudged(
            "golden/web/default.yaml:9-10", "web", MASKED, ResourceId("v1", "ConfigMap", "", "a"), refs
        ),
        NotJudged("golden/web/default.yaml:12", "web", MASKED, None, refs),
    ]


def test_masked_lines_are_told_once_though_one_version_drifts() -> None:
    golden = TEXT.replace("one", MARKER)
    verdicts = [
        compare(THREE, case(NEW), TEXT, {BASE: golden}),
        compare(THREE, case(OLD), LONGER, {BASE: golden}),
    ]
    assert [each.what for each in not_judged(THREE, verdicts)] == ["golden/web/default.yaml:8"]


def test_paths_in_hints_can_be_pasted() -> None:
    spaced = case(path="my charts/web")
    (found,) = judged(planned(spaced), {spaced: TEXT}, {})
    assert "`chartkit golden update 'my charts/web'`" in found.hint


FILES = (
    "api/default.yaml",
    BASE,
    OWN,
    "web/default@1.2.yaml",
    "web/gone.yaml",
    "web/deep/x.yaml",
    "top.yaml",
)


@pytest.mark.parametrize(
    ("charts", "everything", "expected"),
    [
        ((), False, ()),
        (("charts/web",), False, ("web/deep/x.yaml", "web/default@1.2.yaml", "web/gone.yaml")),
        (
            ("charts/web",),
            True,
            ("api/default.yaml", "top.yaml", "web/deep/x.yaml", "web/default@1.2.yaml", "web/gone.yaml"),
        ),
    ],
)
def test_only_charts_that_took_part_whole_have_orphans(
    charts: Sequence[str], everything: bool, expected: Sequence[str]
) -> None:
    assert unused(THREE, FILES, charts, everything=everything) == tuple(expected)


def test_an_orphan_says_whose_it_was() -> None:
    there = planned(case(), case(scenario="broken", fails=""))
    files = ["web/gone.yaml", "web/broken.yaml", "api/default.yaml"]
    found = [*orphans(there, files, files, ON)]
    assert [(each.rule, each.chart, each.message, each.hint) for each in found] == [
        (
            "golden-orphaned",
            "web",
            "no case is compared with this golden file",
            "remove it, or run `chartkit golden update charts/web`",
        ),
        (
            "golden-orphaned",
            "web",
            "scenario 'broken' must fail, it is not compared with a file",
            "remove it, or run `chartkit golden update charts/web`",
        ),
        (
            "golden-orphaned",
            "api",
            "no case is compared with this golden file",
            "remove it, or run `chartkit golden update`",
        ),
    ]
    assert unused(there, ["web/broken.yaml"], ["charts/web"], everything=False) == ("web/broken.yaml",)


@pytest.mark.parametrize(
    ("texts", "recorded", "expected"),
    [
        pytest.param({NEW: TEXT, OLD: TEXT}, {}, {BASE: TEXT}, id="one file where versions agree"),
        pytest.param({NEW: TEXT, OLD: OTHER}, {}, {BASE: TEXT, OWN: OTHER}, id="its own where one differs"),
        pytest.param(
            {NEW: TEXT, OLD: TEXT}, {BASE: OTHER, OWN: OTHER}, {BASE: TEXT}, id="which goes when it agrees"
        ),
        pytest.param(
            {NEW: TEXT, OLD: OTHER}, {BASE: TEXT, OWN: OTHER}, {BASE: TEXT, OWN: OTHER}, id="nothing changed"
        ),
        pytest.param({OLD: TEXT}, {BASE: TEXT}, {BASE: TEXT}, id="an older version alone agrees"),
        pytest.param(
            {OLD: OTHER}, {BASE: TEXT}, {BASE: TEXT, OWN: OTHER}, id="an older version alone differs"
        ),
        pytest.param({OLD: OTHER}, {}, {OWN: OTHER}, id="an older version alone is the first"),
        pytest.param(
            {NEW: TEXT},
            {"web/default@1.37.yaml": OTHER},
            {BASE: TEXT},
            id="what was an older version has become the newest",
        ),
        pytest.param({NEW: None, OLD: TEXT}, {BASE: OTHER}, {BASE: OTHER, OWN: TEXT}, id="the newest fails"),
        pytest.param(
            {NEW: TEXT, OLD: None}, {BASE: OTHER, OWN: OTHER}, {BASE: TEXT, OWN: OTHER}, id="an older fails"
        ),
    ],
)
def test_an_update_writes_what_is_needed(
    texts: dict[str, str | None], recorded: dict[str, str], expected: dict[str, str]
) -> None:
    rendered = [Rendered(case(version), text, text) for version, text in texts.items()]
    revision = revise(THREE, rendered, recorded)
    assert recorded_after(revision, recorded) == expected
    assert all(recorded.get(file) != text for file, text in revision.texts.items())
    refused = [each.what for each in revision.not_judged if each.reason == NOT_RECORDED]
    assert refused == ["golden/web/default.yaml" for text in texts.values() if text is None]


def test_half_a_failure_is_a_failure() -> None:
    revision = revise(THREE, [Rendered(case(), TEXT, None)], {})
    assert revision.texts == {}
    assert len(revision.not_judged) == 1


def test_a_scenario_that_must_fail_is_not_recorded() -> None:
    failing = case(fails="")
    assert revise(planned(failing), [Rendered(failing, TEXT, TEXT)], {}) == Revision({}, (), (), ())


def test_what_differs_between_two_renders_is_masked_and_told() -> None:
    revision = revise(THREE, [Rendered(case(), TEXT, OTHER)], {})
    assert revision.texts == {BASE: TEXT.replace("one", MARKER)}
    (told,) = revision.not_judged
    assert (told.what, told.reason) == ("golden/web/default.yaml:8", MASKED)


def test_versions_that_differ_only_in_what_is_masked_share_a_file() -> None:
    rendered = [Rendered(case(NEW), TEXT, OTHER), Rendered(case(OLD), OTHER, TEXT.replace("one", "three"))]
    assert [*revise(THREE, rendered, {}).texts] == [BASE]


def test_a_masked_file_is_not_rewritten_for_other_random_values() -> None:
    recorded = {BASE: TEXT.replace("one", MARKER)}
    assert revise(THREE, [Rendered(case(), OTHER, TEXT)], recorded).texts == {}


def test_a_mask_goes_when_its_line_has_become_constant() -> None:
    recorded = {BASE: TEXT.replace("one", MARKER)}
    assert revise(THREE, [Rendered(case(), TEXT, TEXT)], recorded).texts == {BASE: TEXT}


@pytest.mark.parametrize("severities", [None, {"golden-unstable": Severity.WARNING}])
def test_a_render_that_changes_its_shape_is_refused(severities: dict[str, Severity] | None) -> None:
    revision = revise(THREE, [Rendered(case(), TEXT, LONGER)], {BASE: OTHER}, severities=severities)
    assert revision.texts == {}
    (found,) = revision.findings
    assert found.rule == "golden-unstable"
    assert found.severity is (Severity.WARNING if severities else Severity.ERROR)
    assert found.message.split("\n") == [
        "render changes its shape every time: 9 lines, then 10 lines",
        "~ ConfigMap/a",
        "    data.more",
        "      + 1",
    ]


def test_unused_files_are_removed_with_the_rest() -> None:
    recorded = {BASE: TEXT, OWN: TEXT}
    rendered = [Rendered(case(NEW), TEXT, TEXT), Rendered(case(OLD), TEXT, TEXT)]
    assert revise(THREE, rendered, recorded, ("web/gone.yaml",)).removed == (OWN, "web/gone.yaml")


WORDS = st.sampled_from(["", "a", "a: b", "  x: {}", f"p: {MARKER}", "---", "# Source: x", "\r", "\x0b", "é"])
TEXTS = st.lists(WORDS, max_size=5).map("\n".join)
RENDERS = st.one_of(TEXTS, st.text()).map(lambda text: f"---\n# Source: web/templates/a.yaml\n{text}")
PAIRS = st.one_of(
    st.none(),
    RENDERS.map(lambda text: (text, text)),
    st.tuples(RENDERS, RENDERS),
)


@given(
    st.dictionaries(st.sampled_from([NEW, OLD, OLDER]), PAIRS),
    st.dictionaries(
        st.sampled_from([BASE, OWN, "web/default@1.30.yaml", "web/default@1.37.yaml"]),
        st.one_of(RENDERS, TEXTS),
    ),
)
def test_what_was_updated_is_clean_and_needs_no_update(
    pairs: dict[str, tuple[str, str] | None], recorded: dict[str, str]
) -> None:
    rendered = [Rendered(case(version), *(pair or (None, None))) for version, pair in pairs.items()]
    revision = revise(THREE, rendered, recorded)
    refused = {ref for each in revision.findings for ref in each.cases}
    after = recorded_after(revision, recorded)
    for each in rendered:
        if each.first is not None and each.case.ref not in refused:
            assert compare(THREE, each.case, each.first, after).kind == "same"
            assert compare(THREE, each.case, each.second, after).kind == "same"
    again = revise(THREE, rendered, after)
    assert again.texts == {}
    assert again.removed == ()


def test_findings_do_not_depend_on_the_order_of_cases() -> None:
    texts: dict[Case, str | None] = {case(NEW): OTHER, case(OLD): LONGER, case(OLDER): None}
    backwards = dict(reversed(texts.items()))
    assert judged(THREE, texts, {BASE: TEXT}) == judged(THREE, backwards, {BASE: TEXT})


def test_a_verdict_survives_the_cache() -> None:
    verdict = compare(THREE, case(), OTHER, {BASE: TEXT.replace("a\n", f"{MARKER}\n")})
    assert result_cache.decode(Verdict, result_cache.encode(verdict)) == verdict


@pytest.mark.parametrize("rule", sorted(ON))
def test_every_finding_has_its_page(rule: str) -> None:
    page = load()[rule].page
    assert page.summary.endswith(".")
    assert page.section("Bad")
    assert page.section("Good")
