"""The examples of docs/testing.md run, and its table writes every assertion that it speaks of."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TESTS = "".join(each for each in EXAMPLES if "def test_" in each)
SCRIPTS = [each for each in EXAMPLES if "def test_" not in each]
TABLE = PAGE.partition("## Coming from helm-unittest")[2]
ROWS = re.findall(r"^\| (`.*) \| `([^`]*[^…`)][^`]*)` \|$", TABLE, re.MULTILINE)
WRITTEN = [code for _, code in ROWS if "…" not in code]

ASSERTIONS = """\
contains containsDocument equal equalRaw exists failedTemplate greaterOrEqual hasDocuments isAPIVersion isKind
isNotNullOrEmpty isNullOrEmpty isSubset isType lengthEqual lessOrEqual matchRegex matchRegexRaw matchSnapshot
matchSnapshotRaw notEqual notExists notFailedTemplate"""
"""What helm-unittest can assert, less the opposites that are only `not` of one of these."""


@pytest.fixture
def repository(
    pytester: pytest.Pytester,
    write_web: Callable[[pathlib.Path], pathlib.Path],
    monkeypatch: pytest.MonkeyPatch,
) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    write_web(pytester.path)
    return pytester


def run(pytester: pytest.Pytester, **files: str) -> pytest.RunResult:
    """Run test files that are named so, once to write snapshots and once to compare with them."""
    pytester.makepyfile(**files)
    plugins = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:cov")
    pytester.runpytest_subprocess(*plugins, "--snapshot-update")
    return pytester.runpytest_subprocess(*plugins, "--strict-markers", "-W", "error", "-rA")


def test_the_examples_pass_and_the_table_holds(repository: pytest.Pytester) -> None:
    table = "\n".join(
        f'def test_{number}(chart, render, golden):\n    web = render.find("Deployment")\n    {code}\n'
        for number, code in enumerate(WRITTEN)
    )
    result = run(repository, test_examples=TESTS, test_table="import re\n\n" + table)
    passed = re.findall(r"^PASSED (test_\w+)\.py::", result.stdout.str(), re.MULTILINE)
    examples = TESTS.count("def test_")

    assert (examples, len(WRITTEN)) == (9, 20)
    assert passed.count("test_examples") == examples + 3 + 1  # four cases of the one, two of another
    assert passed.count("test_table") == len(WRITTEN)
    result.assert_outcomes(passed=len(passed))


def test_the_script_runs(repository: pytest.Pytester) -> None:
    [script] = SCRIPTS
    result = repository.runpython(repository.makepyfile(script=script))
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*'Deployment/release-name-web'*", "1", "2", "3"])


def test_every_assertion_of_helm_unittest_is_spoken_of() -> None:
    told = set(re.findall(r"`(\w+)`", " ".join(name for name, _ in ROWS)))
    assert [each for each in ASSERTIONS.split() if each not in told] == []


def test_it_names_no_other_option_than_there_is() -> None:
    from chartkit import Inputs

    told = set(re.findall(r"`(\w+)=", PAGE.partition("## Looking")[0])) | {
        "set_string",
        "set_json",
        "set_file",
    }
    assert told == set(Inputs.__annotations__)
