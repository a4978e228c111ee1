"""pytest fixtures: ``chart`` renders, ``render`` is a render, ``golden`` is what was recorded.

::

    @pytest.mark.chart("charts/web")
    def test_web(chart):
        web = chart.render(values={"replicas": 3}).find("Deployment", "web")
        assert web["spec.replicas"] == 3


    @pytest.mark.chart("charts/web", scenarios="all")
    def test_every_scenario(render, golden):
        assert render == golden
        render.assert_clean()

A fixture of a project that bears the same name wins; ours then go by ``chartkit_chart``, ``chartkit_render``
and ``chartkit_golden``. pytest loads this module in every run, wherever chartkit is installed: it imports
nothing before a test asks for it, and no fixture is used by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from chartkit.testing.chart import RenderedChart
    from chartkit.testing.goldens import Goldens
    from chartkit.testing.open_chart import OpenChart
    from chartkit.testing.parametrizing import Parameter
    from chartkit.testing.session import RenderSession
    from chartkit.testing.snapshots import Golden

__tracebackhide__ = True

_MARKER = (
    "chart(path, ..., scenarios=None, kube_versions='all'): the chart that the fixtures 'chart' and 'render' "
    "are about; with scenarios='all', or names or patterns of some, the test runs once for each case"
)
_COMPARED = ({"chartkit.testing.chart.RenderedChart"}, {"chartkit.testing.objects.RenderedObject"})
_RENDERS = ("render", "chartkit_render")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option that saves a repository of one chart from marking every test."""
    parser.addini("chartkit_chart", "the chart that tests without the marker 'chart' are about")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for scenarios once for each of their cases."""
    wanted = [name for name in _RENDERS if name in metafunc.fixturenames]
    marker = metafunc.definition.get_closest_marker("chart") if wanted else None
    if marker is None or marker.kwargs.get("scenarios") is None:
        return
    from chartkit.model.errors import ChartkitError
    from chartkit.testing import parametrizing

    session = _session(metafunc.config)
    paths = marker.args or tuple(filter(None, [metafunc.config.getini("chartkit_chart")]))
    try:
        cases = parametrizing.parameters(session, paths, **marker.kwargs)
    except (ChartkitError, TypeError) as error:
        hint = f"\nhint: {error.hint}" if isinstance(error, ChartkitError) and error.hint else ""
        raise pytest.fail.Exception(f"pytest.mark.chart: {error}{hint}", pytrace=False) from None
    for name in wanted:
        metafunc.parametrize(name, cases, ids=[case.id for case in cases], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """Tell how renders differ by object and path; anything else is none of our business."""
    if op != "==":
        return None
    for side in (left, right):
        if type(side).__module__ == "chartkit.testing.snapshots":
            return list(side.explained())
    kinds = {f"{type(side).__module__}.{type(side).__name__}" for side in (left, right)}
    if kinds in _COMPARED:
        return [f"{left!r} differs from {right!r}", *left.changes_from(right)]
    return None


_SESSION: pytest.StashKey[Any] = pytest.StashKey()


def _session(config: pytest.Config) -> RenderSession:
    """The session of this run of pytest; collection and tests share what it has read."""
    if _SESSION not in config.stash:
        from chartkit.testing.session import RenderSession

        config.stash[_SESSION] = RenderSession(config.rootpath)
    session: RenderSession = config.stash[_SESSION]
    return session


@pytest.fixture(scope="session")
def chartkit_session(pytestconfig: pytest.Config) -> Iterator[RenderSession]:
    """Renders charts for fixtures of any scope: ``chartkit_session.chart("charts/web").render()``."""
    with _session(pytestconfig) as session:
        yield session


@pytest.fixture(scope="session")
def _chartkit_goldens(chartkit_session: RenderSession) -> Goldens:
    from chartkit.testing.goldens import Goldens

    return Goldens(chartkit_session)


@pytest.fixture
def chart(request: pytest.FixtureRequest, chartkit_session: RenderSession) -> OpenChart:
    """The chart of the marker ``@pytest.mark.chart("charts/web")``: ``chart.render(values={…})``.

    Without a marker that of the ini option ``chartkit_chart``, else the only one there is. ``chart(path)``
    is another.
    """
    return _chart(request, chartkit_session)


@pytest.fixture
def render(request: pytest.FixtureRequest) -> RenderedChart:
    """The render of ``chart``: of its defaults, or of each scenario that the marker asks for."""
    return _render(request, "chart")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """What was recorded: ``assert render == golden``; ``--snapshot-update`` records it."""
    return _golden(request)


@pytest.fixture
def chartkit_chart(request: pytest.FixtureRequest, chartkit_session: RenderSession) -> OpenChart:
    """The fixture ``chart``, where a project has its own of that name."""
    return _chart(request, chartkit_session)


@pytest.fixture
def chartkit_render(request: pytest.FixtureRequest) -> RenderedChart:
    """The fixture ``render``, where a project has its own of that name."""
    return _render(request, "chartkit_chart")


@pytest.fixture
def chartkit_golden(request: pytest.FixtureRequest) -> Golden:
    """The fixture ``golden``, where a project has its own of that name."""
    return _golden(request)


def _chart(request: pytest.FixtureRequest, session: RenderSession) -> OpenChart:
    marker = request.node.get_closest_marker("chart")
    paths = marker.args if marker else ()
    if len(paths) > 1:
        raise pytest.UsageError("the fixture 'chart' is one chart: mark the test with one path")
    return session.chart(paths[0] if paths else request.config.getini("chartkit_chart") or None)


def _render(request: pytest.FixtureRequest, chart: str) -> RenderedChart:
    case: Parameter | None = getattr(request, "param", None)
    if case is None:
        one: OpenChart = request.getfixturevalue(chart)
        return one.render()
    session: RenderSession = request.getfixturevalue("chartkit_session")
    return session.chart(case.path).render(**case.inputs)


def _golden(request: pytest.FixtureRequest) -> Golden:
    if not request.config.pluginmanager.hasplugin("syrupy"):
        raise pytest.UsageError("the fixture 'golden' needs syrupy: install chartkit[pytest]")
    from chartkit.testing.snapshots import Golden

    goldens = request.getfixturevalue("_chartkit_goldens")
    return Golden(request.getfixturevalue("snapshot"), goldens, request.config.rootpath)
