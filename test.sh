#!/usr/bin/env bash
# Builds everything and runs every test. Needs the .NET 10 SDK and Node 20 or newer; fetches the rest by itself.
# The last line says how many passed and how many failed. With --container it also builds what the Dockerfile builds, and tries it: minutes more.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=${CONFIGURATION:-Debug}
passed=0
failed=0

find_chromium() {
  for candidate in "${CHROMIUM_PATH:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      echo "$candidate"
      return
    fi
  done
}

if [ -z "$(find_chromium)" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests…"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
CHROMIUM_PATH=$(find_chromium)
if [ -z "$CHROMIUM_PATH" ]; then
  echo "The browser tests need Chromium: install it, or set CHROMIUM_PATH to it, and run ./test.sh again." >&2
  echo "0 passed, 1 failed"
  exit 1
fi
export CHROMIUM_PATH

if ! command -v redis-server >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Redis for the tests of replicas…"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
if ! command -v redis-server >/dev/null; then
  echo "The tests of replicas need redis-server: install it, and run ./test.sh again." >&2
  echo "0 passed, 1 failed"
  exit 1
fi

if ! dotnet build OpsConsole.sln --configuration "$configuration" -m --verbosity quiet; then
  echo "The build failed; no test was run." >&2
  echo "0 passed, 1 failed"
  exit 1
fi

# Runs a command that ends with the summary of node --test, and counts it; a run that ended without one has failed.
count_node_tests() {
  local report status good bad
  report=$("$@" 2>&1)
  status=$?
  good=$(sed -nE 's/^(# |ℹ )pass ([0-9]+)$/\2/p' <<<"$report" | tail -n 1)
  bad=$(sed -nE 's/^(# |ℹ )fail ([0-9]+)$/\2/p' <<<"$report" | tail -n 1)
  if [ $status -ne 0 ]; then
    echo "$report"
    [ "${bad:-0}" = 0 ] && bad=1
  fi
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
}

echo "== wwwroot-assets"
count_node_tests npm --prefix wwwroot-assets test --silent

for project in OpsConsole.Tests OpsConsole.AdapterTests OpsConsole.BrowserTests; do
  echo "== $project"
  log=$(mktemp)
  "tests/$project/bin/$configuration/net10.0/$project" -noColor | tee "$log"
  summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -n 1)
  rm -f "$log"
  if [[ $summary =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+) ]]; then
    bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
    failed=$((failed + bad))
    passed=$((passed + BASH_REMATCH[1] - BASH_REMATCH[3] - BASH_REMATCH[4]))
  else
    echo "$project ended without a summary." >&2
    failed=$((failed + 1))
  fi
done

if [ "${1:-}" = --container ]; then
  echo "== Container"
  count_node_tests node --test tests/Container/
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
