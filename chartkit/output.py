"""Where reports go: to stdout, coloured where that is a terminal, or to files, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import sys

from chartkit.config import Config
from chartkit.errors import ChartkitError, ConfigError
from chartkit.model import Report
from chartkit.terminal import write


def check_formats(config: Config) -> None:
    """Before anything is done, see that every format is one, and that none overwrites another."""
    from chartkit.reports import FORMATS

    files = set[pathlib.Path]()
    for name, file in config.formats:
        if name not in FORMATS:
            raise ConfigError(f"--format: there is no format {name!r}", f"choose from: {', '.join(FORMATS)}")
        if file is None:
            continue
        path = pathlib.Path(file)
        if not path.name:
            message = f"--format: expected a file after '{name}=', not {file!r}"
            raise ConfigError(message, f"write {name}=FILE, or {name} alone for stdout")
        if path in files:
            raise ConfigError(f"--format: two reports go to {file!r}", "name another file for one of them")
        files.add(path)


def write_report(report: Report, config: Config, *, verbose: bool, quiet: bool) -> None:
    """Each format to its file or to stdout; files whole or not at all."""
    from chartkit.reports import FORMATS

    for name, file in config.formats:
        if file is not None:
            _write_file(pathlib.Path(file), FORMATS[name](report, verbose=verbose))
    write(printed(report, config, verbose=verbose, quiet=quiet))


def printed(report: Report, config: Config, *, verbose: bool, quiet: bool) -> str:
    """All that goes to stdout."""
    from chartkit.reports import FORMATS

    width = shutil.get_terminal_size((100, 24)).columns
    names = [name for name, file in config.formats if file is None]
    if quiet and not report.findings:
        names = [name for name in names if name != "text"]
    return "".join(FORMATS[name](report, width=width, color=is_coloured(), verbose=verbose) for name in names)


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
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.parent == pathlib.Path("/dev") or (path.exists() and not path.is_file()):
            path.write_bytes(content)
            return
        temporary.write_bytes(content)
        temporary.replace(path.resolve())
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        message = f"cannot write the report to {str(path)!r}: {(error.strerror or str(error)).lower()}"
        raise ChartkitError(message, "name a file in a folder that exists and can be written") from error
