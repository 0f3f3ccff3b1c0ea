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
coordinator="-C $folder/centre"
by_coordinator="--passphrase-file coordinator.pass"
by_worker="--passphrase-file worker.pass"

run $coordinator project new Demo --recovery-file recovery.txt $by_coordinator
run $coordinator project kit -o kit.bayaz --form "$form" \
	--words-file words.txt $by_coordinator
say "1. A coordinator made a project and a kit with the form 'Household visit'."
say "   Eight words open the kit: $(cut -d ' ' -f 1-3 words.txt) ..."

for laptop in KP-031 KP-032; do
	run -C "$laptop" join kit.bayaz --words-file words.txt \
		--name "$laptop" $by_worker
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
