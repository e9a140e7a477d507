#!/usr/bin/env bash
# Passes all tests on a machine with the .NET 10 SDK and nothing else:
# restore as locked, format, build with analyzers as errors, all tests, and the kernels' tests again without AVX-512 and without any
# vector instruction. The last line is the sum: "N passed, N failed", and ", N skipped" where a test had nothing to read.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

step() { printf '\n== %s\n' "$*"; "$@" || { echo "failed: $*" >&2; exit 1; }; }
step dotnet restore --locked-mode
step dotnet build -c Release --no-restore
step dotnet format --verify-no-changes --no-restore

install() { # Debian packages, quietly
    { timeout 300 apt-get install -y --no-install-recommends "$@" \
        || { timeout 120 apt-get update && timeout 300 apt-get install -y --no-install-recommends "$@"; }; } >/dev/null 2>&1
}

passed=0
failed=0
skipped=0
project=Mambascope.Tests
run() { # NAME ENVIRONMENT... -- RUNNER ARGUMENTS...
    local name=$1 log settings=()
    shift
    while [ "$1" != -- ]; do settings+=("$1"); shift; done
    shift
    printf '\n== tests: %s\n' "$name"
    log=$(mktemp)
    env "${settings[@]}" dotnet "tests/$project/bin/Release/net10.0/$project.dll" -noColor "$@" | tee "$log"
    local total bad omitted
    total=$(sed -nE 's/.*Total: ([0-9]+), Errors.*/\1/p' "$log" | tail -n 1)
    bad=$(sed -nE 's/.*Errors: ([0-9]+), Failed: ([0-9]+),.*/\1 + \2/p' "$log" | tail -n 1)
    omitted=$(sed -nE 's/.*Skipped: ([0-9]+),.*/\1/p' "$log" | tail -n 1)
    rm -f "$log"
    if [ -z "$total" ] || [ "$total" -eq 0 ]; then
        echo "the run '$name' executed no test" >&2
        bad=1 total=1 omitted=0
    fi
    failed=$((failed + bad))
    skipped=$((skipped + omitted))
    passed=$((passed + total - (bad) - omitted))
}

# A real SLURM for the test of deploy/slurm. Where it is not there and cannot be installed, that test says so and is skipped.
if ! command -v slurmctld >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    printf '\n== installing slurm for the test of deploy/slurm\n'
    install slurm-wlm munge || echo "slurm-wlm cannot be installed: the test of deploy/slurm is skipped"
fi

kernels=(-namespace Mambascope.Tests.Numerics -namespace Mambascope.Tests.Attention -namespace Mambascope.Tests.Attribution)
run "all" -- 
run "kernels with AVX-512 off" DOTNET_EnableAVX512=0 -- "${kernels[@]}"
run "kernels with all vector instructions off" DOTNET_EnableHWIntrinsic=0 -- "${kernels[@]}"

# The page of `mambascope explore` in a real browser. Where none is there and none can be installed, these tests say so and are skipped.
if ! command -v chromium >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    printf '\n== installing chromium for the tests of the page\n'
    install chromium || echo "chromium cannot be installed: the tests of the page are skipped; MAMBASCOPE_CHROMIUM names one elsewhere"
fi
project=Mambascope.BrowserTests
run "the page in a browser" --

printf '\n%d passed, %d failed' "$passed" "$failed"
# One test reads the original training garments, which are not in the repository (Debian package dataset-fashion-mnist); those of the page
# need a Chromium, one needs SLURM.
[ "$skipped" -eq 0 ] && echo || printf ', %d skipped\n' "$skipped"
[ "$failed" -eq 0 ]
