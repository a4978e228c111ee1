"""Which rules are on is what the configuration and the files that it names say."""

from __future__ import annotations

import pathlib

import pytest

from chartkit import rulebook
from chartkit.model import Severity

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
    every = rulebook.known((str(file),))

    assert ("team-label-missing" in rulebook.enabled(every, ("recommended",), severities)) is on
    assert "team-label-missing" in rulebook.enabled(every, ("ours",), {}, select=("team-label-missing",))
