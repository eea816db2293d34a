#!/usr/bin/env bash
# The end-to-end benchmark: builds the load generator and the server, measures, prints a table. See README.md.
#   bench/run.sh [--runs 5] [--quick] [--only SCENARIO] [--server HOST:PORT] [--json FILE] [--no-build] ...   (--help for all)
set -euo pipefail
# Paths on the command line are meant from where the command was given.
directory=$(cd "$(dirname "$0")" && pwd)

arguments=()
build=yes
for argument in "$@"; do
  case "$argument" in
    --no-build) build=no ;;
    -h | --help) exec python3 "$directory/e2e/bench.py" --help ;;
    --server | --server=* | --mock-only) build=no && arguments+=("$argument") ;;
    *) arguments+=("$argument") ;;
  esac
done

. "$directory/e2e/prepare.sh"
require_tools
build_load_generator
if [ "$build" = yes ]; then build_server; fi
exec python3 "$directory/e2e/bench.py" ${arguments[@]+"${arguments[@]}"}
