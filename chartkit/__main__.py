"""The one border between chartkit and the world outside: exit codes, and no traceback where none helps."""

from __future__ import annotations

import gc
import signal
import sys

from chartkit.model.errors import EXIT_BROKE, EXIT_CANNOT, EXIT_INTERRUPTED, ChartkitError


def main() -> None:
    """Run the command line and exit; whoever ends it with SIGTERM finds no scratch folder left."""
    signal.signal(signal.SIGTERM, _end)
    # Nearly all that a run makes lives as long as it: looking for garbage took a seventh of a short one.
    gc.set_threshold(50_000, 20, 20)
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def _end(number: int, _: object) -> None:
    sys.exit(128 + number)


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code, whatever happens below."""
    try:
        from chartkit.cli import app

        return app.run(arguments)
    except ChartkitError as error:
        _say("error", str(error))
        if error.hint:
            _say("hint", error.hint)
        return EXIT_CANNOT
    except MemoryError:
        _say("error", "there is not enough memory")
        _say("hint", "run fewer workers with --jobs, or name fewer charts")
        return EXIT_CANNOT
    except KeyboardInterrupt:
        _say("interrupted", "nothing was left half-written")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the border: whatever else happens is our fault, and says so)
        _report_bug(error)
        return EXIT_BROKE


def _say(word: str, text: str) -> None:
    from chartkit.system.terminal import visible

    if sys.stderr is None:
        return  # it is closed: the exit code says what can be said
    lines = [visible(line) for line in text.splitlines()] or [""]
    sys.stderr.write(f"{word}: {lines[0]}\n" + "".join(f"  {line}\n" for line in lines[1:]))


def _report_bug(error: Exception) -> None:
    import platform
    import traceback

    from chartkit.system.package import __version__

    _say("chartkit broke", f"{error}")
    if sys.stderr is None:
        return
    sys.stderr.write(
        f"This is a fault of chartkit {__version__} (Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}).\nPlease report it with what follows:\n\n"
    )
    traceback.print_exception(error, file=sys.stderr)


if __name__ == "__main__":
    main()
