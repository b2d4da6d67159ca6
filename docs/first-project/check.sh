#!/usr/bin/env bash
# See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: docs/first-project/check.sh [--jdk HOME]... [--repository DIR] [--help]

Builds the project of somebody who has never seen this one, docs/first-project, against the installed artifacts and with
one dependency, and runs it on the class path and on the module path. It must name the person in one photo of the album
whom it was shown in another, and not name a stranger.

  --jdk HOME        compile and run with this JDK (17 or newer); several may be given (default: JAVA_HOME, else the
                    one on the PATH)
  --repository DIR  install into this local repository, and resolve from it (default: Maven's own)

MVN names the Maven to use (default: mvn).
TEXT
}

fail() { echo "first-project: $*" >&2; exit 2; }

jdks=() repository=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --help|-h) usage; exit 0 ;;
    --jdk|--repository)
      [[ $# -ge 2 ]] || fail "$1 wants a folder; --help tells more"
      if [[ $1 == --jdk ]]; then
        [[ -x $2/bin/javac ]] || fail "no JDK in $2"
        jdks+=("$2")
      else
        mkdir -p "$2"
        repository=("-Dmaven.repo.local=$(cd "$2" && pwd)")
      fi
      shift 2 ;;
    *) fail "unknown option '$1'; --help tells more" ;;
  esac
done
if [[ ${#jdks[@]} -eq 0 ]]; then
  jdks=("${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}")
fi

cd "$(dirname "$0")/../.."
mvn=("${MVN:-mvn}" -B -ntp -q "${repository[@]}")
"${mvn[@]}" -Dquick -pl .,bom,models -am install
people=$PWD/examples/src/main/resources/album/people
ada=$people/ada/ada_1.jpg
cd docs/first-project

named() { # WHERE COMMAND...: the command, with the photos of a known person and of another
  local where=$1 known other
  shift
  known=$("$@" "$people/ada/ada_3.jpg")
  other=$("$@" "$people/bao/bao_1.jpg")
  echo "$where: $known / $other"
  [[ $known == ada* && $other == unknown* ]] || { echo "first-project: named wrong: $where" >&2; exit 1; }
}

for jdk in "${jdks[@]}"; do
  version=$("$jdk/bin/java" -version 2>&1 | head -1)
  JAVA_HOME=$jdk "${mvn[@]}" clean compile dependency:build-classpath -Dmdep.outputFile=target/path
  path=target/classes:$(<target/path)
  # From 24 on, Java prints a warning for every library that loads native code without leave.
  leave=(--enable-native-access=ALL-UNNAMED)
  named "$version, class path" "$jdk/bin/java" "${leave[@]}" -cp "$path" com.example.team.NameAFace "$ada"
  leave=(--enable-native-access=com.microsoft.onnxruntime)
  named "$version, module path" "$jdk/bin/java" "${leave[@]}" -p "$path" -m com.example.team/com.example.team.NameAFace "$ada"
done
