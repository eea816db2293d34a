#!/usr/bin/env bash
# Kills the server 50 times under load and checks that every record it acknowledged is there once, in order.
#   bench/kill9.sh [--kills N] [--seed N] [--history] [--no-build] ...   (--help for all)
# Exit: 0 verified, 1 could not be carried out, 3 records lost or doubled. The last line sums up.
set -euo pipefail
directory=$(cd "$(dirname "$0")" && pwd)
. "$directory/e2e/prepare.sh"

arguments=()
build=yes
for argument in "$@"; do
  case "$argument" in
    --no-build) build=no ;;
    -h | --help) exec python3 "$directory/e2e/kill9.py" --help ;;
    *) arguments+=("$argument") ;;
  esac
done

require_tools
build_durable_clients
if [ "$build" = yes ]; then build_server; fi
exec python3 "$directory/e2e/kill9.py" ${arguments[@]+"${arguments[@]}"}
