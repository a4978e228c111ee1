"""A policy file that is right is read; every mistake in one is told with its place and what was expected."""

from __future__ import annotations

import pathlib

import pytest

from chartkit import schemas_folder
from chartkit.model.errors import ConfigError
from chartkit.model.finding import Severity
from chartkit.model.render import Manifest
from chartkit.rules import Facts, policies
from chartkit.syntax.yaml import kube_yaml, yaml_file

GOOD = """\
id: team-label-missing
severity: warning
page: |
  Object does not say whose it is.

  Nobody knows whom to call.
schema: {required: [team]}
message: no {key!r}
"""


def write(folder: pathlib.Path, text: str, name: str = "team.yaml") -> pathlib.Path:
    path = folder / name
    path.write_text(text)
    return path


def mistakes(folder: pathlib.Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        policies.load(write(folder, text), "team.yaml")
    return f"{caught.value} ({caught.value.hint})".split("\n  ")


def test_a_policy_becomes_a_rule(tmp_path: pathlib.Path) -> None:
    rules = policies.load(write(tmp_path, GOOD), "team.yaml")

    rule = rules["team-label-missing"]
    assert (rule.severity, rule.on, rule.sets, rule.origin) == (Severity.WARNING, Manifest, (), "team.yaml")
    assert rule.page.summary == "Object does not say whose it is."


@pytest.mark.parametrize(
    "addition",
    [
        "subject: case\n",
        "select: {charts: [web]}\n",
        "select: {scenarios: [ha]}\n",
        "select: {values: {required: [team]}}\n",
        "hint: x\nsets: [a]\nselect: {given: {}}\n",
    ],
)
def test_what_asks_for_more_than_an_object_looks_at_facts(tmp_path: pathlib.Path, addition: str) -> None:
    (rule,) = policies.load(write(tmp_path, GOOD + addition)).values()

    assert rule.on is Facts


def test_a_folder_is_all_of_its_files(tmp_path: pathlib.Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("team-", "owner-"), "owner.yml")
    write(tmp_path, "no policy", "README.md")

    rules = policies.load(tmp_path, "policies/")

    assert [(rule.id, rule.origin) for rule in rules.values()] == [
        ("owner-label-missing", "policies/owner.yml"),
        ("team-label-missing", "policies/team.yaml"),
    ]


def test_a_folder_without_policies_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError, match="there is no policy in 'mine'"):
        policies.load(tmp_path, "mine")


def test_an_id_is_given_once(tmp_path: pathlib.Path) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, GOOD, "b.yaml")

    with pytest.raises(
        ConfigError, match=r"p/b\.yaml: id: 'team-label-missing' is already the policy in p/a\.yaml"
    ):
        policies.load(tmp_path, "p")


