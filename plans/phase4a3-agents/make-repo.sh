#!/bin/sh
# A repository of the encoder and the founding plan's runners, as they are in the project. Usage: make-repo.sh PROJECT FOLDER
set -eu
rm -rf "$2"
mkdir -p "$2"
cp -R "$1/encoder" "$1/workstreams" "$2"
cd "$2"
find . -name __pycache__ -prune -exec rm -rf {} +
git init -q -b main .
git add -A
git -c user.name=example -c user.email=example@localhost commit -q -m "The encoder before its agents"
