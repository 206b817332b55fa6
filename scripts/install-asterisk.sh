#!/usr/bin/env bash
# Installs Asterisk for the tests of the lane `pbx`; does nothing where there is one.
# Debian 12 and 13 have none. So Debian 11's suites are added beside the machine's own, from the same mirror and under the same keys, and
# pinned so low that nothing else comes from them. The service is neither started nor enabled: each test starts an Asterisk of its own.
set -euo pipefail

die() { echo "install-asterisk: $*" >&2; exit 1; }

has_asterisk() { [ -x /usr/sbin/asterisk ] || command -v asterisk >/dev/null; }
has_asterisk && exit 0
command -v apt-get >/dev/null || die "this machine has no apt-get; install Asterisk 16 to 22 by hand and run this again"
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2>/dev/null || die "needs root, or sudo without a password"
  exec sudo -n "$0" "$@"
fi

export DEBIAN_FRONTEND=noninteractive
donor=bullseye
sources=/etc/apt/sources.list.d
pin=/etc/apt/preferences.d/hookswitch-asterisk
policy=/usr/sbin/policy-rc.d
said=$(mktemp)
made_policy=

# What was begun and did not succeed is taken back: a suite that cannot be read would break every later `apt-get update`.
finish() {
  local code=$?
  trap - EXIT
  [ -z "$made_policy" ] || rm -f "$policy"
  if [ "$code" != 0 ]; then
    rm -f "$pin" "$sources"/hookswitch-asterisk-*
    cat "$said" >&2
  fi
  rm -f "$said"
  exit "$code"
}
trap finish EXIT

quietly() { "$@" >"$said" 2>&1 || { echo "install-asterisk: failed: $*" >>"$said"; return 1; }; }

candidate() { LC_ALL=C apt-cache policy asterisk 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'; }

# Copies the machine's sources with the suites of its release renamed. Writes nothing for a file that names none of them.
copy_sources() {
  local release file copy n=0
  release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [ -n "$release" ] || die "/etc/os-release names no release"
  for file in /etc/apt/sources.list "$sources"/*.list "$sources"/*.sources; do
    case "$file" in "$sources"/hookswitch-*) continue ;; esac
    [ -f "$file" ] || continue
    case "$file" in
      *.sources) copy=$(deb822 "$release" "$file") ;;
      *) copy=$(one_line "$release" "$file") ;;
    esac
    [ -n "$copy" ] || continue
    n=$((n + 1))
    printf '%s\n' "$copy" >"$sources/hookswitch-asterisk-$n.${file##*.}"
  done
  [ "$n" -gt 0 ] || die "no apt source of this machine names $release"
}

# Stanzas whose suites are the release or its security updates, with only `main` of them.
deb822() {
  awk -v release="$1" -v donor="$donor" 'BEGIN { RS = ""; FS = "\n" }
    {
      wanted = 0; text = ""
      for (i = 1; i <= NF; i++) {
        line = $i
        if (line ~ /^#/) continue
        if (line ~ /^Suites:/) {
          count = split(substr(line, 8), suite, " "); line = "Suites:"
          for (j = 1; j <= count; j++) {
            if (suite[j] == release) { line = line " " donor; wanted = 1 }
            if (suite[j] == release "-security") { line = line " " donor "-security"; wanted = 1 }
          }
        }
        if (line ~ /^Components:/) line = "Components: main"
        text = text line "\n"
      }
      if (wanted) print text
    }' "$2"
}

one_line() {
  awk -v release="$1" -v donor="$donor" '
    $1 == "deb" {
      for (i = 2; i <= NF; i++) {
        if ($i != release && $i != release "-security") continue
        security = $i == release ? "" : "-security"
        text = ""
        for (j = 1; j < i; j++) text = text $j " "
        print text donor security " main"
        break
      }
    }' "$2"
}

quietly apt-get update
if [ -z "$(candidate)" ]; then
  printf 'Package: *\nPin: release n=%s*\nPin-Priority: 100\n' "$donor" >"$pin"
  copy_sources
  quietly apt-get update
  [ -n "$(candidate)" ] || { echo "install-asterisk: no suite of this machine, nor $donor on its mirror, has Asterisk" >>"$said"; exit 1; }
fi

if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  made_policy=yes
fi
quietly apt-get install -y --no-install-recommends asterisk
if [ -d /run/systemd/system ]; then quietly systemctl disable --now asterisk; else quietly update-rc.d asterisk disable; fi
has_asterisk || { echo "install-asterisk: the package brought no asterisk" >>"$said"; exit 1; }