def test_a_stamp_changes_with_the_file_and_with_its_inventory(tmp_path: pathlib.Path) -> None:
    def stamp(policy: str, entries: str, name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        write(folder, f"entries: {entries}", "i.yaml")
        (rule,) = policies.load(write(folder, policy)).values()
        return rule.stamp

    with_inventory = GOOD + "inventory: i.yaml\nrelease: v1\n"
    stamps = [
        stamp(with_inventory, "{a: [{since: v1}]}", "one"),
        stamp(with_inventory, "{a: [{since: v2}]}", "two"),
        stamp(with_inventory.replace("warning", "error"), "{a: [{since: v1}]}", "three"),
    ]
    again = stamp(with_inventory, "{a: [{since: v1}]}", "four")

    assert len(set(stamps)) == 3
    assert again == stamps[0]


WRONG = {
    "id: team-label-missing": ("id: Team", "team.yaml:1:5: id: expected lower-case words with hyphens"),
    "severity: warning": (
        "severity: bad",
        "team.yaml:2:11: severity: expected one of error, warning, note, not 'bad'",
    ),
    "schema: {required: [team]}": (
        "schema: [1]",
        "team.yaml:7:9: schema: expected a JSON Schema of draft 2020-12",
    ),
    "message: no {key!r}": (
        "message: no {kye}",
        "message: '{kye}' is not a known word (did you mean 'key'?)",
    ),
    "schema: {required: [team]} ": (
        "schema: {type: strin}",
        "schema: expected a JSON Schema of draft 2020-12",
    ),
    "schema: {required:": ("schemas: {required:", "schemas: is not a known key; schema"),
    "{required: [team]}": ("{pattern: (?=a)b}", "expected a JSON Schema of draft 2020-12"),
    " {required: [team]}": (" {$ref: https://example.com/s.json}", "retrieving it failed"),
    "  {required": ("  {const: {$inventory: x}, required", "$inventory needs an inventory (add 'inventory:'"),
    "schema: {required ": (
        "schema: {const: {$value: x, $as: lable}, required",
        "'$as: lable' is not known (write one of: label)",
    ),
}


@pytest.mark.parametrize("old", WRONG)
def test_a_mistake_is_told_with_its_place(tmp_path: pathlib.Path, old: str) -> None:
    new, expected = WRONG[old]
    text = (GOOD + " ").replace(old.strip(), new.strip())

    told = " ".join(mistakes(tmp_path, text))

    for part in expected.split("; "):
        assert part in told


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        ("select: {kinds: Pod}", "team.yaml:9:17: select.kinds: expected a list of texts"),
        (
            "select: {kindz: [Pod]}",
            "team.yaml:9:10: select.kindz: is not a known key (did you mean 'kinds'?)",
        ),
        (
            "select: {}",
            "select: expected a mapping that narrows what the policy is about, not an empty mapping",
        ),
        ("select: {values: {const: {$value: x}}}", "select.values: references such as $value have no place"),
        ("select: {object: {type: 3}}", "select.object: expected a JSON Schema"),
        ("at: metadata/labels", "at: expected a target such as /metadata/labels"),
        ("at: []", "at: expected a target such as /metadata/labels"),
        (
            "inventory: i.yaml",
            "the key 'release' is missing (add 'release:' with the release that the inventory",
        ),
        ("inventory: i.yaml\nrelease: v1", "team.yaml:9:12: inventory: there is no file 'i.yaml'"),
        ("id: x-y", "team.yaml:9"),
        ("hint: [", "team.yaml:9"),
        ("hint: 'see {nothing}'", "hint: '{nothing}' is not a known word"),
    ],
)
def test_a_mistake_in_what_may_be_left_out_is_told(
    tmp_path: pathlib.Path, addition: str, expected: str
) -> None:
    assert expected in " ".join(mistakes(tmp_path, f"{GOOD}{addition}\n"))


def test_all_mistakes_are_told_at_once(tmp_path: pathlib.Path) -> None:
    told = mistakes(tmp_path, "id: a-b\npage: x\nseverity: 3\n")

    assert len(told) == 5
    assert told[0].startswith("4 mistakes")


@pytest.mark.parametrize("text", ["", "text", "[1]", "\x00", "a: &a [*a]", "? {a: 1}\n: 2"])
def test_what_is_no_policy_at_all_is_an_error(tmp_path: pathlib.Path, text: str) -> None:
    assert "team.yaml" in " ".join(mistakes(tmp_path, text))


def test_a_file_that_is_not_there_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError, match=r"x\.yaml.*cannot be read"):
        policies.load(tmp_path / "x.yaml", "x.yaml")


@pytest.mark.parametrize(
    ("inventory", "expected"),
    [
        ("", "sub/i.yaml:1:1: the key 'entries' is missing (add 'entries:' with a mapping of names"),
        (
            "entries: {a: []}",
            "sub/i.yaml:1:14: entries.a: expected a list of rows, oldest first, not an empty list",
        ),
        ("entries: {a: [{versions: []}]}", "entries.a[0]: the key 'since' is missing"),
        ("entries: {a: [{since: new}]}", "entries.a[0].since: expected a release, not 'new'"),
    ],
)
def test_a_mistake_in_an_inventory_is_told(tmp_path: pathlib.Path, inventory: str, expected: str) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", inventory, "i.yaml")

    assert expected in " ".join(mistakes(tmp_path, f"{GOOD}inventory: sub/i.yaml\nrelease: v1\n"))


@pytest.mark.parametrize("path", sorted(schemas_folder().glob("*/*.yaml")), ids=lambda path: path.name)
def test_both_readers_agree_on_what_ships(path: pathlib.Path) -> None:
    assert yaml_file.load(path, path.name).data == kube_yaml.parse(path.read_text("utf-8"))


def test_every_inventory_is_used() -> None:
    named = "".join(path.read_text("utf-8") for path in (schemas_folder() / "policies").iterdir())

    assert [path for path in (schemas_folder() / "linkerd").iterdir() if path.name not in named] == []
