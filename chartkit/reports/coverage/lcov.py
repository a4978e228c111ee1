"""Coverage as LCOV's tracefile, which Codecov, GitLab and editors read."""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.coverage import Coverage, FileCoverage, total
from chartkit.reports.coverage import _common


def render(
    coverage: Coverage,
    *,
    width: int = 80,  # noqa: ARG001
    color: bool = False,  # noqa: ARG001
    verbose: bool = False,  # noqa: ARG001
    fail_under: float | None = None,  # noqa: ARG001
) -> str:
    """A named template is a function. Branches stand at their decision's line, ``-`` if it was not met."""
    return "".join(f"{line}\n" for file in coverage.files for line in _file(file))


def _file(file: FileCoverage) -> Iterator[str]:
    yield "TN:"
    yield f"SF:{_common.clean(file.path)}"
    defines = [define for define in file.defines if define.hits or not define.excuse]
    yield from (f"FN:{define.line},{_common.clean(define.name)}" for define in defines)
    yield from (f"FNDA:{total(define.hits)},{_common.clean(define.name)}" for define in defines)
    yield f"FNF:{file.define_share.of}"
    yield f"FNH:{file.define_share.hit}"
    for line, decisions in _common.decisions(file).items():
        for block, branches in enumerate(decisions):
            for number, branch in enumerate(branches):
                taken = total(branch.hits) if branch.reached else "-"
                yield f"BRDA:{line},{block},{number},{taken}"
    yield f"BRF:{file.branch_share.of}"
    yield f"BRH:{file.branch_share.hit}"
    yield from (f"DA:{line},{total(hits)}" for line, hits in sorted(file.lines.items()))
    yield f"LF:{file.line_share.of}"
    yield f"LH:{file.line_share.hit}"
    yield "end_of_record"
