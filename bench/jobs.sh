#!/usr/bin/env bash
# What a running background job costs requests: open-loop load without a job, with one of 100,000 texts running, and without again. Writes bench/results/jobs-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}     # a header and a column "text"
RATE=${RATE:-200}                               # requests a second
SECONDS_EACH=${SECONDS_EACH:-25}
OUT=${OUT:-bench/results/jobs-$(date -u +%F).md}

build
# No text comes twice: neither the load nor the job finds the other's in the cache.
zcat "$TEXTS" | tail -n +2 | cut -f2 | awk '!seen[$0]++' >"$work/texts.txt"
head -n 30000 "$work/texts.txt" | split -l 10000 -d - "$work/load-"
sed -n '30001,130000p' "$work/texts.txt" | sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&"/' >"$work/job.ndjson"
port=$(free_port)
start_replica "$port"
api=http://127.0.0.1:$port/api/v1
load() { bench load --url "$api/predict" --texts "$1" --rate "$RATE" --poisson --connections 64 --warmup 4 --duration "$SECONDS_EACH" --pid "$replica"; }

say "without a job"
load "$work/load-00" | tee "$work/before.txt"
say "with a job of 100,000 texts"
id=$(curl -sf -T "$work/job.ndjson" -X POST -H 'Content-Type: application/x-ndjson' "$api/batch/predict?timeout_seconds=3600" | sed 's/.*"job_id":"\([^"]*\)".*/\1/')
load "$work/load-01" | tee "$work/during.txt"
curl -sf "$api/batch/status/$id" | tee "$work/status.txt"
curl -sf -o /dev/null -X DELETE "$api/batch/jobs/$id"
say "without again"
load "$work/load-02" | tee "$work/after.txt"

{
  page_head "A job beside requests"
  for part in "before:Without a job" "during:With a job of 100,000 texts running" "status:The job after that" "after:Without again"; do
    printf '\n## %s\n\n```\n' "${part#*:}"
    cat "$work/${part%%:*}.txt"
    printf '\n```\n'
  done
} >"$OUT"
say "$OUT"
