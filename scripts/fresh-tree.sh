#!/usr/bin/env bash
# Runs the README's two commands as a newcomer would: in a fresh Debian 12 that has Node, npm and git's checkout of HEAD, and nothing else.
# Needs root, debootstrap and a Debian 12 whose apt works. Everything happens in a temporary folder and on loopback.
#
#   scripts/fresh-tree.sh             the commit that HEAD names
#   scripts/fresh-tree.sh --worktree  the files as they lie here, committed or not
#
# KEEP=1 leaves the tree there. NPM_CLI names another npm (its npm-cli.js), to try an older one.
set -euo pipefail
cd "$(dirname "$0")/.."
source_tree=$PWD

die() { echo "fresh-tree: $*" >&2; exit 1; }
say() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }

[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
command -v debootstrap >/dev/null || die "needs debootstrap: apt-get install -y debootstrap"

# The system's own Node, not the one that npm brought into this project.
PATH=$(printf %s "$PATH" | tr ':' '\n' | grep -v '/node_modules/' | paste -sd:)
node_path=$(readlink -f "$(command -v node)")
npm_cli=$(readlink -f "${NPM_CLI:-$(command -v npm)}")
npm_folder=$(dirname "$(dirname "$npm_cli")")
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || die "the apt sources of this machine name no Debian 12 (bookworm)"

tree=$(mktemp -d -t hookswitch-tree-XXXXXX)
chmod 755 "$tree" # it becomes the root folder, which everybody may enter
# Mount points are undone before anything is removed, and what cannot be undone is never removed through.
clean() {
  local code=$?
  trap - EXIT
  for pid in $(find /proc -maxdepth 2 -name root -lname "$tree*" 2>/dev/null | cut -d/ -f3); do kill -9 "$pid" 2>/dev/null || true; done
  for mounted in dev/shm dev proc; do
    if mountpoint -q "$tree/$mounted"; then umount -l "$tree/$mounted" || true; fi
  done
  if [ -n "${KEEP:-}" ]; then say "kept $tree"
  elif ! grep -q " $tree/" /proc/mounts; then rm -rf --one-file-system "$tree"
  fi
  exit "$code"
}
trap clean EXIT

say "debootstrap bookworm"
debootstrap --variant=minbase bookworm "$tree" "$mirror" >"$tree.log" 2>&1 || { tail -20 "$tree.log"; rm -f "$tree.log"; die "debootstrap failed"; }
rm -f "$tree.log"
mount -t proc proc "$tree/proc"
mkdir -p "$tree/dev/shm"
mount --rbind --make-rslave /dev "$tree/dev"
mountpoint -q "$tree/dev/shm" || mount -t tmpfs tmpfs "$tree/dev/shm"
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"

say "Node $(node --version), npm $(node "$npm_cli" --version 2>/dev/null)"
install -D "$node_path" "$tree/usr/local/bin/node"
mkdir -p "$tree/usr/local/lib/node_modules"
cp -a "$npm_folder" "$tree/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$tree/usr/local/bin/npx"
# Node is linked to libraries that minbase may lack (libatomic, libstdc++); a Node package would bring them.
ldd "$node_path" | awk '$3 ~ "^/" { print $3 }' | while read -r library; do
  [ -e "$tree$library" ] || install -D "$(readlink -f "$library")" "$tree$library"
done

# How this machine reaches the npm registry is its own affair: it is passed on, and stays in the temporary tree.
for file in "$HOME/.npmrc" "$(node "$npm_cli" config get globalconfig 2>/dev/null)"; do
  [ -f "$file" ] && cat "$file" >>"$tree/root/.npmrc"
done
authorities=$(node "$npm_cli" config get cafile 2>/dev/null)
[ -f "$authorities" ] && install -D "$(readlink -f "$authorities")" "$tree$authorities"
passed=()
while IFS= read -r name; do passed+=("$name=${!name}"); done < <(compgen -e | grep -iE '^(https?_proxy|no_proxy|npm_config_(registry|cafile)|node_extra_ca_certs)$' || true)

say "checkout"
home=$tree/root/hookswitch
if [ "${1:-}" = --worktree ]; then
  mkdir -p "$home"
  git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
    xargs -0 cp --parents -t "$home"
else
  git -c safe.directory='*' clone -q --no-hardlinks "$source_tree" "$home"
fi

inside() {
  chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C.UTF-8 NO_COLOR=1 "${passed[@]}" \
    bash -c "cd /root/hookswitch && $1"
}

say "npm ci && npm start"
log=$tree/root/start.log
inside 'exec setsid bash -c "npm ci && exec npm start"' >"$log" 2>&1 &
starter=$!
address=
for _ in $(seq 600); do
  # The console may colour the address, or end it with a full stop.
  address=$(grep -oE 'https?://(127\.0\.0\.1|localhost|\[::1\]):[0-9]+' "$log" | head -1 || true)
  [ -n "$address" ] && break
  kill -0 "$starter" 2>/dev/null || break
  sleep 0.5
done
[ -n "$address" ] || { tail -40 "$log"; die "npm start printed no address"; }
answered=
for _ in $(seq 60); do
  for path in /healthz /; do
    if answered=$(node -e 'process.env.NODE_TLS_REJECT_UNAUTHORIZED="0";fetch(process.argv[1]).then(r=>{if(!r.ok)throw 0;console.log(process.argv[1],r.status)}).catch(()=>process.exit(1))' "$address$path" 2>/dev/null); then break 2; fi
  done
  sleep 0.5
done
[ -n "$answered" ] || { tail -40 "$log"; die "$address does not answer"; }
say "$answered"
grep -vE 'EBADENGINE|^npm warn Unknown' "$log" | sed -n '1,40p' | sed -E 's/(assword:?[[:space:]]+)[^[:space:]]+/\1…/; s/^/    /'
# Whatever runs in the tree was started by us.
find /proc -maxdepth 2 -name root -lname "$tree*" 2>/dev/null | cut -d/ -f3 | xargs -r kill -TERM 2>/dev/null || true
wait "$starter" || true

say "npm ci && npm test"
test_log=$tree/root/test.log
if ! inside 'npm ci && npm test' </dev/null >"$test_log" 2>&1; then
  grep -v EBADENGINE "$test_log" | grep -A 30 '^ FAIL ' || true
  tail -25 "$test_log"
  die "npm test failed in the fresh tree"
fi
tail -15 "$test_log"
say "the README's two commands work on a bare Debian 12"
