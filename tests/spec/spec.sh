#!/bin/sh
# Every table of this folder, by the program that reads them.
exec "$top_builddir/run_spec" "$top_srcdir"/tests/spec/*.tsv
