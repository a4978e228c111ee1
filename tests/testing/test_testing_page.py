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


def run(pytester: pytest.Pytester, code: str) -> pytest.RunResult:
    pytester.makepyfile(code)
    plugins = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:cov")
    pytester.runpytest_subprocess(*plugins, "--snapshot-update")
    return pytester.runpytest_subprocess(*plugins, "--strict-markers", "-W", "error")


def test_the_examples_pass(repository: pytest.Pytester) -> None:
    count = TESTS.count("def test_")
    assert count == 9
    run(repository, TESTS).assert_outcomes(passed=count + 3 + 1)  # four cases of the one, two of another


def test_the_script_runs(repository: pytest.Pytester) -> None:
    [script] = SCRIPTS
    result = repository.runpython(repository.makepyfile(script=script))
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*'Deployment/release-name-web'*", "1", "2", "3"])


def test_the_table_holds(repository: pytest.Pytester) -> None:
    tests = "\n".join(
        f'def test_{number}(chart, render, golden):\n    web = render.find("Deployment")\n    {code}\n'
        for number, code in enumerate(WRITTEN)
    )
    assert len(WRITTEN) == 20
    run(repository, "import re\n\n" + tests).assert_outcomes(passed=len(WRITTEN))


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
