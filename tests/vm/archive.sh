# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# An apt of our own under build/apt: looks up and downloads packages of any
# Debian release without touching the machine's apt. Needs lib.sh.

# archive_apt SUITE PROGRAM ARG...: run apt-get or apt-cache on our lists.
archive_apt()
{
	local dir=$BUILD/apt/$1 program=$2

	shift 2
	"$program" -qq \
		-o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::Preferences=/dev/null \
		-o Dir::Etc::PreferencesParts=/dev/null \
		-o Dir::State="$dir/state" \
		-o Dir::State::status="$dir/status" \
		-o Dir::Cache="$dir/cache" \
		-o APT::Sandbox::User=root \
		-o APT::Architecture=amd64 -o APT::Architectures=amd64 \
		-o APT::Update::Post-Invoke-Success= \
		-o Acquire::Languages=none \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
		-o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
		"$@"
}

# archive_update SUITE: fetch the package lists, at most once an hour.
archive_update()
{
	local dir=$BUILD/apt/$1

	[[ -n $(find "$dir/updated" -mmin -60 2>/dev/null) ]] && return
	note "reading the package lists of $1"
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	sources "$1" >"$dir/sources.list"
	archive_apt "$1" apt-get update >&2 || die "apt-get update failed"
	touch "$dir/updated"
}

# archive_depends SUITE POCKET PACKAGE: names it depends on, one a line.
archive_depends()
{
	local default=()

	[[ $2 == main ]] || default=(-t "$2")
	archive_apt "$1" apt-cache "${default[@]}" depends --important \
		--no-recommends --no-suggests "$3" |
		sed -n 's/^ *|\{0,1\}Depends: //p'
}

# archive_extract SUITE POCKET DIR PACKAGE...: unpack, installing nothing.
archive_extract()
{
	local suite=$1 pocket=$2 dir=$3 default=() deb debs

	shift 3
	[[ $pocket == main ]] || default=(-t "$pocket")
	debs=$(mktemp -d "$BUILD/apt/debs.XXXXXX")
	note "downloading $*"
	(cd "$debs" && archive_apt "$suite" apt-get "${default[@]}" \
		download "$@") >&2 || { rm -rf "$debs"; die "download failed"; }
	mkdir -p "$dir"
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || die "cannot unpack $deb"
	done
	rm -rf "$debs"
}
