#!/usr/bin/env python3
"""What the form shows opens in a viewer: a copy under a neutral name in a folder
of our own, only after somebody agreed.  Hiding the screen and ending the
interview end the viewer and take the copy away."""
import os
import shutil
import stat
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

HERE = os.path.dirname(os.path.abspath(__file__))
PICTURE = os.path.join(HERE, "looks-media", "well-like-this.png")
VIEWER = """#!/bin/sh
trap 'echo > "$0.ended"; exit' TERM
echo "$1" > "$0.part"
mv "$0.part" "$0.shows"
sleep 60 &
wait
"""


def wait_for(path):
    """What the viewer wrote."""
    end = time.monotonic() + 20
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise SystemExit("there is no %s" % os.path.basename(path))
        time.sleep(0.05)
    with open(path) as file:
        text = file.read().strip()
    os.remove(path)
    return text


def check_copy(path, runtime):
    folder = os.path.dirname(path)
    with open(path, "rb") as copy, open(PICTURE, "rb") as picture:
        if copy.read() != picture.read():
            raise SystemExit("the copy is another")
    if stat.S_IMODE(os.stat(folder).st_mode) != 0o700 or \
            stat.S_IMODE(os.stat(path).st_mode) != 0o600:
        raise SystemExit("others can read the copy")
    if os.path.basename(path) != "1.png" or \
            os.path.dirname(folder) != runtime:
        raise SystemExit("it lies at %s" % path)


def check_gone(viewer, path):
    wait_for(viewer + ".ended")
    if os.path.exists(os.path.dirname(path)):
        raise SystemExit("the copy is there still")


def main():
    folder = tempfile.mkdtemp()
    home, viewer, runtime = (os.path.join(folder, name)
                             for name in ("home", "viewer", "runtime"))
    with open(viewer, "w") as file:
        file.write(VIEWER)
    os.chmod(viewer, 0o755)
    os.mkdir(runtime)
    passphrase = pilot.workspace(home, [os.path.join(HERE, "looks.xml")])
    p = Pilot(["-C", home, "collect", "looks", "--new", "--passphrase-file",
               passphrase, "--language", "en"],
              env={"BAYAZ_VIEWER": viewer, "XDG_RUNTIME_DIR": runtime})
    p.wait("When did they", least_s=0.5)
    p.keys("^V")
    p.wait("shows no picture")
    p.keys("^G /data/photo Enter")
    p.wait("Photo of the well", least_s=0.2)
    p.keys("^V")
    p.wait("outside of what is locked")
    p.keys("n")
    p.wait("Photo of the well")
    if os.listdir(runtime):
        raise SystemExit("nobody agreed to a copy")
    p.keys("^V y")
    p.wait("it opens")
    path = wait_for(viewer + ".shows")
    check_copy(path, runtime)
    p.keys("Esc")
    p.wait(">", least_s=0.2)
    check_gone(viewer, path)
    p.type(pilot.PASSPHRASE + "\r")
    p.wait("Photo of the well")
    p.keys("^V y")
    path = wait_for(viewer + ".shows")
    check_copy(path, runtime)
    p.keys("^V")                # agreed to for this interview
    p.wait("it opens", least_s=0.2)
    wait_for(viewer + ".shows")
    p.keys("^S")
    if p.end() != 0:
        raise SystemExit("it failed")
    check_gone(viewer, path)
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
