"""Which rules are on is what the configuration and the files that it names say."""

from __future__ import annotations

import pathlib

import pytest

from chartkit.model.errors import ConfigError
from chartkit.model.finding import Severity
from chartkit.model.place import ResourceId
from chartkit.model.render import Manifest
from chartkit.rules import catalogue

BODY = {"metadata": {"annotations": {"key": "x" * 300_000}}}
POLICY = """\
id: team-label-missing
severity: warning
{sets}page: |
  Object does not say whose it is.

  ## Bad

  ```yaml
  apiVersion: v1
  kind: ConfigMap
  metadata: {{name: a}}  # warning: team-label-missing
  ```

  ## Good

  ```yaml
  apiVersion: v1
  kind: ConfigMap
  metadata: {{name: a, labels: {{team: a}}}}
  ```
schema: {{required: [metadata]}}
message: no team
"""


@pytest.mark.parametrize(
    ("sets", "severities", "on"),
    [
        ("", {}, True),  # named, and in no set: on wherever its file is named
        ("", {"team-label-missing": None}, False),
        ("sets: [strict]\n", {}, False),
        ("sets: [strict]\n", {"team-label-missing": Severity.ERROR}, True),
        ("sets: [recommended]\n", {}, True),
        ("sets: [ours]\n", {}, False),
    ],
)
def test_a_policy_is_on_where_its_file_is_named_unless_it_belongs_to_a_set(
    tmp_path: pathlib.Path, sets: str, severities: dict[str, Severity | None], on: bool
) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(POLICY.format(sets=sets))
    every = catalogue.known((str(file),))

    assert ("team-label-missing" in catalogue.enabled(every, ("recommended",), severities)) is on
    assert "team-label-missing" in catalogue.enabled(every, ("ours",), {}, select=("team-label-missing",))


def test_messages_about_a_policy_name_its_file_from_here(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "policies/team.yaml"
    (tmp_path / "below").mkdir()
    file.parent.mkdir()
    file.write_text(POLICY.format(sets=""))
    for folder, shown in ((tmp_path, "policies/team.yaml"), (tmp_path / "below", "../policies/team.yaml")):
        monkeypatch.chdir(folder)
        assert catalogue.known((str(file),))["team-label-missing"].origin == shown

    for name, old, new, message in (
        ("a.yaml", "warning\n", "mild\n", r"^\.\./policies/a\.yaml:2:\d+: severity: expected"),
        ("b.yaml", "team-label-missing", "field-invalid", r"^\.\./policies/b\.yaml: id: 'field-invalid' is"),
    ):
        (file.parent / name).write_text(POLICY.format(sets="").replace(old, new, 1))
        with pytest.raises(ConfigError, match=message):
            catalogue.known((str(file.parent / name),))


@pytest.mark.parametrize("name", ["cache", "again"])  # written, then read
def test_rules_from_the_cache_are_and_check_as_those_that_are_imported(
    tmp_path: pathlib.Path, name: str
) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(POLICY.format(sets=""))
    (tmp_path / "again").symlink_to(tmp_path / "cache")
    catalogue.described((), tmp_path / "cache")

    every = catalogue.known((str(file),))
    found = catalogue.described((str(file),), tmp_path / name)

    assert found == every
    for key, rule in found.items():
        assert (rule.stamp, rule.text, rule.check is None) == (
            every[key].stamp,
            every[key].text,
            every[key].check is None,
        )
    too_large = Manifest("x", "", 1, ResourceId("v1", "Pod", "", "web"), BODY)
    check = found["annotations-too-large"].check
    assert check
    assert [hit.path for hit in check(too_large)] == [("metadata", "annotations")]
