# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion for ringfence(8). The words come from the program itself, which
# is asked for those that may follow the words before the cursor.

_ringfence()
{
	local cur=${COMP_WORDS[COMP_CWORD]} list=''
	local -a words

	COMPREPLY=()
	# Of a list with commas, the last part is completed.
	if [[ $cur == *,* ]]; then
		list=${cur%,*},
		cur=${cur##*,}
	fi
	mapfile -t words < <("${COMP_WORDS[0]}" complete \
		"${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
	if [[ ${words[*]} == '<file>' ]]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -P "$list" -W "${words[*]}" -- "$cur")
}

complete -F _ringfence ringfence
