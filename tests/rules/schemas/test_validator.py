"""Good objects of many kinds are clean for every version, and each fault is told where it is, in words."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Sequence
from typing import Any

import pytest

from chartkit import rules
from chartkit.helm import manifests
from chartkit.helm.kubernetes_schemas import known_versions, nearest
from chartkit.model.render import Manifest
from chartkit.rules.schemas.validator import Validator

FOLDER = pathlib.Path(__file__).parent
_EXPECTED = re.compile(r"  # ((?:[a-z]+-)+[a-z]+): (.*?)(?=  # |$)")
GOOD = sorted(FOLDER.glob("good/*.yaml"))
BAD = sorted(FOLDER.glob("bad/*.yaml"))


def objects(text: str) -> tuple[Manifest, ...]:
    good, bad = manifests.read(text)
    assert not bad
    return good


def definitions(text: str) -> list[dict[str, Any]]:
    return [dict(manifest.body) for manifest in objects(text) if manifest.is_crd]


def expected(text: str) -> list[tuple[int, str, str]]:
    """(line, rule, "message | hint") of every remark in *text*, sorted."""
    lines = enumerate(text.splitlines(), 1)
    return sorted((number, rule, said) for number, line in lines for rule, said in _EXPECTED.findall(line))


def found(text: str, crds: Sequence[dict[str, Any]] = ()) -> list[tuple[int, str, str]]:
    """What validation says of *text*, likewise; the version stands in its first line, else it is 1.34."""
    named = re.match(r"# version: (\S+)", text)
    validator = Validator(named[1] if named else "1.34.0", crds)
    good = objects(text)
    return sorted(
        (
            manifests.position(manifest, (*manifest.base, *hit.path), hit.on_key)[0],
            hit.rule,
            f"{hit.message} | {hit.hint}".removesuffix(" | "),
        )
        for manifest in good
        for hit in validator.judge(manifest) or ()
    )


@pytest.mark.parametrize("version", known_versions())
@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_objects_are_clean(path: pathlib.Path, version: str) -> None:
    validator = Validator(version)

    judged = {manifest.resource: validator.judge(manifest) for manifest in objects(path.read_text())}

    assert {resource: hits for resource, hits in judged.items() if hits != ()} == {}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_objects_give_what_their_lines_say(path: pathlib.Path) -> None:
    text = path.read_text()

    assert found(text, definitions(text)) == expected(text)


VALIDATED = ("field-", "list-key-", "api-version-", "crd-invalid", "custom-resource-version-")


@pytest.mark.parametrize(
    "rule",
    [rule for rule in rules.load().values() if rule.id.startswith(VALIDATED)],
    ids=lambda rule: rule.id,
)
def test_the_pages_of_schema_rules_say_what_is_found(rule: rules.Rule) -> None:
    bad, good = rule.page.section("Bad"), rule.page.section("Good")
    assert bad
    assert good
    (wrong,), (right,) = bad.fences, good.fences

    marked = [(line, rule.id) for line in range(1, 99) for each in wrong.expected if each.line == line]
    assert [(line, name) for line, name, _ in found(wrong.text, definitions(wrong.text))] == marked
    assert found(right.text) == []


def test_every_rule_that_validation_names_has_a_page() -> None:
    named = {rule for path in BAD for _, rule, _ in expected(path.read_text())}

    assert named <= set(rules.load())


def test_a_kind_without_a_schema_is_not_judged() -> None:
    (manifest,) = objects(
        "apiVersion: policy.example.io/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"
    )

    assert Validator("1.34.0").judge(manifest) is None
    assert Validator("1.34.0").unevaluated(manifest) == ()


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ("1.25.0", "1.25.0"),
        ("v1.34.7-gke.1", "1.34.0"),
        ("1.20.0", "1.25.0"),
        ("1.38.0", "1.37.0"),
        ("1.100.0", "1.37.0"),
        ("2.0.0", "1.37.0"),
        ("nonsense", "1.25.0"),
    ],
)
def test_an_unknown_version_is_judged_by_the_nearest(version: str, known: str) -> None:
    assert nearest(version) == known
    assert Validator(version).kube_version == known


def test_versions_are_sorted_by_number() -> None:
    assert known_versions()[0] == "1.25.0"
    assert len(known_versions()) == 13
    assert list(known_versions()) == sorted(known_versions(), key=lambda text: int(text.split(".")[1]))


def test_twenty_thousand_unknown_fields_are_not_all_told() -> None:
    fields = "\n".join(f"field{number}: 1" for number in range(20_000))
    (manifest,) = objects(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{fields}\n")

    assert len(Validator("1.34.0").judge(manifest) or ()) == 200


def test_ten_thousand_equal_faults_do_not_drown_the_rest() -> None:
    items = "\n".join("      - {name: 5}" for _ in range(3_000))
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n{items}\n"
    (manifest,) = objects(text)

    assert 0 < len(Validator("1.34.0").judge(manifest) or ()) <= 401
