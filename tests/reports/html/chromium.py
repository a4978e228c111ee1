"""A headless Chromium, driven through the pipe of its DevTools protocol: nothing else is needed."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

PATIENCE: Final = 60.0
_FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--force-color-profile=srgb", "--remote-debugging-pipe",
)  # fmt: skip
_LAUNCH: Final = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3, True); os.dup2(int(sys.argv[2]), 4, True); "
    "os.execvp(sys.argv[3], sys.argv[3:])"
)
"""Chromium reads its orders from file 3 and answers on file 4."""


class Page:
    """A tab; orders wait for their answers."""

    def __init__(self, browser: Browser, target: str, session: str, *, scripts: bool) -> None:
        self._browser, self._target, self._session, self._scripts = browser, target, session, scripts

    def send(self, method: str, **given: Any) -> dict[str, Any]:
        return self._browser.send(method, given, self._session)

    def close(self) -> None:
        self._browser.send("Target.closeTarget", {"targetId": self._target})

    def open(self, address: str) -> None:
        """Load *address*; of one page with another fragment, load it anew."""
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """What the expression *script* is in the page, as JSON has it."""
        told = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"])
        return told["result"].get("value")

    def wait(self, script: str) -> None:
        """Until *script* is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """A key as a person presses it."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = {"Enter": 13, "Escape": 27, "Tab": 9}.get(key, ord(key[0].upper()))
        pressed = {"key": key, "text": text, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **pressed)
        self.send("Input.dispatchKeyEvent", type="keyUp", **pressed)
        self.settle()

    def type(self, text: str) -> None:
        for each in text:
            self.press(each)

    def click(self, selector: str) -> None:
        """In the middle of what *selector* names, wherever that is on the page."""
        where = self.run(
            f"(() => {{ const each = document.querySelector({json.dumps(selector)});"
            "each.scrollIntoView({block: 'center'}); const at = each.getBoundingClientRect();"
            "return [at.x + at.width / 2, at.y + at.height / 2]; })()"
        )
        point = {"x": where[0], "y": where[1], "button": "left", "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type="mousePressed", **point)
        self.send("Input.dispatchMouseEvent", type="mouseReleased", **point)
        self.settle()

    def settle(self) -> None:
        """Until what was ordered has been drawn."""
        if self._scripts:
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def picture(self, file: pathlib.Path, *, whole: bool = False) -> None:
        told = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(told["data"]))

    def size(self, width: int, height: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme: str) -> None:
        """``dark`` or ``light``, as the system of a reader would."""
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])


class Browser:
    """A running Chromium; *errors* are what its pages complained of."""

    def __init__(self, orders: int, answers: int) -> None:
        self._orders, self._answers = orders, answers
        self._number, self._left = 0, b""
        self.errors: list[str] = []

    def page(self, width: int = 1280, height: int = 900, *, scripts: bool = True) -> Page:
        target = self.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, target, session, scripts=scripts)
        for part in ("Page", "Runtime", "Log"):
            page.send(f"{part}.enable")
        page.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        page.size(width, height)
        return page

    def send(self, method: str, given: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        order = {"id": self._number, "method": method, "params": given}
        os.write(
            self._orders, json.dumps(order | ({"sessionId": session} if session else {})).encode() + b"\0"
        )
        while True:
            said = self._read()
            if said.get("id") == self._number:
                assert "error" not in said, (method, said)
                result: dict[str, Any] = said["result"]
                return result
            if said.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.errors.append(json.dumps(said["params"]))

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE)
            assert ready, "the browser says nothing"
            more = os.read(self._answers, 1 << 20)
            assert more, "the browser is gone"
            self._left += more
        one, self._left = self._left.split(b"\0", 1)
        told: dict[str, Any] = json.loads(one)
        return told


def _around(folder: pathlib.Path) -> dict[str, str]:
    """What a Chromium must be told that brings its libraries and fonts in its own folder."""
    if not (folder / "fonts.conf").exists():
        return {}
    return {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")}


@contextlib.contextmanager
def started(command: str, more: Sequence[str] = ()) -> Iterator[Browser]:
    """A browser with a fresh profile, which is gone afterwards."""
    for_it, orders = os.pipe()
    answers, from_it = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        launch = [sys.executable, "-c", _LAUNCH, str(for_it), str(from_it)]
        process = subprocess.Popen(
            [*launch, command, *_FLAGS, *more, f"--user-data-dir={profile}"],
            pass_fds=(for_it, from_it),
            env=os.environ | _around(pathlib.Path(command).parent),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(for_it)
        os.close(from_it)
        browser = Browser(orders, answers)
        try:
            yield browser
        finally:
            with contextlib.suppress(OSError, AssertionError):
                browser.send("Browser.close", {})
            os.close(orders)
            os.close(answers)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
