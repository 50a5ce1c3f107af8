# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completes rtintercept-bench in bash. The options are asked of the command
# itself, so they cannot be out of date.

_rtintercept_bench()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words=""

	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 ]]; then
		words="run send receive path reply show plot --help --version"
	else
		case $prev in
		--backend) words="module xdp both" ;;
		--receiver|--peer)
			words=$("${COMP_WORDS[0]}" run --help 2>/dev/null |
				sed -n '/^Peers:/,$s/^  \([a-z0-9_-]*\) .*/\1/p')
			[[ $prev == --peer ]] || words+=" module xdp" ;;
		--first) words="ours peer" ;;
		--sender-wait) words="block yield spin" ;;
		--wait) words="spin block" ;;
		--case) words="spin:lazy lazy:spin block:lazy lazy:block spin:block \
			poll:lazy spin-block:lazy periodic:lazy" ;;
		--record) words="64 whole 64,whole" ;;
		--t1) words="record kernel" ;;
		--hook) words="auto ingress rx_handler xdp_native xdp_generic" ;;
		--interface|--client-interface)
			words=$(cd /sys/class/net 2>/dev/null && printf '%s ' *) ;;
		--sender-netns|--receiver-netns|--client-netns)
			words=$(cd /run/netns 2>/dev/null && printf '%s ' *) ;;
		--json|--output) ;;
		*)
			[[ $cur != -* ]] || words=$("${COMP_WORDS[0]}" "$command" \
				--help 2>/dev/null | grep -o -e '--[a-z0-9-]*') ;;
		esac
	fi
	# What is not known here is a file's name.
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _rtintercept_bench rtintercept-bench
