# Completion of bayaz for bash.  Commands and options are asked from the
# program itself, so that this never falls behind.

_bayaz_options()
{
	bayaz help "$@" 2>/dev/null |
		sed -n 's/.*\(--[a-z][a-z-]*\)[ ].*/\1/p; s/.*\(--[a-z][a-z-]*\)$/\1/p'
}

_bayaz()
{
	local current=${COMP_WORDS[COMP_CWORD]} first=1 line words

	COMPREPLY=()
	if [ "${COMP_WORDS[1]-}" = -C ]; then
		first=3
		if [ "$COMP_CWORD" -eq 2 ]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$current")
			return
		fi
	fi
	if [ "$COMP_CWORD" -eq "$first" ]; then
		mapfile -t COMPREPLY < <(bayaz help --names 2>/dev/null |
			cut -d ' ' -f 1 | sort -u | grep "^$current")
		return
	fi
	line=${COMP_WORDS[first]}
	if [ "$COMP_CWORD" -le $((first + 2)) ] && [ "${current#-}" = "$current" ]
	then
		words=${COMP_WORDS[*]:first:COMP_CWORD - first}
		mapfile -t COMPREPLY < <(bayaz help --names 2>/dev/null |
			sed -n "s/^$words \($current.*\)/\1/p" |
			cut -d ' ' -f 1 | sort -u)
		[ ${#COMPREPLY[@]} -eq 0 ] || return
	fi
	if [ "${current#-}" != "$current" ]; then
		mapfile -t COMPREPLY < <(_bayaz_options "$line" |
			sort -u | grep -e "^$current")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$current")
	compopt -o filenames
}

complete -F _bayaz bayaz
