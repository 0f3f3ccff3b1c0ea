#!/usr/bin/env python3
"""The transcript runner finds what differs, and passes what does not."""
import os
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
RUNNER = os.path.join(TOP, "tests", "cli", "run")

GOOD = [
    "$ echo a\na\n",
    "$ printf 'a\\nb\\nc\\n'\na\n...\n",
    "$ printf 'a\\nb\\nc\\n'\n...\nc\n",
    "$ printf 'a\\n'\n...\na\n...\n",
    "$ echo 2026-11-23 x\n{{\\d+-\\d+-\\d+}} x\n",
    "$ echo '[1]'; echo '# x'; echo '...'\n\\[1]\n\\# x\n\\...\n",
    "$ echo oops >&2; false\noops\n[1]\n",
    "$ cd / && x=1\n$ pwd; echo $x\n/\n1\n",
    "@file a b\n@end\n$ test -s 'a b'\n[1]\n",
    "@file f\n$ x\n@end\n$ cat f\n\\$ x\n",
    "$ cat <<END\n> one\n> END\none\n",
    "$ echo one \\\n  two\none two\n",
    "# comment\n\n$ true\n\n# another\n$ true\n",
    "$ test -z \"$(ls)\" && test \"$PWD\" = \"$HOME\"\n",
    "$ read line\n[1]\n",
]
BAD = [
    "$ echo a\nb\n", "$ echo a\n", "$ true\na\n", "$ false\n",
    "$ true\n[1]\n", "$ exit 3\n[3]\n$ true\n", "$ echo 12\n{{[a-z]+}}\n",
    "$ printf 'a\\nb\\n'\na\n...\nc\n", "$ echo ax\na.\n",
]


def run(text):
    with tempfile.NamedTemporaryFile("w", suffix=".t") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([sys.executable, RUNNER, file.name],
                              stdout=subprocess.PIPE)
    output = done.stdout.decode()
    return done.returncode, output.count("not ok"), output


def main():
    wrong = 0
    for text in GOOD + BAD:
        status, n_bad, output = run(text)
        if (status == 0 and n_bad == 0) != (text in GOOD):
            wrong += 1
            print("wrong verdict on:\n%s\n%s" % (text, output))
    status, _, output = run("@require no-such-program\n$ false\n")
    if status != 0 or "SKIP" not in output:
        wrong += 1
        print("a missing program is no skip:\n" + output)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
