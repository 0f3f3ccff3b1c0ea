#!/usr/bin/env python3
"""Pictures without metadata, as other programs see them: the same dots by
djpeg and pngtopnm, nothing left to tell by exiftool.  Skipped where one of
those is missing."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
TOOL = os.path.join(BUILD, "bundle_tool")
SEEDS = os.path.join(TOP, "tests", "fuzz", "seeds", "strip")
PROGRAMS = ["djpeg", "pngtopnm", "exiftool"]

# What a file may say of itself: its kind and size, how it is coded.
PLAIN = {
    "JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"},
    "IFD0": {"Orientation"},
    "Adobe": {"DCTEncodeVersion", "APP14Flags0", "APP14Flags1",
              "ColorTransform"},
    "PNG": {"ImageWidth", "ImageHeight", "BitDepth", "ColorType",
            "Compression", "Filter", "Interlace", "Gamma", "WhitePointX",
            "WhitePointY", "RedX", "RedY", "GreenX", "GreenY", "BlueX",
            "BlueY", "BackgroundColor", "Palette", "Transparency",
            "SignificantBits"},
    "PNG-pHYs": {"PixelsPerUnitX", "PixelsPerUnitY", "PixelUnits"},
}
NO_METADATA = {"SourceFile", "ExifTool", "File", "System", "Composite"}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def dots(path):
    return output("djpeg" if path.endswith(".jpg") else "pngtopnm", path)


def told(path):
    """-> {(group, tag): value}"""
    tags = json.loads(output("exiftool", "-j", "-a", "-u", "-G1", "-s", path))
    return {tuple(key.partition(":")[::2]): value
            for key, value in tags[0].items()}


class Pictures(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bayaz-pictures-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def test_the_dots_stay_and_the_rest_goes(self):
        names = sorted(os.listdir(SEEDS))
        self.assertGreater(len(names), 10)
        for name in names:
            before = os.path.join(SEEDS, name)
            after = os.path.join(self.folder, name)
            subprocess.run([TOOL, "strip", before, after], check=True)
            self.assertEqual(dots(before), dots(after), name)
            left = {key: value for key, value in told(after).items()
                    if key[0].partition("-")[0] not in NO_METADATA
                    and key[1] not in PLAIN.get(key[0], ())}
            self.assertEqual(left, {}, name)
            self.assertEqual(told(before).get(("IFD0", "Orientation")),
                             told(after).get(("IFD0", "Orientation")), name)

    def test_exiftool_finds_much_in_what_comes_from_a_phone(self):
        tags = told(os.path.join(SEEDS, "phone.jpg"))
        self.assertIn(("GPS", "GPSLatitude"), tags)
        self.assertIn(("XMP-dc", "Description"), tags)


if __name__ == "__main__":
    for program in PROGRAMS:
        if shutil.which(program) is None:
            print("%s is missing: skipped" % program)
            sys.exit(77)
    unittest.main(argv=sys.argv[:1])
