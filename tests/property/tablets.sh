# Read by the scripts beside it: a project, tablets that joined it and packed
# the records of the shared workload `submissions`.
: "${top_srcdir:=.}" "${BAYAZ:=bayaz}"
shared=${BAYAZ_SHARED:-$top_srcdir/../shared}
generator=$shared/bench/gen.py
export LC_ALL=C.UTF-8 TZ=UTC
unset BAYAZ_HOME
if [ ! -f "$generator" ] || ! command -v python3 >/dev/null; then
	echo "the shared workloads, or python3, are missing"
	exit 77
fi
case $generator in /*) ;; *) generator=$PWD/$generator ;; esac
case $BAYAZ in */*) BAYAZ=$(cd "$(dirname "$BAYAZ")" && pwd)/bayaz ;; esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

fail() { echo "FAIL: $*" >&2; exit 1; }
quietly() {	# what it said is shown if it fails
	"$@" >said 2>&1 || { cat said >&2; fail "$*"; }
}
centre() { "$BAYAZ" -C centre "$@"; }

# make_bundles RECORDS TABLETS: writes work/ and NN.bayaz
make_bundles() {
	quietly python3 "$generator" submissions --m "$1" --tablets "$2" work
	quietly centre project new Survey --no-passphrase
	quietly centre project kit -o kit.bayaz --form work/form.xml \
		--words-file words
	for tablet in work/tablet*; do
		name=${tablet#work/tablet}
		quietly "$BAYAZ" -C "home$name" join kit.bayaz \
			--words-file words --no-passphrase --name "T-$name"
		quietly "$BAYAZ" -C "home$name" import \
			"$tablet"/instances/*/*.xml
		quietly "$BAYAZ" -C "home$name" pack -o "$name.bayaz"
	done
}
