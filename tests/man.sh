#!/bin/sh
# Manual pages are well-formed, by mandoc's judgement, else groff's.
: "${top_srcdir:=.}"
status=0
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$top_srcdir"/doc/*.[1-8] || status=1
elif command -v groff >/dev/null; then
	for page in "$top_srcdir"/doc/*.[1-8]; do
		said=$(groff -man -mdoc -ww -z "$page" 2>&1)
		[ -z "$said" ] || { printf '%s\n' "$said"; status=1; }
	done
else
	echo "neither mandoc nor groff is here"
	exit 77
fi
exit $status
