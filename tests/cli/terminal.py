"""The command on a terminal of its own: a pseudo-terminal, and what would stand on its screen."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte

PATIENCE = 120.0
"""Seconds until a test gives up on a machine that is busy; nothing is measured."""

BEGIN = """
import fcntl, signal, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)
from shapelens.cli import main
main()
"""
"""A command that first takes the terminal for its own, so that its keys interrupt it. Where tests run in the
background, nothing interrupts them, nor what they start unless it says otherwise."""

FRAME = b"\x1b[H"
"""What a frame begins with: the cursor goes to the corner."""


class Terminal:
    """A running command, its keys, and its screen."""

    def __init__(self, *arguments, rows=24, columns=80, **environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = self.unseen = b""
        self.master, slave = pty.openpty()
        self._resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": "", **environment}
        for name in ("COLUMNS", "LINES"):
            env.pop(name)
        self.process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True,
        )  # fmt: skip

    def _resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self._resize(rows, columns)
        self.screen.resize(rows, columns)

    def press(self, keys):
        os.write(self.master, keys)

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        return "\n".join(self.lines)

    def until(self, holds):
        """Look at one frame after another until something holds of it; the test fails if it never does."""
        end = time.monotonic() + PATIENCE
        while not holds(self):
            assert time.monotonic() < end, f"it never came:\n{self.text}"
            self._look(0.05)
        return self

    def _look(self, seconds):
        """Look at the next frame; whether there was anything to see. Of several that came at once none is missed."""
        if not self.unseen and not self._read(seconds):
            return False
        begins = self.unseen.find(FRAME, 1)
        seen = self.unseen if begins < 0 else self.unseen[:begins]
        self.unseen = self.unseen[len(seen) :]
        self.stream.feed(seen)
        return True

    def _read(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            read = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += read
        self.unseen += read
        return bool(read)

    def end(self):
        """The exit status, with everything read that was written before."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it never ended"
            self._look(0.05)
        while self._look(0.05):
            pass
        return self.process.returncode

    def settings(self):
        return termios.tcgetattr(self.slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
