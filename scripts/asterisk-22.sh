#!/bin/sh
# Gets an Asterisk 22 beside the machine's own, for `npm run test:long`: a small Debian sid in a folder, from which nothing but Asterisk is
# run, without a chroot. Prints the program to be named by ASTERISK. Does nothing when the folder is complete.
#
#   ASTERISK=$(scripts/asterisk-22.sh [FOLDER]) npx vitest run --project pbx
#
# FOLDER is 500 MB; needs root and debootstrap.
set -eu
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/hookswitch/asterisk-22}
program=$folder/asterisk-22

if [ ! -x "$program" ]; then
  command -v debootstrap >/dev/null || apt-get install -y --no-install-recommends debootstrap >&2
  # A folder that was left half made cannot be used.
  rm -rf "$folder"
  mkdir -p "$folder"
  debootstrap --variant=minbase --include=asterisk sid "$folder/sid" >&2
  libraries=$folder/sid/usr/lib/$(uname -m)-linux-gnu
  loader=$(ls "$libraries"/ld-linux-*.so.* | head -n 1)
  cat > "$program.new" <<END
#!/bin/sh
exec "$loader" --library-path "$libraries:$folder/sid/usr/lib" "$folder/sid/usr/sbin/asterisk" "\$@"
END
  ln -s "$libraries/asterisk/modules" "$folder/modules"
  ln -s "$folder/sid/usr/share/asterisk" "$folder/data"
  chmod +x "$program.new"
  mv "$program.new" "$program"
fi
echo "$program"
