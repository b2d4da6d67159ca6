#!/usr/bin/env bash
# Builds the project of somebody who has never seen this one: against the installed artifacts, with one dependency.
# It must name the person on one photo of the album whom it was shown on another, and a stranger not.
set -euo pipefail
cd "$(dirname "$0")/../.."

mvn -B -ntp -q -DskipTests -Dmaven.javadoc.skip install -pl .,bom,core,testkit,onnx,detection,embedding,classify,models
album=$PWD/examples/src/main/resources/album
cd docs/first-project
mvn -B -ntp -q clean compile

ask() {
  # Maven may set and reset colours even where nothing is coloured.
  mvn -B -ntp -q exec:java -Dexec.args="$album/people/ada/ada_1.jpg $1" | sed 's/\x1b\[[0-9;]*m//g'
}

known=$(ask "$album/people/ada/ada_3.jpg")
other=$(ask "$album/people/bao/bao_1.jpg")
echo "$known"
echo "$other"
[[ $known == ada* && $other == unknown* ]] || { echo "first-project: named wrong" >&2; exit 1; }
