#!/bin/sh
# Two coordinators' computers cannot hold one file, but two windows of one can:
# merges at the same time wait for each other, and come to what one of them alone
# comes to.  Also with the same bundles, and with a rebuild between them.
set -eu
. "$(dirname "$0")/tablets.sh"
command -v sqlite3 >/dev/null || { echo "sqlite3 is missing"; exit 77; }
records=400 rounds=2
[ -z "${BAYAZ_LONG:-}" ] || { records=4000; rounds=20; }

make_bundles $records 6
quietly centre merge ??.bayaz --store one.db --accept-new
"$BAYAZ" store dump --store one.db >one.dump

# at_once WORDS... -- WORDS...: two commands of the centre at the same time
at_once() {
	first= second=
	for word; do
		case $word in
		--) second=" " ;;
		*) if [ -z "$second" ]; then first="$first $word"
		   else second="$second $word"; fi ;;
		esac
	done
	centre $first >first.out 2>&1 &
	one=$!
	centre $second >second.out 2>&1 || { cat second.out; exit 1; }
	wait $one || { cat first.out; exit 1; }
}

for round in $(seq $rounds); do
	rm -f two.db two.db-*
	quietly centre merge 00.bayaz --store two.db --accept-new
	at_once merge 01.bayaz 02.bayaz 03.bayaz --store two.db --accept-new \
		-- merge 05.bayaz 04.bayaz 03.bayaz --store two.db --accept-new
	at_once merge ??.bayaz --store two.db -- store rebuild --store two.db
	"$BAYAZ" store dump --store two.db | cmp - one.dump
	[ "$(sqlite3 two.db 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]
done
echo "$rounds rounds of merges at the same time, one store"
