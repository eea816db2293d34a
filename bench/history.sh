#!/usr/bin/env bash
# Writes more through a server than its journal may hold, reads it back whole, and reads it again after a restart. See README.md.
#   bench/history.sh [--gigabytes 20] [--budget 1GiB] [--azurite] [--no-build] ...   (--help for all)
set -euo pipefail
directory=$(cd "$(dirname "$0")" && pwd)

arguments=()
build=yes
for argument in "$@"; do
  case "$argument" in
    --no-build) build=no ;;
    -h | --help) exec python3 "$directory/e2e/history.py" --help ;;
    *) arguments+=("$argument") ;;
  esac
done

. "$directory/e2e/prepare.sh"
require_tools
build_load_generator
if [ "$build" = yes ]; then build_server; fi
exec python3 "$directory/e2e/history.py" ${arguments[@]+"${arguments[@]}"}
