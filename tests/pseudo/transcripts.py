"""What commands say in a pseudo-locale, while transcripts (tests/cli) run: the
`bayaz` that they find writes down what it was asked and what it said."""
import glob
import importlib.machinery
import importlib.util
import os
import re
import shutil
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
BUILT = os.environ.get("top_builddir", os.path.join(TOP, "build"))
LOCALES = os.path.join(os.path.abspath(BUILT), "tests", "locale")
TIMEOUT_S = 60     # what waits for words of another language says enough
OPEN, CLOSE = "\u27e6", "\u27e7"

WRAPPER = """#!/bin/sh
out=$(mktemp) err=$(mktemp)
LANGUAGE=%(language)s BAYAZ_LOCALEDIR='%(locales)s' '%(bayaz)s' "$@" \\
	>"$out" 2>"$err"
status=$?
cat "$out"; cat "$err" >&2
{ printf '\\001%%s\\n' "$*"; cat "$err"; printf '\\002\\n'; cat "$out"; echo; } \\
	>>'%(log)s'
rm -f "$out" "$err"
exit $status
"""


class Said:
    """One run: the words after `bayaz`, standard error, standard output."""
    def __init__(self, words, err, out):
        self.words, self.err, self.out = words, err, out


def load_runner():
    path = os.path.join(TOP, "tests", "cli", "run")
    loader = importlib.machinery.SourceFileLoader("cli_run", path)
    spec = importlib.util.spec_from_loader("cli_run", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def has_locales():
    return os.path.exists(os.path.join(LOCALES, "en@pseudo", "LC_MESSAGES",
                                       "bayaz.mo"))


def read_log(path):
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
        for part in file.read().split("\001")[1:]:
            words, _, rest = part.partition("\n")
            err, _, out = rest.partition("\002\n")
            yield Said(words, err, out)


def run(path, language):
    """-> what was said, and all words that were put in."""
    runner = load_runner()
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = file.read().split("\n")
    folder = tempfile.mkdtemp(prefix="bayaz-t-")
    try:
        env = runner.environment(folder, path)
        env.pop("BAYAZ_LONG", None)
        steps, required = runner.read_transcript(lines)
        for name in ("bin", "home", "tmp", "control"):
            os.mkdir(os.path.join(folder, name))
        if runner.missing(required, env) is not None:
            return [], set()
        log = os.path.join(folder, "log")
        bayaz = os.path.join(folder, "bin", "bayaz")
        with open(bayaz, "w", encoding="utf-8") as file:
            file.write(WRAPPER % {
                "language": language, "locales": LOCALES, "log": log,
                "bayaz": runner.find_bayaz()})
        os.chmod(bayaz, 0o755)
        runner.TIMEOUT_S = TIMEOUT_S
        runner.run_steps(steps, folder, env)
        given = "\n".join("\n".join(step.text) if isinstance(
            step, runner.Command) else step[1] for step in steps)
        return list(read_log(log)), set(re.findall(r"[A-Za-z]+", given))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def words_of_forms():
    """What the forms say that transcripts use."""
    words = set()
    for pattern in ("forms/*.xml", "tests/cli/*.xml", "tests/cli/settle/*"):
        for path in glob.glob(os.path.join(TOP, pattern)):
            if os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    words |= set(re.findall(r"[A-Za-z]+", file.read()))
    return words


def transcripts():
    """All in a long run, a few that say much in a short one; of those the
    share of this part of CI (BAYAZ_PART)."""
    every = sorted(glob.glob(os.path.join(TOP, "tests", "cli", "*.t")))
    if os.environ.get("BAYAZ_LONG"):
        return every
    few = ("collect", "form", "form-translate", "list", "merge", "help",
           "check", "pack", "conflicts", "status")
    k, n = (int(x) for x in os.environ.get("BAYAZ_PART", "1/1").split("/"))
    return [path for path in every
            if os.path.basename(path)[:-2] in few][k - 1::n]
