#!/usr/bin/env bash
# Ten minutes of load while Redis is killed, frozen, or restarted empty every 20 seconds: no request may fail, and the p99 stays under the one without faults plus the lookup budget.
# Writes bench/results/redis-soak-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
SOAK=${SOAK:-600}                               # seconds
RATE=${RATE:-400}                               # requests a second
OUT=${OUT:-bench/results/redis-soak-$(date -u +%F).md}

build
redis_port=$(free_port)
start_redis "$redis_port"
port=$(free_port)
# A memory level that is too small for the stream, so that Redis matters for as long as the run lasts.
start_replica "$port" MLOPS_REDIS_ENABLED=true MLOPS_REDIS_PORT="$redis_port" MLOPS_PREDICTION_CACHE_MAX_SIZE=2000
bench stream --texts "$TEXTS" --distinct --count 200000 --hit-rate 0.6 --out "$work/stream.txt" | tee "$work/stream.out"
load() { bench load --url "http://127.0.0.1:$port/api/v1/predict" --texts "$work/stream.txt" --rate "$RATE" --poisson --max-in-flight 256 --count-cached --pid "$replica" "$@"; }

say "without faults"
load --warmup 10 --duration 60 --json "$work/calm.json" | tee "$work/calm.txt"

say "with faults"
load --duration "$SOAK" --json "$work/soak.json" >"$work/soak.txt" &
running=$!
end=$((SECONDS + SOAK))
for ((n = 0; SECONDS + 20 < end; n++)); do
  sleep 10
  case $((n % 3)) in
    0) kill -9 "$redis"; wait "$redis" 2>/dev/null || true; sleep 10; start_redis "$redis_port"; echo "killed, back after 10 s" ;;
    1) kill -STOP "$redis"; sleep 10; kill -CONT "$redis"; echo "frozen for 10 s" ;;
    2) kill "$redis"; wait "$redis" 2>/dev/null || true; start_redis "$redis_port"; sleep 10; echo "restarted empty" ;;
  esac
done >"$work/fault.txt"
awk '{ count[$0]++ } END { for (fault in count) print count[fault], "times", fault }' "$work/fault.txt" >"$work/faults.txt"
wait "$running" || true
cat "$work/soak.txt" "$work/faults.txt"
curl -s "http://127.0.0.1:$port/api/v1/cache/stats" >"$work/stats.txt"

{
  page_head "Redis soak"
  printf '\nOpen loop, %s requests/s. Lookup budget 50 ms. p99 without faults %s ms, with faults %s ms: must be under their sum.\n' "$RATE" \
    "$(grep -o 'latency .*' "$work/calm.txt" | grep -o 'p99 [0-9.]*' | cut -d' ' -f2)" "$(grep -o 'latency .*' "$work/soak.txt" | grep -o 'p99 [0-9.]*' | cut -d' ' -f2)"
  printf '\n## Without faults, 60 s\n\n```\n'; cat "$work/calm.txt"
  printf '```\n\n## With faults, %s s\n\n```\n' "$SOAK"; cat "$work/soak.txt" "$work/faults.txt"
  printf '```\n\n`GET /api/v1/cache/stats` at the end:\n\n```json\n'; cat "$work/stats.txt"; printf '\n```\n'
} >"$OUT"
say "$OUT"
