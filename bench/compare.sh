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
PASSES=${PASSES:-3}                             # how often a round goes through them: filling and emptying the service is less of it
ROUNDS=${ROUNDS:-3}
IDLE_COUNT=${IDLE_COUNT:-1000}
MEMORY_REQUESTS=${MEMORY_REQUESTS:-20000}       # 200000 for the full claim; 0 skips
THREADS=${THREADS:-$(nproc)}
CONNECTIONS=${CONNECTIONS:-100}                 # as many texts as the admission gate lets run at once
BATCH=${BATCH:-100}                             # texts a request of /predict/batch
SERVICE=${SERVICE:-}                            # an executable already published; empty publishes this tree
OUT=${OUT:-bench/results/compare-$(date -u +%F).md}

# Two replicas, of which only one is asked at a time: "two" with two speeds, as the service is by default, "full" with the full model alone.
# Misses are measured: the prediction cache is off, and the answers' cached field is counted as a check.
declare -A pid url settings=([two]= [full]=MLOPS_CASCADE_ENABLED=false) speeds=([two]=--two-speeds [full]=)
start() { # name
  local port
  port=$(free_port)
  url[$1]=http://127.0.0.1:$port/api/v1/predict
  local begun=${EPOCHREALTIME/./}
  start_replica "$port" MLOPS_PREDICTION_CACHE_ENABLED=false ${settings[$1]}
  ready_ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
  pid[$1]=$replica
}
# What was answered is counted in the result, so a failure does not end the run.
load() { # name, options...
  local name=$1
  shift
  bench load --url "${url[$name]}" --pid "${pid[$name]}" "$@" || true
}

load_before=$(cut -d' ' -f1-3 /proc/loadavg)

build
for ((round = 1; round <= ROUNDS; round++)); do
  say "start $round"
  start two
  printf '{"ready_ms": %d}\n' "$ready_ms" | tee "$work/start-$round.json"
  ((round == ROUNDS)) || stop "${pid[two]}"
done
start full

bare_port=$(free_port)
dotnet "$work/bench/KubeSentiment.Bench.dll" bare --port "$bare_port" >"$work/bare.log" 2>&1 &
pid[bare]=$!
url[bare]=http://127.0.0.1:$bare_port/api/v1/predict

if [[ -f $TEXTS ]]; then
  texts=(--texts "$TEXTS" --distinct --limit "$COUNT")

  for name in full two; do
    say "direct, $name: which batches are best"
    bench direct "${texts[@]}" ${speeds[$name]} --threads "$THREADS" --json "$work/sweep-$name-1.json"
  done

  for name in full two; do
    say "warm-up, $name (compiled again where it is hot)"
    load "$name" "${texts[@]}" --connections "$CONNECTIONS" --duration 8
  done

  requests=$((PASSES * ((COUNT + BATCH - 1) / BATCH)))
  for ((round = 1; round <= ROUNDS; round++)); do
    for name in full two; do
      say "misses, round $round, $name: /predict"
      load "$name" "${texts[@]}" --connections "$CONNECTIONS" --warmup 1 --requests $((PASSES * COUNT)) --count-cached --json "$work/predict-$name-$round.json"
      say "misses, round $round, $name: direct"
      bench direct "${texts[@]}" ${speeds[$name]} --threads "$THREADS" --best-of "$work/sweep-$name-1.json" --json "$work/direct-$name-$round.json"
      if [[ $name == full ]]; then
        say "misses, round $round, $name: direct, without the positions that the service leaves out"
        bench direct "${texts[@]}" --spare-tokens --threads "$THREADS" --best-of "$work/sweep-$name-1.json" --json "$work/direct-spared-$round.json"
      fi
      say "misses, round $round, $name: /predict/batch"
      load "$name" "${texts[@]}" --connections 4 --batch "$BATCH" --warmup 1 --requests "$requests" --count-cached --json "$work/batch-$name-$round.json"
    done
    say "bare Kestrel, round $round"
    load bare "${texts[@]}" --connections "$CONNECTIONS" --warmup 2 --duration 3 --json "$work/bare-$round.json"
  done

  idle=(--texts "$TEXTS" --distinct --limit "$IDLE_COUNT")
  one_by_one=(--connections 1 --warmup 1 --requests "$IDLE_COUNT")
  for ((round = 1; round <= ROUNDS; round++)); do
    for name in full two; do
      say "idle latency, round $round, $name"
      load "$name" "${idle[@]}" "${one_by_one[@]}" --json "$work/idle-service-$name-$round.json"
      bench direct "${idle[@]}" ${speeds[$name]} --single --json "$work/idle-direct-$name-$round.json"
    done
    load bare "${idle[@]}" "${one_by_one[@]}" --json "$work/idle-bare-$round.json"
  done
else
  say "SKIPPED misses, idle latency and overhead: there is no $TEXTS (set TEXTS or DATA)"
fi

if [[ -f $TEXTS && -f $LONG_TEXTS ]] && ((MEMORY_REQUESTS > 0)); then
  # Four sentences to one whole review.
  { zcat "$TEXTS" | sed -n '2,20001p'; zcat "$LONG_TEXTS" | sed -n '2,5001p'; } | cut -f2- >"$work/mixed.txt"
  for half in 1 2; do
    say "memory, half $half of $MEMORY_REQUESTS requests"
    load two --texts "$work/mixed.txt" --seed "$half" --connections "$CONNECTIONS" --timeout 30 --requests $((MEMORY_REQUESTS / 2)) --json "$work/memory-$half.json"
  done
else
  say "SKIPPED memory: MEMORY_REQUESTS is 0, or $TEXTS or $LONG_TEXTS is missing"
fi

for name in two full bare; do stop "${pid[$name]}"; done
say "report"
bench report --results "$work" --out "$OUT" --commit "$commit" --notes "Load average before: $load_before."
