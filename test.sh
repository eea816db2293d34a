#!/usr/bin/env bash
# Builds GrainStream in Release and runs its tests. Usage: ./test.sh --help
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'USAGE'
usage: ./test.sh [--fast] [--full] [--filter EXPRESSION] [--no-install]

  --fast               without the conformance tests (real clients against a real server process), and without installing
                       Azurite: the tests that need it are skipped unless it is there
  --full               conformance tests with the whole of Debian's package index instead of a cut, and 50 kills instead of 5
  --filter EXPRESSION  only tests that match, e.g. --filter Journal or --filter FullyQualifiedName~Prometheus
  --no-install         do not install missing packages; say what is missing and fail

Installs with apt-get (as root or by sudo) and npm what the tests need and is missing: real clients, and Azure's storage emulator.
The last line is "N passed, N failed, N skipped"; a failed build or set-up and a run without any test count as a failure.
USAGE
}

fast=0 full=0 filter="" install=1
while (($#)); do
    case "$1" in
        --fast) fast=1 ;;
        --full) full=1 ;;
        --no-install) install=0 ;;
        --filter) filter="${2:-}"; shift ;;
        --filter=*) filter="${1#--filter=}" ;;
        -h | --help) usage; exit 0 ;;
        *) echo "test.sh: unknown option $1" >&2; usage >&2; exit 64 ;;
    esac
    shift
done

results="$PWD/artifacts/tests"
clients="tests/GrainStream.Conformance.Tests/clients"
python="${GRAINSTREAM_PYTHON:-/usr/bin/python3}"
passed=0 failed=0 skipped=0 finished=0

# Whatever ends this script, its last line is the count.
close() {
    if ((!finished)); then failed=$((failed + 1)); fi
    if ((passed + failed + skipped == 0)); then
        echo "No test ran${filter:+: nothing matches the filter \"$filter\"}."
        failed=1
    fi
    echo "$passed passed, $failed failed, $skipped skipped"
    exit $((failed > 0))
}
trap close EXIT
trap 'echo "Interrupted."; exit 130' INT TERM

give_up() { echo "test.sh: $*" >&2; exit 1; }

python_has() { "$python" -c "import $1" 2>/dev/null; }

has_library() { [[ "$(/sbin/ldconfig -p 2>/dev/null)" == *"$1"* ]]; }

# The folder that has Node.js's own headers below include/node; node-gyp would try to download them.
node_headers() {
    local folder
    for folder in "$(dirname "$(readlink -f "$(command -v node)")")/.." /usr; do
        if [[ -e "$folder/include/node/node.h" ]]; then (cd "$folder" && pwd) && return; fi
    done
}

