#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shows urgent packets for a while, keeps one sender out meanwhile, tells what was lost.
#
# usage: watch.sh INTERFACE [SECONDS]
set -euo pipefail
interface=${1:?usage: watch.sh INTERFACE [SECONDS]} seconds=${2:-60}

# The first 64 bytes of each packet to UDP port 8080, as one line of JSON each.
timeout --signal=INT "$seconds" rtintercept-ctl capture --json -i "$interface" \
	udp dport 8080 record first 64 |
	jq --unbuffered -r '"\(.seq): \(.wire_bytes) bytes, \(.lost) lost before"' &
sleep 2

# Give that session one more rule while it runs.
session=$(rtintercept-ctl status --json |
	jq '[.sessions[] | select(.command == "rtintercept-ctl")][-1].session_id')
rtintercept-ctl rule add --session "$session" priority 10 src 10.0.0.66 drop
rtintercept-ctl rule list --session "$session"
rtintercept-ctl stats --session "$session"
wait || true
