"""pytest fixtures: ``golden`` compares a render with chartkit's own golden files, ``chart`` makes renders.

::

    def test_web(chart, golden):
        assert chart("charts/web", scenario="ha") == golden(name="web/ha")

The files are those of ``chartkit golden``; ``--snapshot-update`` rewrites them and keeps the lines
that are masked. It deletes none: which files no case needs, only ``chartkit golden update`` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # pytest loads this module in every run: it must work without syrupy, and fast
    from syrupy.assertion import SnapshotAssertion

    from chartkit.model import Render


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """Compares with a golden file: ``assert render == golden(name="web/default")``."""
    if not request.config.pluginmanager.hasplugin("syrupy"):
        raise pytest.UsageError("the fixture 'golden' needs syrupy: install chartkit[pytest]")
    from chartkit.golden.extension import GoldenExtension

    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(GoldenExtension)


@pytest.fixture
def chart() -> Callable[..., Render]:
    """Renders: ``chart("charts/web", scenario="ha", kube_version="1.31")``.

    Other options are those of `chartkit.config.Flags`.
    """

    def render(path: str | Path, scenario: str = "", kube_version: str = "", **options: Any) -> Render:
        import chartkit
        from chartkit.config import Flags

        named = Flags(
            scenario=(scenario,) if scenario else (),
            kube_version=(kube_version,) if kube_version else (),
            **options,
        )
        return chartkit.render(str(path), named)

    return render
