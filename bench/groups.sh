#!/usr/bin/env bash
# Measures consumer groups: rebalances, idle groups, and synchronous commits beside the disk's own rate. See README.md.
#   bench/groups.sh [--quick] [--only rebalance|idle|commits] [--no-build] ...   (--help for all)
set -euo pipefail
directory=$(cd "$(dirname "$0")" && pwd)

arguments=()
build=yes
for argument in "$@"; do
  case "$argument" in
    --no-build) build=no ;;
    -h | --help) exec python3 "$directory/e2e/groups.py" --help ;;
    *) arguments+=("$argument") ;;
  esac
done

. "$directory/e2e/prepare.sh"
require_tools
build_group_load
if [ "$build" = yes ]; then build_server; fi
exec python3 "$directory/e2e/groups.py" ${arguments[@]+"${arguments[@]}"}
