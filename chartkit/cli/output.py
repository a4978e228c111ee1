"""Where reports go: to stdout, coloured where that is a terminal, or to files, whole or not at all."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS, ChartkitError, ConfigError, Unfinished
from chartkit.model.report import Report
from chartkit.plan.config import BASELINE, Config
from chartkit.system import atomic_write
from chartkit.system.containment import outside
from chartkit.system.paths import YAML_SUFFIXES, absolute, repository
from chartkit.system.terminal import write

if TYPE_CHECKING:
    from chartkit.cli.pick_finding import Story
    from chartkit.model.coverage import Coverage
    from chartkit.pipeline.coverage_advice import Asking
    from chartkit.pipeline.evidence import Wanted

_FOLDERS_OF_CHARTS: Final = ("charts", "crds", "templates")
_FILES_OF_CHARTS: Final = (
    ".helmignore",
    "Chart.lock",
    "LICENSE",
    "README.md",
    "requirements.lock",
    "values.schema.json",
)

Formats = Sequence[tuple[str, str | None]]
"""Names of formats, each with the file that it goes to (None: stdout)."""


def check_formats(config: Config) -> None:
    """Raise ConfigError where a format is unknown, or two of them go to one place, before a run begins."""
    from chartkit.reports import FORMATS

    _check(config.formats, tuple(FORMATS))
    for name, _ in config.formats:
        FORMATS[name].require()


def evidence_for(config: Config) -> Wanted | None:
    """The findings whose evidence the formats show; None where no format shows any."""
    from chartkit.reports import FORMATS

    shows = any(FORMATS[name].shows_evidence for name, _ in config.formats)
    return (lambda _: True) if shows else None


def check_coverage_formats(formats: Formats) -> None:
    """As `check_formats`; HTML is a folder of pages, which stdout cannot hold."""
    from chartkit.reports.coverage import FORMATS, HTML

    _check(formats, (*FORMATS, HTML), folders=(HTML,))
    if (HTML, None) in formats:
        raise ConfigError("--format: html makes several pages", "name a folder for them: html=FOLDER")


def _check(formats: Formats, known: Sequence[str], folders: Sequence[str] = ()) -> None:
    files, printed = set[pathlib.Path](), ""
    for name, file in formats:
        if name not in known:
            raise ConfigError(f"--format: there is no format {name!r}", f"choose from: {', '.join(known)}")
        if file is None:
            if printed:
                message = f"--format: {printed} and {name} cannot both go to stdout"
                raise ConfigError(message, f"name a file for one of them: {name}=FILE")
            printed = name
            continue
        path = pathlib.Path(file)
        if not path.name:
            message = f"--format: expected a file after '{name}=', not {file!r}"
            raise ConfigError(message, f"write {name}=FILE, or {name} alone for stdout")
        if path in files:
            raise ConfigError(f"--format: two reports go to {file!r}", "name another file for one of them")
        files.add(path)
        if name in folders:
            refuse_target(path / "index.html", file)
        else:
            _check_file(path, file)
            refuse_target(path, file)


def _check_file(path: pathlib.Path, file: str) -> None:
    """Raise ConfigError where no report can be written to *path*, before a long run begins."""
    if path.is_dir():
        raise ConfigError(f"--format: {file!r} is a folder", "name a file in it")
    if not path.parent.is_dir():
        message = f"--format: there is no folder {str(path.parent)!r} for the report {file!r}"
        raise ConfigError(message, "make the folder first, or name a file in another one")
    if not os.access(path.parent, os.W_OK) and not os.access(path, os.W_OK):
        message = f"--format: the folder of the report {file!r} cannot be written to"
        raise ConfigError(message, "name a file in another folder")


def refuse_target(path: pathlib.Path, file: str) -> None:
    """Raise ConfigError where a report, named as *file*, would take the place of something else at *path*."""
    if why := None if _is_stream(path) else _unfit(absolute(str(path), pathlib.Path.cwd())):
        raise ConfigError(f"--format: {file!r} {why}", "name another file for the report")


def _is_stream(path: pathlib.Path) -> bool:
    """Whether *path* is a device, a pipe or an open descriptor, and no file."""
    opened = path.absolute().as_posix().startswith(("/dev/fd/", "/proc/")) or path.parent == pathlib.Path(
        "/dev"
    )
    return opened or (path.exists() and not path.is_file())


def _unfit(path: pathlib.Path) -> str | None:
    """Why no report may be written to *path*; what a link leads to must be in the same repository."""
    from chartkit.plan.chart_folders import holder

    if why := outside(path, repository(path.parent) or path.parent):
        return why
    real = pathlib.Path(os.path.realpath(path))
    chart = holder(real.parent)
    inner = real.relative_to(chart).parts if chart else ()
    if inner and inner[0] in _FOLDERS_OF_CHARTS:
        return f"is in {inner[0]!r} of a chart, where Helm reads it"
    is_source = real.suffix in YAML_SUFFIXES[:2] or (len(inner) == 1 and real.name in _FILES_OF_CHARTS)
    if (is_source or real.name == BASELINE) and real.exists() and real.stat().st_size:
        return "is there already, and is no report"
    return None


def write_report(report: Report, config: Config, *, verbose: bool, quiet: bool) -> None:
    """Write each format to its file, whole or not at all, or to stdout."""
    from chartkit.reports import FORMATS

    for name, file in config.formats:
        if file is not None:
            _write_file(pathlib.Path(file), FORMATS[name](report, verbose=verbose))
    if summary := _step_summary(config):
        _add_summary(summary, report)
    write(printed(report, config, verbose=verbose, quiet=quiet))


def exit_code(report: Report, config: Config) -> int:
    """The exit code of a run; raises Unfinished where its time was up before all was checked."""
    if report.unfinished:
        raise Unfinished(config.timeout)
    return EXIT_FINDINGS if report.failed else EXIT_CLEAN


def _step_summary(config: Config) -> pathlib.Path | None:
    """The file in which GitHub Actions wants the summary of a step, where annotations are asked for."""
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    return pathlib.Path(named) if named and any(name == "github" for name, _ in config.formats) else None


def _add_summary(path: pathlib.Path, report: Report) -> None:
    """Add the report to what other commands of the step have written already, as far as there is room."""
    from chartkit.reports import markdown

    try:
        room = markdown.STEP - (path.stat().st_size if path.exists() else 0)
        content = markdown.fitted(report, room).encode("utf-8", "backslashreplace")
        if len(content) <= room:
            with path.open("ab") as file:
                file.write(content)
        elif sys.stderr is not None:
            sys.stderr.write("warning: there is no room for the report in the summary of this step\n")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        message = f"cannot write to the file that GITHUB_STEP_SUMMARY names: {why}"
        raise ChartkitError(
            message, "unset GITHUB_STEP_SUMMARY where there is no summary to write"
        ) from error


def printed(report: Report, config: Config, *, verbose: bool, quiet: bool) -> str:
    """The reports that go to stdout."""
    from chartkit.reports import FORMATS

    width = shutil.get_terminal_size((100, 24)).columns
    names = [name for name, file in config.formats if file is None]
    if quiet and not report.findings:
        names = [name for name in names if name != "text"]
    return "".join(FORMATS[name](report, width=width, color=is_coloured(), verbose=verbose) for name in names)


def write_story(story: Story, *, verbose: bool) -> None:
    """Write the story of one finding to stdout."""
    from chartkit.reports.story import render

    width = shutil.get_terminal_size((100, 24)).columns
    text = render(story.report, story.finding, story.page, width=width, color=is_coloured(), verbose=verbose)
    write(text)


def write_coverage(found: Coverage, config: Config, formats: Formats, *, verbose: bool, quiet: bool) -> None:
    """Write each format to its file or folder, or to stdout; there, *quiet* leaves out what is covered."""
    from chartkit.reports.coverage import FORMATS, HTML, pages, text

    width = shutil.get_terminal_size((100, 24)).columns
    limit = config.coverage.fail_under
    for name, file in formats:
        if name == HTML:
            _write_pages(pathlib.Path(file or ""), pages(found, fail_under=limit))
        elif file is not None:
            _write_file(pathlib.Path(file), FORMATS[name](found, verbose=verbose, fail_under=limit))
        elif name == "text" and quiet:
            write(text.below(found, width=width, color=is_coloured(), fail_under=limit))
        else:
            color = is_coloured()
            write(FORMATS[name](found, width=width, color=color, verbose=verbose, fail_under=limit))


def write_advice(asking: Asking, config: Config, formats: Formats, *, verbose: bool, add: bool) -> None:
    """Write unused values and suggestions to stdout; to stderr where stdout has a report for a program.

    The scenarios are added to the configuration file if *add*.
    """
    from chartkit.coverage.suggest import writing
    from chartkit.reports.coverage import advice

    plain = all(name == "text" for name, file in formats if file is None)
    text = advice.render(
        asking.advice,
        config,
        suggest=asking.suggest,
        written=writing.write(asking.advice.suggestions, config) if add else None,
        width=shutil.get_terminal_size((100, 24)).columns,
        color=plain and is_coloured(),
        verbose=verbose,
    )
    if plain:
        write(text)
    elif sys.stderr is not None:
        sys.stderr.write(text)


def _write_pages(folder: pathlib.Path, texts: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {str(folder)!r}: {(error.strerror or str(error)).lower()}"
        raise ChartkitError(message, "name a folder that can be made") from error
    for name, text in texts.items():
        _write_file(folder / name, text)


def is_coloured() -> bool:
    """Whether to colour what goes to stdout: https://no-color.org and https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _write_file(path: pathlib.Path, text: str) -> None:
    """Replace the file at *path* whole; what is no file (``/dev/null``, a named pipe) is written to."""
    content = text.encode("utf-8", "backslashreplace")
    refuse_target(path, str(path))
    try:
        if _is_stream(path):
            path.write_bytes(content)
        else:
            atomic_write.replace(pathlib.Path(os.path.realpath(path)), content)
    except OSError as error:
        message = f"cannot write the report to {str(path)!r}: {(error.strerror or str(error)).lower()}"
        raise ChartkitError(message, "name a file in a folder that exists and can be written") from error
