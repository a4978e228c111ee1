"""Errors of a test's own making, which pytest shows at the line of the test and not inside of chartkit."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Callable, Iterator

from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError
from chartkit.model.render import Failure
from chartkit.syntax.semver import abbreviated
from chartkit.system.terminal import visible

__tracebackhide__ = True  # here, and in all of this package: pytest shows the line of the test alone


class EndsAtCaller:
    """Shortens the traceback of a `ChartkitError` to the call that it comes out of, and adds its hint.

    No generator: `contextlib` would give an error back the traceback that is taken off here.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, ChartkitError):
            if error.hint and not getattr(error, "__notes__", None):
                error.add_note(f"hint: {error.hint}")
            raise error.with_traceback(None) from None


@contextlib.contextmanager
def in_folder(folder: pathlib.Path) -> Iterator[None]:
    """Work in *folder*, to which all paths of a run are relative; a test may have gone elsewhere."""
    if pathlib.Path.cwd() == folder:
        yield
        return
    with contextlib.chdir(folder):
        yield


def refusal_message(case: Case, failure: Failure, origin: Callable[[str], str]) -> str:
    """Why Helm refuses *case*, at the lines that it names; *origin* gives the file to edit for each."""
    at = f"{origin(failure.template)}:{failure.line}" if failure.line else origin(failure.template)
    version = abbreviated(case.kube_version)
    lines = [
        f"{at}: {failure.message}",
        *(f"included at {origin(name)}:{line}" for name, line in reversed(failure.includes)),
        f"chart {case.chart}, scenario {case.scenario.name}, Kubernetes {version}",
        *([f"hint: {failure.hint}"] if failure.hint else []),
    ]
    return "\n".join(visible(line) for text in lines for line in text.splitlines())
