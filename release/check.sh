#!/usr/bin/env bash
# See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: release/check.sh [--once] [--keep DIR] [--version VERSION] [--help]

Builds the release of what is in the working tree into a folder, as "mvn -Prelease deploy" would, and checks that the
folder is what a public Maven repository takes: the artifacts that the BOM names and no others; each with a jar, its
sources, its Javadoc, an SBOM, a pom that needs no parent and has every required field; checksums; signatures.
Then it builds again, at another path, and compares the artifacts byte by byte.

  --once             build once, and do not compare
  --keep DIR         leave the repository in DIR (which must not exist); without, nothing stays
  --version VERSION  release this version (default: the poms' without -SNAPSHOT)

Nothing is installed or sent: the build goes on in a temporary folder, and the signing key is made for the run. Where gpg
is absent, the signatures are left out, and the script says so. Tests are not run. It takes about two minutes a build.
MVN names the Maven to use (default: mvn).
TEXT
}

fail() { echo "release/check.sh: $*" >&2; exit 2; }

once= keep= version=
while [[ $# -gt 0 ]]; do
  case $1 in
    --help|-h) usage; exit 0 ;;
    --once) once=1; shift ;;
    --keep|--version)
      [[ $# -ge 2 ]] || fail "$1 wants a value; --help tells more"
      [[ $1 == --keep ]] && keep=$2 || version=$2
      shift 2 ;;
    *) fail "unknown option '$1'; --help tells more" ;;
  esac
done
[[ -z $keep || ! -e $keep ]] || fail "$keep is there already; give a folder that does not exist"

start=$PWD
cd "$(dirname "$0")/.."
root=$PWD
mvn=${MVN:-mvn}
command -v "$mvn" >/dev/null || fail "Maven is needed, and '$mvn' is not found"
snapshot=$(sed -n 's:^  <version>\(.*\)</version>$:\1:p' pom.xml | head -1)
version=${version:-${snapshot%-SNAPSHOT}}

work=$(mktemp -d)
cleanup() {
  [[ -z ${GNUPGHOME:-} ]] || gpgconf --kill all 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

signed=unsigned sign=()
if command -v gpg >/dev/null; then
  signed=signed
  export GNUPGHOME=$work/gpg
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' \
    --quick-generate-key 'Release check <release-check@example.org>' rsa2048 sign never 2>"$work/gpg.log" \
    || { cat "$work/gpg.log" >&2; fail "gpg made no key"; }
else
  sign=(-Dgpg.skip)
  echo "release/check.sh: no gpg here: signatures are NOT checked" >&2
fi

# A copy, in which the version can be set; the same one for both builds, whatever happens to the working tree meanwhile.
mkdir "$work/source"
git ls-files -z --cached --others --exclude-standard \
  | while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done \
  | tar --null -T - -cf - | tar -C "$work/source" -xf -
find "$work/source" -name pom.xml -exec sed -i "s:<version>$snapshot</version>:<version>$version</version>:" {} +

build() { # NAME [MAVEN OPTION]...
  local name=$1 tree=$work/$1/tree
  shift
  mkdir -p "$work/$name"
  cp -r "$work/source" "$tree"
  echo "build $name of $version …"
  (cd "$tree" && "$mvn" -B -ntp -q -Prelease -Dmaven.test.skip -Dmaven.install.skip -Dspotless.check.skip \
    -Dfacepipeline.url=https://example.org/facepipeline "${sign[@]}" \
    "-DaltDeploymentRepository=local::file:$work/$name/repository" "$@" deploy) >"$work/$name.log" 2>&1 \
    || { tail -n 60 "$work/$name.log" >&2; echo "release/check.sh: the build failed" >&2; exit 1; }
}

build first
arguments=("$work/first/repository" "$version" "$signed")
if [[ -z $once ]]; then
  # The modules that are not published were built once already.
  published=$(printf '%s,' */api.txt | sed 's:/api.txt::g')
  build second-at-another-path -pl "bom,${published%,}" -am
  arguments+=("$work/second-at-another-path/repository")
fi
if [[ -n $keep ]]; then
  cp -r "$work/first/repository" "$(cd "$start" && realpath -m "$keep")"
fi

java release/src/main/java/io/facepipeline/release/CheckArtifacts.java "${arguments[@]}"
if [[ $signed == signed ]]; then
  count=0
  while IFS= read -r -d '' asc; do
    gpg --batch --quiet --verify "$asc" "${asc%.asc}" 2>"$work/gpg.log" \
      || { cat "$work/gpg.log" >&2; echo "release/check.sh: ${asc##*/} does not sign ${asc%.asc}" >&2; exit 1; }
    count=$((count + 1))
  done < <(find "$work/first/repository" -name '*.asc' -print0)
  echo "$count signatures verify"
fi
[[ -n $once ]] || echo "two builds gave the same bytes"