# Debian packages whose command, header or module is not there.
missing_packages() {
    local -a missing=()
    command -v kcat >/dev/null || missing+=(kcat)
    command -v gcc >/dev/null || missing+=(gcc libc6-dev)
    command -v make >/dev/null || missing+=(make)
    [[ -e /usr/include/librdkafka/rdkafka_mock.h ]] || missing+=(librdkafka-dev)
    command -v "$python" >/dev/null || missing+=(python3)
    python_has confluent_kafka || missing+=(python3-confluent-kafka)
    python_has kafka || missing+=(python3-kafka)
    python_has snappy || missing+=(python3-snappy)
    python_has lz4.frame || missing+=(python3-lz4)
    python_has zstandard || missing+=(python3-zstandard)
    has_library liblz4.so.1 || missing+=(liblz4-1)
    has_library libzstd.so.1 || missing+=(libzstd1)
    has_library libsnappy.so.1 || missing+=(libsnappy1v5)
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    # What librdkafka and its binding to Node.js are built with.
    command -v g++ >/dev/null || missing+=(g++)
    [[ -e /usr/include/openssl/ssl.h ]] || missing+=(libssl-dev)
    [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
    [[ -z "$(node_headers)" ]] && missing+=(libnode-dev)
    echo "${missing[*]}"
}

install_packages() {
    local missing
    missing="$(missing_packages)"
    [[ -z "$missing" ]] && return
    local by_hand="Install them by hand (Debian, Ubuntu: apt-get install $missing), or run ./test.sh --fast, which needs none of them."
    ((install)) || give_up "missing: $missing. $by_hand"
    command -v apt-get >/dev/null || give_up "missing: $missing, and there is no apt-get here. $by_hand"
    local -a as_root=()
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null || give_up "missing: $missing, and installing needs root or sudo without a password. $by_hand"
        as_root=(sudo -n)
    fi

    echo "Installing $missing"
    # shellcheck disable=SC2086 # one word per package
    {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing ||
            { "${as_root[@]}" apt-get update -q &&
                "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; }
    } >"$results/install.log" 2>&1 || { tail -n 15 "$results/install.log"; give_up "apt-get could not install: $missing. $by_hand"; }
    missing="$(missing_packages)"
    [[ -z "$missing" ]] || give_up "still missing after installing: $missing. $by_hand"
}

# Installs what a folder's package-lock.json names.
install_npm() {
    local name="$1" folder="$2"
    [[ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]] && return
    ((install)) || give_up "$name is not installed. Run: (cd $folder && npm ci)"
    echo "Installing $name"
    (cd "$folder" && npm ci --no-audit --no-fund) >"$results/install.log" 2>&1 ||
        { tail -n 15 "$results/install.log"; give_up "npm could not install $name; run it by hand: (cd $folder && npm ci)"; }
    touch "$folder/node_modules/.package-lock.json"
}

# kafka-javascript has librdkafka's sources with it. Its own install step would download a library built elsewhere, or sources of what Debian has:
# so it is built here, against Debian's libraries, one step after the other (with JOBS they would run at once and fail), the thin binding without
# optimizing, which is sooner done.
install_kafka_javascript() {
    local folder="$clients/kafka-javascript" package="node_modules/@confluentinc/kafka-javascript" built
    built="$package/build/Release/confluent-kafka-javascript.node"
    [[ "$folder/$built" -nt "$folder/package-lock.json" ]] && return
    ((install)) || give_up "kafka-javascript is not built. Run ./test.sh without --no-install once."
    echo "Installing kafka-javascript, and building its librdkafka (once; a minute or two)"
    (
        cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund && cd "$package" &&
            env -u JOBS -u MAKEFLAGS CKJS_LINKING=dynamic BUILD_LIBRDKAFKA=1 CXXFLAGS=-O0 npm_config_nodedir="$(node_headers)" \
                npm run install -- --build-from-source
    ) >"$results/install.log" 2>&1 ||
        { tail -n 40 "$results/install.log"; give_up "npm could not build kafka-javascript; all it said is in ${results#"$PWD/"}/install.log"; }
    touch "$folder/$built"
}

# The conformance tests' real input: Debian's package index, or what is installed where apt has no lists.
prepare_index() {
    local index="$results/package-index"
    apt-cache dumpavail >"$index" 2>/dev/null
    if (($(stat -c %s "$index") < 2500000)) && ((install && EUID == 0)) && command -v apt-get >/dev/null; then
        apt-get update -q >"$results/install.log" 2>&1 && apt-cache dumpavail >"$index"
    fi
    if (($(stat -c %s "$index") < 2500000)); then
        echo "Note: apt has no package lists here (apt-get update makes them); the round trips use /var/lib/dpkg/status instead."
        cp /var/lib/dpkg/status "$index" || give_up "no real input for the round trips: neither apt-cache dumpavail nor /var/lib/dpkg/status has any."
    fi
    export GRAINSTREAM_PACKAGE_INDEX="$index"
}

# Prints the end of the log of every server that the failed tests of a results file ran: logs are named after the test class.
show_server_logs() {
    local class log
    grep -o 'testName="[^"]*"[^>]*outcome="Failed"' "$1" | sed -E 's/testName="([^"(]*).*/\1/; s/\.[^.]*$//; s/.*\.//' | sort -u |
        while read -r class; do
            for log in "$results/logs/$class"[-.]*log; do
                [[ -e "$log" ]] || continue
                echo "--- end of ${log#"$PWD/"}"
                tail -n 40 "$log"
            done
        done
}

# Runs one test project's tests and leaves its output and results under $results.
run_project() {
    local name="$1"
    local -a arguments=(--nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx"
        --blame-hang --blame-hang-timeout 10m --blame-hang-dump-type none)
    [[ -n "$filter" ]] && arguments+=(--filter "$filter")
    dotnet test "tests/$name/bin/Release/net10.0/$name.dll" "${arguments[@]}" >"$results/$name.log" 2>&1
    echo $? >"$results/$name.status"
}

attribute() { sed -nE "s/.*<Counters .*\b$1=\"([0-9]+)\".*/\1/p" "$2"; }

# Adds one project's counts to the sums; a run that broke off counts as one more failure.
account() {
    local name="$1" trx="$results/$1.trx" total=0 executed=0 ok=0 status
    status="$(cat "$results/$name.status" 2>/dev/null || echo 1)"
    if [[ -e "$trx" ]]; then
        total="$(attribute total "$trx")" executed="$(attribute executed "$trx")" ok="$(attribute passed "$trx")"
    fi

    local bad=$((${executed:-0} - ${ok:-0})) aside=$((${total:-0} - ${executed:-0}))
    if ((status != 0 && bad == 0)); then bad=1; fi
    passed=$((passed + ${ok:-0})) failed=$((failed + bad)) skipped=$((skipped + aside))
    printf '%-40s %5d passed %4d failed %4d skipped\n' "$name" "${ok:-0}" "$bad" "$aside"
    if ((bad > 0)); then
        cat "$results/$name.log"
        [[ -e "$trx" ]] && show_server_logs "$trx"
    elif ((aside > 0)); then
        grep -E '\[SKIP\]|Skipped ' "$results/$name.log" || true
    fi
}

rm -rf "$results"
mkdir -p "$results/logs"
export GRAINSTREAM_TEST_LOGS="$results/logs" GRAINSTREAM_PYTHON="$python" GRAINSTREAM_CONFORMANCE_FULL="$full"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

command -v dotnet >/dev/null || give_up "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
if ((!fast)); then
    install_packages
    install_npm kafkajs "$clients/kafkajs"
    install_kafka_javascript
    make -s -C "$clients" recent >"$results/install.log" 2>&1 || { cat "$results/install.log"; give_up "the C clients of the tests could not be built."; }
    install_npm Azurite tests/GrainStream.Storage.Azure.Tests/azurite
    prepare_index
fi

echo "Building"
if ! dotnet build GrainStream.sln -c Release --nologo -v q >"$results/build.log" 2>&1; then
    grep -E 'error|warning' "$results/build.log" | sort -u | head -n 40
    give_up "the build failed; all of it is in ${results#"$PWD/"}/build.log"
fi

quick=() slow=()
for project in tests/*/*.Tests.csproj; do
    name="$(basename "$project" .csproj)"
    case "$name" in
        GrainStream.Conformance.Tests) ((fast)) || slow+=("$name") ;;
        *) quick+=("$name") ;;
    esac
done

# Two at a time: enough for the small machines this runs on. Real clients get the machine to themselves: their time-outs are real.
for name in "${quick[@]}"; do
    while (($(jobs -rp | wc -l) >= 2)); do wait -n; done
    run_project "$name" &
done
wait
for name in "${quick[@]}"; do account "$name"; done
for name in ${slow[@]+"${slow[@]}"}; do
    run_project "$name"
    account "$name"
done

finished=1
