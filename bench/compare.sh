#!/usr/bin/env bash
# Measures the service against its baselines, in one run on this machine; writes bench/results/compare-YYYY-MM-DD.md.
# bench/README.md says what each figure means. Everything below can be set from outside:
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}                    # labelled texts
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}     # misses and idle latency: the first $COUNT distinct texts
LONG_TEXTS=${LONG_TEXTS:-$DATA/imdb/test_5k.tsv.gz} # memory: mixed with $TEXTS
COUNT=${COUNT:-5000}
ROUNDS=${ROUNDS:-3}
IDLE_COUNT=${IDLE_COUNT:-1000}
MEMORY_REQUESTS=${MEMORY_REQUESTS:-20000}       # 200000 for the full claim; 0 skips
THREADS=${THREADS:-$(nproc)}
CONNECTIONS=${CONNECTIONS:-64}
BATCH=${BATCH:-100}                             # texts a request of /predict/batch
SERVICE=${SERVICE:-}                            # an executable already published; empty publishes this tree
OUT=${OUT:-bench/results/compare-$(date -u +%F).md}

# Misses are measured: the prediction cache is off, and so is the fast model, which direct calls do not have either; the answers' cached field is counted as a check.
start_service() { # round
  local begun=${EPOCHREALTIME/./}
  start_replica "$port" MLOPS_PREDICTION_CACHE_ENABLED=false MLOPS_CASCADE_ENABLED=false
  service=$replica
  local ready=${EPOCHREALTIME/./}
  printf '{"ready_ms": %d}\n' $(((ready - begun) / 1000)) >"$work/start-$1.json"
  cat "$work/start-$1.json"
}

load_before=$(cut -d' ' -f1-3 /proc/loadavg)

build
port=$(free_port)
url=http://127.0.0.1:$port/api/v1/predict
for ((round = 1; round <= ROUNDS; round++)); do
  say "start $round"
  start_service "$round"
  ((round == ROUNDS)) || stop "$service"
done

bare_port=$(free_port)
dotnet "$work/bench/KubeSentiment.Bench.dll" bare --port "$bare_port" >"$work/bare.log" 2>&1 &
bare=$!
pids+=("$bare")
bare_url=http://127.0.0.1:$bare_port/api/v1/predict

if [[ -f $TEXTS ]]; then
  texts=(--texts "$TEXTS" --distinct --limit "$COUNT")

  say "direct: which batches are best"
  bench direct "${texts[@]}" --threads "$THREADS" --json "$work/sweep-1.json"

  say "warm-up of the service (compiled again where it is hot)"
  bench load --url "$url" "${texts[@]}" --connections "$CONNECTIONS" --duration 8 || true

  requests=$(((COUNT + BATCH - 1) / BATCH))
  for ((round = 1; round <= ROUNDS; round++)); do
    say "misses, round $round: /predict"
    bench load --url "$url" "${texts[@]}" --connections "$CONNECTIONS" --warmup 1 --requests "$COUNT" --count-cached --pid "$service" --json "$work/predict-$round.json" || true
    say "misses, round $round: direct"
    bench direct "${texts[@]}" --threads "$THREADS" --best-of "$work/sweep-1.json" --json "$work/direct-$round.json"
    say "misses, round $round: /predict/batch"
    bench load --url "$url" "${texts[@]}" --connections 4 --batch "$BATCH" --warmup 1 --requests "$requests" --count-cached --pid "$service" --json "$work/batch-$round.json" || true
    say "bare Kestrel, round $round"
    bench load --url "$bare_url" "${texts[@]}" --connections "$CONNECTIONS" --warmup 2 --duration 3 --pid "$bare" --json "$work/bare-$round.json" || true
  done

  idle=(--texts "$TEXTS" --distinct --limit "$IDLE_COUNT")
  for ((round = 1; round <= ROUNDS; round++)); do
    say "idle latency, round $round"
    bench load --url "$url" "${idle[@]}" --connections 1 --warmup 1 --requests "$IDLE_COUNT" --json "$work/idle-service-$round.json" || true
    bench direct "${idle[@]}" --single --json "$work/idle-direct-$round.json"
    bench load --url "$bare_url" "${idle[@]}" --connections 1 --warmup 1 --requests "$IDLE_COUNT" --json "$work/idle-bare-$round.json" || true
  done
else
  say "SKIPPED misses, idle latency and overhead: there is no $TEXTS (set TEXTS or DATA)"
fi

if [[ -f $TEXTS && -f $LONG_TEXTS ]] && ((MEMORY_REQUESTS > 0)); then
  # Four sentences to one whole review.
  { zcat "$TEXTS" | sed -n '2,20001p'; zcat "$LONG_TEXTS" | sed -n '2,5001p'; } | cut -f2- >"$work/mixed.txt"
  for half in 1 2; do
    say "memory, half $half of $MEMORY_REQUESTS requests"
    bench load --url "$url" --texts "$work/mixed.txt" --seed "$half" --connections "$CONNECTIONS" --timeout 30 --requests $((MEMORY_REQUESTS / 2)) --pid "$service" --json "$work/memory-$half.json" || true
  done
else
  say "SKIPPED memory: MEMORY_REQUESTS is 0, or $TEXTS or $LONG_TEXTS is missing"
fi

stop "$service"
stop "$bare"
commit=$(git rev-parse --short HEAD)$(git diff --quiet HEAD -- src models || echo " with changes")
say "report"
bench report --results "$work" --out "$OUT" --commit "$commit" --notes "Load average before: $load_before."
