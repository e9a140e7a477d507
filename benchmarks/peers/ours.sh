#!/bin/sh
# Our side of the first table of docs/speed.md: one JSON object a line, each with the peak that was measured in the same process.
#
#   benchmarks/peers/ours.sh [THREADS] > ours.jsonl
#
# Needs the .NET SDK and nothing else: the models have random weights of the published sizes, which cost what trained ones cost.
set -eu
cd "$(dirname "$0")/../.."
threads=${1:-2}
dotnet build -c Release -v q src/Mambascope.Cli >&2
for model in random:mamba-130m random:vim-small random:deit-small random:vmamba-tiny; do
    echo "$model, $threads threads" >&2
    dotnet src/Mambascope.Cli/bin/Release/net10.0/Mambascope.Cli.dll bench --model "$model" --threads "$threads" --json | tr -d '\n'
    echo
done
