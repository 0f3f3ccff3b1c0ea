"""Drives `bayaz collect` on the whole screen, by keys through a real
pseudo-terminal, and keeps what a person would see (vt.py)."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import vt

BAYAZ = os.environ["BAYAZ"]
KEYS = {"Enter": "\r", "Tab": "\t", "Esc": "\x1b", "Up": "\x1bOA",
        "Down": "\x1bOB", "Right": "\x1bOC", "Left": "\x1bOD",
        "Home": "\x1bOH", "End": "\x1bOF", "PgUp": "\x1b[5~",
        "PgDn": "\x1b[6~", "Back": "\x7f", "Del": "\x1b[3~", "F1": "\x1bOP"}
TIOCGPTN = 0x80045430       # Linux: the number of a terminal
PASSPHRASE = "one two three four"


def part(items):
    """All of them, or the share of this part of CI (BAYAZ_PART, "2/3")."""
    k, n = (int(x) for x in os.environ.get("BAYAZ_PART", "1/1").split("/"))
    return list(items)[k - 1::n]


def bayaz(home, *words, text=None):
    """Runs it without a terminal; what it printed."""
    done = subprocess.run([BAYAZ, "-C", home, *words], input=text, text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise SystemExit("%s: %s" % (" ".join(words), done.stderr))
    return done.stdout


class Pilot:
    def __init__(self, words, columns=80, rows=24, env=None, program=()):
        self.screen = vt.Screen(columns, rows)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            full = {**os.environ, "TERM": "xterm-256color", **(env or {})}
            for name in ("NO_COLOR", "KONSOLE_VERSION", "TERM_PROGRAM",
                         "COLUMNS", "LINES"):
                full.pop(name, None)
            command = [*program, BAYAZ, *words]
            os.execve(command[0], command, full)
        self.size(columns, rows)

    def size(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))
        if (columns, rows) != (self.screen.columns, self.screen.rows):
            self.screen.resize(columns, rows)

    def read(self, wait_s=0.05):
        """What comes within that time; False: nothing did."""
        ready, _, _ = select.select([self.fd], [], [], wait_s)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            raise EOFError
        self.screen.feed(data.decode("utf-8", "surrogateescape"))
        return True

    def wait(self, wanted=None, least_s=0.0, longest_s=20, quiet_s=0.05):
        """Until the text is on the screen and nothing more comes."""
        end = time.monotonic() + longest_s
        quiet_until = time.monotonic() + least_s
        while time.monotonic() < end:
            came = self.read(quiet_s)
            if came or time.monotonic() < quiet_until:
                continue
            if wanted is None or wanted in "\n".join(self.screen.text()):
                return
        raise SystemExit("did not come: %r; the screen is\n%s" % (
            wanted, "\n".join(self.screen.text())))

    def is_busy(self):
        """Has it keys to read, or anything to do?  (Where the system tells; or
        else it is believed to be idle.)"""
        try:
            number = struct.unpack("i", fcntl.ioctl(self.fd, TIOCGPTN,
                                                    b"\0\0\0\0"))[0]
            slave = os.open("/dev/pts/%d" % number, os.O_RDWR | os.O_NOCTTY)
            try:
                waiting = struct.unpack("i", fcntl.ioctl(
                    slave, termios.FIONREAD, b"\0\0\0\0"))[0]
            finally:
                os.close(slave)
            with open("/proc/%d/stat" % self.pid) as file:
                state = file.read().rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        return waiting > 0 or state not in "SZ"

    def settle(self, longest_s=20):
        """Until it waits for a key, and has said all; what is shown then."""
        end, idle = time.monotonic() + longest_s, 0
        while idle < 4 and time.monotonic() < end:
            if self.read(0.006):
                idle = 0
            else:
                idle = 0 if self.is_busy() else idle + 1
        return "\n".join(self.screen.text())

    def type(self, text):
        os.write(self.fd, text.encode())

    def keys(self, words):
        """Keys by name, Ctrl-letter as ^S, else the characters."""
        for word in words.split(" "):
            if word in KEYS:
                self.type(KEYS[word])
            elif len(word) == 2 and word[0] == "^":
                self.type(chr(ord(word[1]) - 64))
            else:
                self.type(word.replace("_", " "))

    def end(self, longest_s=20):
        """Its exit status, once it is over."""
        end = time.monotonic() + longest_s
        while time.monotonic() < end:
            try:
                self.read()
            except EOFError:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def workspace(home, forms):
    passphrase = home + ".pass"
    with open(passphrase, "w") as file:
        file.write(PASSPHRASE + "\n")
    bayaz(home, "init", "--passphrase-file", passphrase)
    for form in forms:
        bayaz(home, "form", "add", form, "--passphrase-file", passphrase)
    return passphrase
