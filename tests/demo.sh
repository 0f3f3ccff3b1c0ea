#!/bin/sh
# The whole job, once, in a folder that is removed: a project, two laptops that
# never see a network, one centre.
#
#     tests/demo.sh [BAYAZ FORMS]      ./bootstrap demo calls it so
#
# As a test it checks that the CSV at the end holds what was answered.
set -eu
: "${top_srcdir:=.}"
bayaz=${1:-${BAYAZ:-bayaz}}
forms=${2:-$top_srcdir/forms}
forms=$(cd "$forms" && pwd)
case $bayaz in */*) bayaz=$(cd "$(dirname "$bayaz")" && pwd)/${bayaz##*/} ;; esac
scripts=$forms/../tests/forms
export LC_ALL=C.UTF-8 TZ=UTC
unset BAYAZ_HOME

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() { printf '%s\n' "$*"; }
run() {		# quietly; what it said is shown if it fails
	if ! "$bayaz" "$@" >"$folder/said" 2>&1; then
		cat "$folder/said" >&2
		say "failed: bayaz $*" >&2
		exit 1
	fi
}
size() { wc -c <"$1" | tr -d ' '; }

form=$forms/household_visit.xml
id=bz_household_visit
cp "$scripts"/household_visit-*.tsv "$folder"
cd "$folder"
echo "what the coordinator types" >coordinator.pass
echo "what the field worker types" >worker.pass
coordinator="-C centre"
by_coordinator="--passphrase-file coordinator.pass"
by_worker="--passphrase-file worker.pass"

run $coordinator project new Demo --recovery-file recovery.txt $by_coordinator
run $coordinator project kit -o kit.bayaz --form "$form" \
	--words-file words.txt $by_coordinator
say "1. A coordinator made a project and a kit with the form 'Household visit'."
say "   Eight words open the kit: $(cut -d ' ' -f 1-3 words.txt) ..."

accept=
for laptop in KP-031 KP-032; do
	run -C "$laptop" join kit.bayaz --words-file words.txt \
		--name "$laptop" --json $by_worker
	accept="$accept --accept $(sed -n \
		's/.*"device_fingerprint":"\([^"]*\)".*/\1/p' said)"
done
say "2. Two laptops joined with it: KP-031 and KP-032."

interview() {	# laptop, script
	sed "s/KP-031/$1/" "household_visit-$2.tsv" >answers.tsv
	run fill "$form" --script answers.tsv -o "$1-$2.xml"
	run -C "$1" import "$1-$2.xml" $by_worker
}
interview KP-031 family
interview KP-031 refused
interview KP-032 visit
say "3. They filled three interviews without a network; one household said no."

for laptop in KP-031 KP-032; do
	run -C "$laptop" pack -o "$laptop.bayaz" $by_worker
done
say "4. Each packed its answers: compressed, encrypted, signed;" \
	"$(size KP-031.bayaz) and $(size KP-032.bayaz) bytes."

store="--store district.db"
run $coordinator merge KP-032.bayaz KP-031.bayaz $accept $store $by_coordinator
run $coordinator store dump $store
cp said first
run $coordinator merge KP-031.bayaz KP-032.bayaz $store $by_coordinator
run $coordinator store dump $store
cmp -s first said || { say "merging again changed the store" >&2; exit 1; }
say "5. The centre accepted both laptops and merged what they sent, then all of"
say "   it once more, the other way round: the store stayed the same."

run $coordinator export $id $store --format csv
say "6. The answers that may be public, as CSV (without the columns of ids):"
say
cut -d , -f 6- said

check() {	# columns, then their values in a row
	awk -F, -v columns="$1" -v values="$2" '
		NR == 1 { n = split(columns, name, ",")
			for (i = 1; i <= n; i++)
				for (k = 1; k <= NF; k++)
					if ($k == name[i]) at[i] = k }
		NR > 1 { row = ""
			for (i = 1; i <= n; i++)
				row = row (i > 1 ? "," : "") $at[i]
			if (row == values) found = 1 }
		END { exit !found }' said ||
		{ say "the CSV has no row with $1 = $2" >&2; exit 1; }
}
check date,district,visit_type,consent 2026-11-20,PK219,pregnancy,yes
check date,district,visit_type,consent 2026-11-20,PK219,campaign,no
check date,district,visit_type,consent 2026-11-21,PK821,routine,yes
if head -n 1 said | grep -q hh_no; then
	say "household numbers were exported" >&2
	exit 1
fi
