#!/bin/sh
# Switches the Workers' workers.dev addresses on or off, now or later: ./schedule.sh --help
#
# Only a launcher, because the shells and the `date` of macOS and Linux agree on little: it finds this folder, sees to it that the
# project's own Node is there, and hands over to scripts/schedule/main.ts. Plain POSIX sh.
set -eu

here=$0
while [ -L "$here" ]; do # called through a link; `readlink -f` is missing on older macOS
  link=$(readlink "$here")
  case $link in
    /*) here=$link ;;
    *) here=$(dirname "$here")/$link ;;
  esac
done
root=$(CDPATH="" cd -- "$(dirname "$here")" && pwd -P)
node=$root/node_modules/.bin/node

if [ ! -x "$node" ]; then
  if ! command -v node >/dev/null 2>&1; then
    echo 'schedule.sh: Node.js 20 or newer is needed: https://nodejs.org' >&2
    exit 1
  fi
  node "$root/scripts/install.js" >&2
fi

exec "$node" "$root/scripts/schedule/main.ts" ${1+"$@"}
