"""The page as a person meets it, in a real browser."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chartkit.model.report import Report
from chartkit.reports.coverage import pages
from chartkit.reports.html import render
from tests.reports.coverage.test_formats import a_coverage
from tests.reports.html.chromium import Browser, Page, started
from tests.reports.html.conftest import FINDINGS, REPORT

SHOWN = "[...document.querySelectorAll('.finding')].filter(each => each.checkVisibility()).length"
TOLD = "document.getElementById('told').textContent"
_DARK = "rgb(13, 17, 23)"
_LIGHT = "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    file = Path(__file__).parents[2] / "tools/fetch_chromium.py"
    spec = importlib.util.spec_from_file_location("fetch_chromium", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        command = module.fetch()
    except (OSError, ValueError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
        (pytest.fail if os.environ.get("REQUIRE_CHROMIUM") else pytest.skip)(f"no Chromium: {error}")
    with started(command) as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(REPORT, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    browser.errors.clear()
    opened = browser.page()
    opened.open(address)
    yield opened
    assert browser.errors == []
    opened.close()


def written(report: Report, file: Path) -> str:
    file.write_text(render(report), encoding="utf-8")
    return file.as_uri()


def place(number: int) -> str:
    return f"finding-{FINDINGS[number].fingerprint}"


def fragment(page: Page) -> str:
    found: str = page.run("location.hash")
    return found.removeprefix("#")


def choose(page: Page, name: str, value: str) -> None:
    page.run(
        f"(() => {{ const it = document.querySelector('select[name={name}]'); it.value = {json.dumps(value)};"
        "it.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    page.settle()


def test_it_opens_on_the_findings_without_those_that_are_suppressed(page: Page) -> None:
    assert page.run(SHOWN) == 4
    assert page.run(TOLD) == "4 of 5 findings"
    assert page.run("document.querySelector('nav [aria-current]').hash") == "#findings"
    assert page.run("document.getElementById('scenarios').checkVisibility()") is False


def test_text_is_searched_in_all_that_a_finding_says(page: Page) -> None:
    page.press("/")
    page.type("odd table")
    assert page.run(SHOWN) == 1
    assert page.run(TOLD) == "1 of 5 findings"
    assert fragment(page) == "findings?q=odd+table"
    page.type(" nowhere")
    assert page.run(TOLD) == "No finding fits the filter"
    page.click("#reset")
    assert page.run(SHOWN) == 4


def test_severities_are_chosen(page: Page) -> None:
    page.click("input[value=error]")
    assert page.run(SHOWN) == 2
    assert fragment(page) == "findings?severity=warning%2Cnote"


def test_scenarios_versions_and_rules_are_chosen(page: Page) -> None:
    choose(page, "scenario", "default")
    assert page.run(SHOWN) == 2
    choose(page, "scenario", "-")
    assert page.run(SHOWN) == 1
    choose(page, "scenario", "")
    choose(page, "kube", "1.37")
    assert page.run(SHOWN) == 3
    choose(page, "rule", "field-unknown")
    assert page.run(SHOWN) == 1
    assert fragment(page) == "findings?kube=1.37&rule=field-unknown"


def test_suppressed_findings_are_shown_where_they_are_asked_for(page: Page) -> None:
    choose(page, "suppressed", "shown")
    assert page.run(SHOWN) == 5
    choose(page, "suppressed", "only")
    assert page.run(SHOWN) == 1


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("rule", ["field-invalid", "golden-drifted", "field-unknown"]),
        ("chart", ["web"]),
        (
            "scenario",
            ["web: default, ha on every version", "web: ha on every version", "web: in no scenario"],
        ),
    ],
)
def test_findings_are_grouped(page: Page, by: str, groups: list[str]) -> None:
    choose(page, "group", by)
    assert page.run("[...document.querySelectorAll('.group h3')].map(each => each.textContent)") == groups
    assert page.run(SHOWN) == 4


def test_groups_are_folded(page: Page) -> None:
    page.click("#fold")
    assert page.run(SHOWN) == 0
    page.click("#fold")
    assert page.run(SHOWN) == 4


def test_a_finding_is_opened_by_keyboard_with_its_evidence(page: Page) -> None:
    page.press("j")
    page.press("j")
    page.press("k")
    page.press("Enter")
    opened = "document.querySelector('.finding[open]')"
    assert page.run(f"{opened}.id") == place(0) == fragment(page)
    assert page.run(f"{opened}.querySelector('.pane .meant').textContent") == "1line-1: x"
    rendered = page.run(f"{opened}.querySelector('.rendered .meant').textContent")
    assert rendered == "12  replicas: two"
    assert "what b64enc printed" in page.run(f"{opened}.querySelector('dl').textContent")
    page.press("Escape")
    assert page.run(f"{opened} === null")
    assert fragment(page) == "findings"


def test_the_caret_is_under_the_column_that_is_meant(page: Page) -> None:
    page.press("j")
    page.press("o")
    ghost = page.run("document.querySelector('.finding[open] .rendered .ghost').textContent")
    assert ghost == "  replicas: "


def test_the_page_of_the_rule_is_beside_the_finding(page: Page) -> None:
    page.press("j")
    page.press("o")
    page.click(".finding[open] .page summary")
    told = page.run("document.querySelector('.finding[open] .page .markdown').textContent")
    assert "The API server would refuse it." in told


def test_a_drift_shows_its_differences(page: Page, address: str) -> None:
    page.open(f"{address}#{place(4)}")
    told = page.run("document.querySelector('.finding[open] .drifts').textContent")
    assert "spec.replicas" in told


def test_an_address_leads_to_its_finding(page: Page, address: str) -> None:
    page.open(f"{address}#{place(1)}")
    assert page.run("document.querySelector('.finding[open]').id") == place(1)
    assert page.run("document.activeElement.closest('.finding').id") == place(1)


def test_an_address_leads_to_a_finding_that_the_filter_hides(page: Page, address: str) -> None:
    page.open(f"{address}#{place(3)}")
    assert page.run(f"document.getElementById('{place(3)}').checkVisibility()")
    assert page.run("document.querySelector('select[name=suppressed]').value") == "shown"


def test_an_address_keeps_its_filter(page: Page, address: str) -> None:
    page.open(f"{address}#findings?severity=note&group=rule")
    assert page.run(SHOWN) == 1
    assert page.run("document.querySelector('.group h3').textContent") != "charts/web/values.yaml"
    assert page.run("document.querySelector('input[value=error]').checked") is False


def test_an_address_that_leads_nowhere_shows_the_findings(page: Page, address: str) -> None:
    page.open(f"{address}#%E0%A4%A?severity=%")
    assert page.run("document.getElementById('findings').checkVisibility()")


def test_back_leads_to_where_one_was(page: Page) -> None:
    page.click("nav a[href='#scenarios']")
    page.click(".cell a[href*='scenario=ha']")
    assert page.run(SHOWN) == 3
    assert page.run("document.getElementById('scenarios').checkVisibility()") is False
    page.run("history.back()")
    page.wait("location.hash === '#scenarios'")
    page.wait("document.getElementById('scenarios').checkVisibility()")


def test_letters_lead_to_parts_and_help(page: Page) -> None:
    page.press("s")
    page.wait("document.getElementById('scenarios').checkVisibility()")
    page.press("f")
    page.wait("document.getElementById('findings').checkVisibility()")
    page.press("?")
    assert page.run("document.getElementById('keys').open")


def test_it_is_dark_where_the_reader_wants_it_so(page: Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    for scheme, wanted in (("dark", _DARK), ("light", _LIGHT)):
        page.prefer(scheme)
        page.settle()
        assert page.run(colour) == wanted
    for told in ("light", "dark"):
        page.click("#theme")
        assert page.run("document.getElementById('theme').textContent") == f"Theme: {told}"
    assert page.run(colour) == _DARK


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_window(page: Page, width: int) -> None:
    page.size(width, 900)
    page.press("j")
    page.press("o")
    for part in ("findings", "scenarios", "golden", "coverage", "unjudged", "rules"):
        page.run(f"location.hash = '#{part}'")
        page.settle()
        assert page.run("document.documentElement.scrollWidth") <= width, part


def test_pages_of_coverage_fit_a_narrow_window(browser: Browser, tmp_path: Path) -> None:
    made = pages(a_coverage(), fail_under=90)
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = browser.page(400, 900)
    wider = (
        "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
    )
    for name in made:
        page.open((tmp_path / name).as_uri())
        assert page.run(f"{wider}.map(e => e.outerHTML.slice(0, 80))") == [], name
        assert page.run("document.documentElement.scrollWidth") <= 400, name
        texts = page.run("[...document.querySelectorAll('td.text')].map(e => e.clientWidth)")
        assert all(width > 250 for width in texts), name
    page.close()


def test_everything_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    browser.errors.clear()
    page = browser.page(scripts=False)
    page.open(address)
    for part in ("findings", "scenarios", "golden", "coverage", "unjudged", "rules"):
        assert page.run(f"document.getElementById('{part}').checkVisibility()"), part
    assert page.run(SHOWN) == 5
    assert not page.run("document.getElementById('filter').checkVisibility()")
    page.click(f"#{place(0)} > summary")
    assert page.run(f"document.getElementById('{place(0)}').open")
    assert browser.errors == []
    page.close()


def test_a_report_of_nothing_opens_as_well(browser: Browser, tmp_path: Path) -> None:
    browser.errors.clear()
    page = browser.page()
    page.open(written(Report(), tmp_path / "empty.html"))
    page.press("j")
    page.press("/")
    page.press("s")
    assert browser.errors == []
    page.close()


def test_what_charts_bring_does_not_run(browser: Browser, tmp_path: Path) -> None:
    nasty = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    (tmp_path / "made.html").write_text(render(REPORT).replace("number 1 is wrong", nasty), encoding="utf-8")
    browser.errors.clear()
    page = browser.page()
    page.open((tmp_path / "made.html").as_uri())
    page.settle()
    assert page.run("document.title") != "owned"
    assert browser.errors, "the policy of the page refused nothing"
    page.close()
