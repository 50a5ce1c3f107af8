# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of rtintercept-ctl. It has no list of its own of commands, options
# and words of a rule: it reads them in what --help prints.

# _rtintercept_ctl_help KIND COMMAND...: the words of a kind in a command's help:
# Commands, Actions, Options or rule
_rtintercept_ctl_help()
{
	local kind=$1

	shift
	"${COMP_WORDS[0]}" "$@" --help 2>/dev/null | awk -v kind="$kind" '
	/^(Commands|Actions|Options):$/ { section = substr($1, 1, length($1) - 1) }
	/^A rule is / { section = "rule" }
	/^$/ || /^For example/ { section = "" }
	section == kind && /^  ? ? ? ? ? ?[^ ]/ {
		sub(/^ +/, "")
		# what stands in front of the wide gap is the thing itself
		if (match($0, /  /))
			$0 = substr($0, 1, RSTART - 1)
		gsub(/[,|]/, " ")
		for (i = 1; i <= NF; i++)
			if ($i ~ /^-/ || (kind != "Options" && $i ~ /^[a-z][a-z0-9-]*$/))
				print $i
	}'
}

# The values of the option or rule word in front; empty: there are none to offer.
_rtintercept_ctl_values()
{
	case $1 in
	--backend) echo "auto module xdp" ;;
	--hook) echo "auto ingress rx_handler xdp_native xdp_generic" ;;
	-i|--interface) (cd /sys/class/net 2>/dev/null && echo ./* | tr -d './') ;;
	--session)
		"${COMP_WORDS[0]}" status --json 2>/dev/null |
			sed -n 's/^ \{6\}"session_id": *\([0-9]*\),\{0,1\}$/\1/p' ;;
	fragment) echo "none first later none,first" ;;
	vlan|inner-vlan) echo untagged ;;
	on-full) echo "drop pass" ;;
	reply) echo "echo hex text" ;;
	echo) echo rate ;;
	proto) echo "udp tcp icmp icmp6 sctp" ;;
	esac
}

_rtintercept_ctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]:-} path=() words

	COMPREPLY=()
	words=$(_rtintercept_ctl_values "$prev")
	if [[ -z $words && $COMP_CWORD -eq 1 ]]; then
		words="$(_rtintercept_ctl_help Commands) --help --version"
	elif [[ -z $words ]]; then
		path=("$command")
		if [[ $cur == -* ]]; then
			:
		elif [[ $COMP_CWORD -eq 2 && $command == help ]]; then
			words=$(_rtintercept_ctl_help Commands)
		elif [[ $COMP_CWORD -eq 2 ]]; then
			words=$(_rtintercept_ctl_help Actions "$command")
		fi
		if [[ -z $words && -n $(_rtintercept_ctl_help Actions "$command") ]]; then
			path+=("${COMP_WORDS[2]}")
		fi
		if [[ -z $words && $cur == -* ]]; then
			words=$(_rtintercept_ctl_help Options "${path[@]}")
		elif [[ -z $words ]]; then
			words=$(_rtintercept_ctl_help rule "${path[@]}")
		fi
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[[ ${#COMPREPLY[@]} -gt 0 || $prev != -w && $prev != load ]] ||
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -F _rtintercept_ctl rtintercept-ctl
