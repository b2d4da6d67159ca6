#!/usr/bin/env bash
# See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: cli/container-check.sh [--help]

Runs what the Dockerfile says without a container engine: its CMD as another user without rights, with nothing writable
but the data and the temporary folder, and its HEALTHCHECK, which must fail before the page is up and succeed after.
A person must be enrolled over HTTP and still be there in a second run. Needs root, setpriv, unshare and the built
cli/target/facepipeline.jar. The port 8080 must be free.
TEXT
}

[[ ${1:-} != --help && ${1:-} != -h ]] || { usage; exit 0; }
skip() { echo "SKIPPED: container-check: $*" >&2; exit 0; }
fail() { echo "container-check: $*" >&2; exit 1; }

cd "$(dirname "$0")/.."
root=$PWD
[[ $# -eq 0 ]] || fail "unknown option '$1'; --help tells more"
[[ -f cli/target/facepipeline.jar ]] || fail "no cli/target/facepipeline.jar; build it with mvn -Dquick -pl cli -am package"
[[ $(id -u) -eq 0 ]] || skip "only root can become another user"
for tool in setpriv unshare; do command -v "$tool" >/dev/null || skip "no $tool"; done
unshare --mount true 2>/dev/null || skip "this machine allows no mounts"
if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then skip "something else is at port 8080"; fi

# The words of an instruction in JSON's form; bash's double quotes mean the same here.
words() { # INSTRUCTION
  local json
  json=$(grep -E "^$1 " Dockerfile | sed -E 's/^[^[]*\[(.*)\]$/\1/; s/", "/" "/g')
  [[ -n $json ]] || fail "the Dockerfile has no $1"
  eval "words=($json)"
}
words CMD; command=("${words[@]}")
words HEALTHCHECK; health=("${words[@]}")
user=$(sed -n 's/^USER //p' Dockerfile)
[[ $user =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]] || fail "USER $user is not a number, or root"
read -ra variables <<<"$(sed -n 's/^ENV //p' Dockerfile)"

work=$(mktemp -d -p /var/tmp)
server=
stop() {
  if [[ -n $server ]]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
trap 'stop; rm -rf "$work"' EXIT
mkdir "$work"/{app,data,tmp}
cp cli/target/facepipeline.jar "$work/app/"
chown "$user" "$work/data"
chmod 711 "$work"
chmod 700 "$work/data"
chmod 1777 "$work/tmp"

# Nothing can be written but the data and /tmp, as the engine makes it with --read-only; the folders /app and /data, which
# only the image has, lie elsewhere. The network is the same, so that the page can be asked from outside.
inside() { # COMMAND...: as the image's user, without any capability
  exec unshare --mount --propagation private bash -c '
    set -e
    work=$1 user=$2
    shift 2
    mount --bind "$work/data" "$work/data"
    mount --bind "$work/tmp" /tmp
    mount -o remount,ro,bind /
    cd "$work/data"
    exec setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs --bounding-set=-all \
      --inh-caps=-all env "${@//\/data/$work/data}"' bash "$work" "$user" "${@//\/app\//$work/app/}"
}

start() { # the CMD, until the page is up
  (inside "${variables[@]}" HOME=/data "${command[@]}") >"$work/said" 2>&1 &
  server=$!
  local tries=0
  until healthy; do
    kill -0 "$server" 2>/dev/null || { cat "$work/said" >&2; fail "the CMD has ended"; }
    (( ++tries < 120 )) || { cat "$work/said" >&2; fail "not healthy after a minute"; }
    sleep 0.5
  done
}
healthy() { (inside "${health[@]}") >/dev/null 2>&1; }

if (inside touch /etc/written) 2>/dev/null; then fail "the root file system can be written"; fi
(inside touch /data/written /tmp/written) || fail "/data or /tmp cannot be written"
if healthy; then fail "the HEALTHCHECK succeeds although nothing runs"; fi

photo=examples/src/main/resources/album/people/ada/ada_1.jpg
other=examples/src/main/resources/album/people/ada/ada_2.jpg
start
curl -fsS --data-binary "@$photo" "http://127.0.0.1:8080/api/people?label=ada&face=0" >/dev/null
owner=$(awk '$1 == "Uid:" { print $3 }' "/proc/$server/status") # every command above became the next
[[ $owner == "${user%:*}" ]] || fail "the program runs as user $owner"
stop
if healthy; then fail "healthy although it was stopped"; fi
start
curl -fsS --data-binary "@$other" "http://127.0.0.1:8080/api/faces" | grep -q '"label":"ada"' || fail "ada is forgotten"
stop
echo "the container's commands work: user $user, read-only but for /data and /tmp, people kept"
