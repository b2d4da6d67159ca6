#!/usr/bin/env bash
# Coverage-guided fuzzing of the readers and of the page's server.
#
#   fuzz/run.sh [--seconds N] [TARGET...]
#
# A target is CLASS or CLASS.METHOD, such as CheckpointFuzzTest.anyFile; without one, all are run in
# turn, an hour each. Corpora are kept in fuzz/target/corpus and gone on from. A finding is written
# among the inputs of its target, where the tests try it from then on. The last lines are a table:
# executions, edges covered, inputs kept, findings.
set -euo pipefail
cd "$(dirname "$0")"

seconds=3600
if [ "${1:-}" = --help ]; then
  sed -n '2,9s/^# \{0,1\}//p' run.sh
  exit 0
fi
if [ "${1:-}" = --seconds ]; then
  seconds=$2
  shift 2
fi

tests=src/test/java
all=()
while IFS= read -r file; do
  class=${file#"$tests"/}
  class=${class%.java}
  for method in $(grep -A2 '@FuzzTest' "$file" | grep -oE 'void [A-Za-z0-9]+\(' | sed 's/void //; s/(//'); do
    all+=("${class//\//.}.$method")
  done
done < <(find "$tests" -name '*FuzzTest.java' | sort)

targets=()
if [ $# -eq 0 ]; then
  targets=("${all[@]}")
fi
for wanted in "$@"; do
  found=false
  for target in "${all[@]}"; do
    case ".$target." in *".$wanted."*) targets+=("$target"); found=true ;; esac
  done
  if [ "$found" = false ]; then
    printf 'no target %s; there are:\n' "$wanted" >&2
    printf '  %s\n' "${all[@]}" >&2
    exit 2
  fi
done

echo "Building..."
(cd .. && mvn -q -B -ntp -T1 -pl fuzz -am test-compile \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
  -Dmdep.outputFile=target/classpath)
classpath="target/test-classes:$(cat target/classpath)"

table=$(printf '%-52s %12s %8s %8s %8s' target executions edges kept findings)
failed=0
for target in "${targets[@]}"; do
  class=${target%.*}
  method=${target##*.}
  corpus=target/corpus/$target
  log=target/logs/$target.log
  findings=src/test/resources/${class//.//}Inputs/$method
  mkdir -p "$corpus" target/logs "$findings"
  before=$(find "$findings" -type f | wc -l)
  echo "$(date +%H:%M) $target for $seconds s, log in fuzz/$log"
  # A file that takes more than five seconds or 512 MB is a finding as much as a raw exception.
  java -Xmx512m -Djava.awt.headless=true -cp "$classpath" com.code_intelligence.jazzer.Jazzer \
    --target_class="$class" --target_method="$method" \
    --instrumentation_includes='io.facepipeline.**' --hooks=true --disabled_hooks='*' --keep_going=20 \
    --reproducer_path=target/logs -artifact_prefix="$findings/" \
    -max_total_time="$seconds" -timeout=5 -rss_limit_mb=0 "$corpus" >"$log" 2>&1 || failed=1
  found=$(($(find "$findings" -type f | wc -l) - before))
  rmdir "$findings" 2>/dev/null || true
  last=$(grep -aoE '^#[0-9]+.*cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -n 1 || true)
  row=$(sed -E 's/^#([0-9]+).*cov: ([0-9]+) ft: [0-9]+ corp: ([0-9]+).*/\1 \2 \3/' <<<"${last:-0 0 0}")
  # shellcheck disable=SC2086
  table+=$(printf '\n%-52s %12s %8s %8s %8s' "${target#io.facepipeline.}" $row "$found")
done
echo "$table"
exit $failed
