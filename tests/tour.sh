#!/bin/sh
# The tour in README.md works as it stands: its ```console blocks are run as
# one transcript.  Fingerprints are other ones each time.
: "${top_srcdir:=.}" "${PYTHON3:=python3}"
command -v "$PYTHON3" >/dev/null || { echo "python3 is missing"; exit 77; }
command -v sqlite3 >/dev/null || { echo "sqlite3 is missing"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{
	echo "\$ cp -r '$top_srcdir/forms' . && chmod -R u+w forms && mkdir tests po"
	echo "\$ cp -r '$top_srcdir/po/forms' po"
	echo "\$ cp -r '$top_srcdir/tests/forms' tests"
	awk '/^```console$/ { on = 1; next }
		/^```$/ { on = 0 }
		on { print }' "$top_srcdir/README.md" |
		sed '/^\$ /!s/[A-Z2-7]\{4\}\(-[A-Z2-7]\{4\}\)\{4\}/{{[A-Z2-7-]+}}/'
} >"$folder/tour.t"
test "$(grep -c '^\$ ' "$folder/tour.t")" -gt 10 ||
	{ echo "README.md has no tour"; exit 1; }
"$PYTHON3" "$top_srcdir/tests/cli/run" "$folder/tour.t"
