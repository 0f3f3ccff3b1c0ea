#!/bin/sh
# Completion in bash offers what the program has.
command -v bash >/dev/null || { echo "bash is missing"; exit 77; }
: "${top_srcdir:=.}" "${BAYAZ:=./bayaz}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$BAYAZ" "$folder/bayaz"
cat >"$folder/test.bash" <<'END'
PATH=$1:$PATH
compopt() { :; }	# only while bash completes
. "$2/src/cmd/bayaz.bash"

offers() {	# expected words, then the line so far
	local expected=$1
	shift
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_bayaz
	[[ " ${COMPREPLY[*]} " == *" $expected "* ]] && return 0
	echo "for '$*' it offers '${COMPREPLY[*]}', without '$expected'"
	failed=1
}

failed=0
offers version bayaz ver
offers help bayaz -C . he
offers --json bayaz version --
offers --names bayaz help --na
offers "$(bayaz help --names | head -n 1 | cut -d ' ' -f 1)" bayaz ''
word=$(bayaz help --names | grep ' ' | head -n 1)
[ -z "$word" ] || offers "${word#* }" bayaz "${word% *}" ''
exit $failed
END
bash "$folder/test.bash" "$folder" "$top_srcdir"
