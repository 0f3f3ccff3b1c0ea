#!/bin/sh
# Every translation of the program compiles, with matching formats.
command -v msgfmt >/dev/null || { echo "msgfmt is missing"; exit 77; }
: "${top_srcdir:=.}"
status=0 n=0
for file in "$top_srcdir"/po/*.po; do
	n=$((n + 1))
	msgfmt --check --output-file=/dev/null "$file" || status=1
done
test "$n" -gt 0 || { echo "no .po file in $top_srcdir/po"; status=1; }
exit $status
