# Sourced by the scripts above, with $directory set to the bench directory: the tools they need, and what they build.

# Installs the C compiler, make, librdkafka and python3 where they are missing and apt can install them.
require_tools() {
  local missing=()
  command -v cc >/dev/null || missing+=(gcc)
  command -v make >/dev/null || missing+=(make)
  command -v python3 >/dev/null || missing+=(python3)
  [ -e /usr/include/librdkafka/rdkafka_mock.h ] || missing+=(librdkafka-dev)
  [ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "missing: ${missing[*]}; install them with apt-get as root" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "installing ${missing[*]}" >&2
  ${as_root[@]+"${as_root[@]}"} apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null ||
    { echo "cannot install ${missing[*]}; try apt-get update first" >&2; exit 1; }
}

build_load_generator() { make -s -C "$directory/e2e"; }

build_durable_clients() { make -s -C "$directory/../tests/GrainStream.Conformance.Tests/clients"; }

build_server() {
  command -v dotnet >/dev/null || { echo "dotnet is missing: install the .NET 10 SDK" >&2; exit 1; }
  echo "building the server and the command line" >&2
  local output project
  for project in Server Cli; do
    output=$(dotnet build -c Release -v q --nologo "$directory/../src/GrainStream.$project" 2>&1) || { echo "$output" >&2; exit 1; }
  done
}

# The programs that measure groups need the librdkafka that comes with kafka-javascript.
build_group_load() {
  local clients="$directory/../tests/GrainStream.Conformance.Tests/clients/kafka-javascript"
  [ -e "$clients/node_modules/@confluentinc/kafka-javascript/build/deps/librdkafka.so.1" ] ||
    { echo "kafka-javascript is not built: run ./test.sh --filter Nothing once, which installs and builds it" >&2; exit 1; }
  make -s -C "$directory/e2e" groups
}
