"""Netron's own export of a picture, by a browser without a window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def program_of(names: Sequence[str]) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


class Browser:
    """A page of a browser that is asked over two pipes; it reaches nothing but this machine."""

    # The browser reads its third file and writes its fourth.
    START = "import os, sys; [os.dup2(int(sys.argv[i]), i + 2) for i in (1, 2)]; os.execvp(sys.argv[3], sys.argv[3:])"

    def __init__(self, program: str, profile: str) -> None:
        theirs, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        self._rest = b""
        self._asked = 0
        command = [
            program, "--headless=new", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
            f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
            *(["--no-sandbox"] if os.geteuid() == 0 else []), "about:blank",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.START, str(theirs), str(answers), *command],
            pass_fds=(theirs, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(answers)
        self._session: dict[str, str] = {}
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        self.ask("Page.enable")

    def ask(self, method: str, **parameters: Any) -> Any:
        """The answer to one question."""
        self._asked += 1
        question = {"id": self._asked, "method": method, "params": parameters, **self._session}
        os.write(self._questions, json.dumps(question).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                heard = os.read(self._answers, 1 << 20)
                if not heard:
                    raise RuntimeError("the browser has stopped")
                self._rest += heard
            message, self._rest = self._rest.split(b"\0", 1)
            answer = json.loads(message)
            if answer.get("id") == self._asked:
                return answer["result"]

    def value(self, expression: str) -> Any:
        """What a script gives, or None."""
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def close(self) -> None:
        """Hang up, which stops it."""
        os.close(self._questions)
        os.close(self._answers)
        self.process.wait(30)


# Neither the question of cookies nor, some months after a release, the one to update.
UNASKED = """
document.cookie = "consent=1";
document.addEventListener("DOMContentLoaded", () => document.querySelector("meta[name=date]").remove());
"""
EXPORTED = """
new Promise((done, fail) => {
    __view__.host.export = async (name, blob) => done(await blob.text());
    __view__.export("network.svg").catch(fail);
})
"""


def export_by_netron(onnx_file: str, file: str, later: ExitStack) -> None:
    """What *Export as SVG* in its menu gives."""
    import logging

    import netron

    logging.disable()
    _, port = netron.start(onnx_file, browse=False)
    program = program_of(BROWSERS)
    assert program is not None
    browser = Browser(program, later.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
    later.callback(browser.close)
    browser.ask("Page.addScriptToEvaluateOnNewDocument", source=UNASKED)
    browser.ask("Page.navigate", url=f"http://localhost:{port}/")
    end = monotonic() + 120
    while "default" not in (browser.value("document.body.className") or "").split():
        if monotonic() > end:
            raise TimeoutError(browser.value("document.body.innerText"))
        sleep(0.01)
    Path(file).write_text(browser.value(EXPORTED), encoding="utf-8")
