#!/bin/sh
# The tour in README.md works as it stands: its ```console blocks are run as
# one transcript.  In a tour, '...' and what looks like a hash or a date may
# differ; lines '# tour: ...' in comments of the README's source are taken too.
: "${top_srcdir:=.}" "${PYTHON3:=python3}"
command -v "$PYTHON3" >/dev/null || { echo "python3 is missing"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk '/^```console$/ { on = 1; next }
	/^```$/ { on = 0 }
	on { print }' "$top_srcdir/README.md" >"$folder/tour.t"
grep -q '^\$ ' "$folder/tour.t" || { echo "README.md has no tour"; exit 1; }
"$PYTHON3" "$top_srcdir/tests/cli/run" "$folder/tour.t"
