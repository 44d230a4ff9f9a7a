#!/usr/bin/env bash
# Measures what overload does: one replica at 80 % of its capacity, then at three times its capacity; writes bench/results/overload-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
SECONDS_WARM_UP=${SECONDS_WARM_UP:-30}          # until code is compiled for speed: measured sooner, the capacity is too low and three times it no such thing
SECONDS_CALM=${SECONDS_CALM:-30}
SECONDS_OVERLOAD=${SECONDS_OVERLOAD:-60}
CONNECTIONS=${CONNECTIONS:-100}                 # closed loop that finds the capacity: as many as the gate lets in
IN_FLIGHT=${IN_FLIGHT:-3000}                    # open loop: never short of connections
POOLED=${POOLED-1}                              # the connection used last is used next, as by callers with pools; POOLED= uses all in turn, as by IN_FLIGHT callers with one each
PIN=${PIN:-}                                    # cores of the replica; start the script itself on the others (taskset -c 1) and the client takes nothing from it
CACHE_ENTRIES=${CACHE_ENTRIES:-}                # answers in memory: a Zipf stream is replayed of which they know a part; without it every text costs a run of the model
OUT=${OUT:-bench/results/overload-$(date -u +%F).md}

build
port=$(free_port)
url=http://127.0.0.1:$port/api/v1/predict
if [[ -n $CACHE_ENTRIES ]]; then
  bench stream --texts "$TEXTS" --distinct --count 1000000 --hit-rate 0.88 --out "$work/stream.txt"
  start_replica "$port" MLOPS_PREDICTION_CACHE_MAX_SIZE="$CACHE_ENTRIES"
  texts=(--texts "$work/stream.txt" --count-cached)
else
  start_replica "$port" MLOPS_PREDICTION_CACHE_ENABLED=false
  texts=(--texts "$TEXTS" --distinct --limit 20000)
fi
load() { bench load --url "$url" "${texts[@]}" --pid "$replica" "$@" || true; }

say "warm-up"
load --connections "$CONNECTIONS" --duration "$SECONDS_WARM_UP" >/dev/null
say "capacity"
load --connections "$CONNECTIONS" --warmup 1 --duration 15 --json "$work/capacity.json" | tee "$work/capacity.txt"
capacity=$(field "$work/capacity.json" requests_per_second)
rate() { awk -v c="$capacity" -v f="$1" 'BEGIN { printf "%.0f", c * f }'; }

say "80 % of capacity"
load --rate "$(rate 0.8)" --poisson ${POOLED:+--pooled} --max-in-flight "$IN_FLIGHT" --warmup 3 --duration "$SECONDS_CALM" | tee "$work/calm.txt"
say "three times the capacity"
load --rate "$(rate 3)" --poisson ${POOLED:+--pooled} --max-in-flight "$IN_FLIGHT" --warmup 3 --duration "$SECONDS_OVERLOAD" --json "$work/overload.json" | tee "$work/overload.txt" &
running=$!
sleep $((SECONDS_OVERLOAD / 2))
for probe in live ready metrics; do
  curl -s -o /dev/null -w "/$probe %{http_code} in %{time_total} s\n" "http://127.0.0.1:$port/$probe"
done | tee "$work/probes.txt"
curl -s "http://127.0.0.1:$port/api/v1/load" | tee "$work/load.txt"
wait "$running"
say "after it"
load --connections "$CONNECTIONS" --warmup 1 --duration 15 --json "$work/after.json" | tee "$work/after.txt"

{
  page_head "Overload"
  echo
  if [[ -n $PIN ]]; then echo "The replica has core $PIN, the client others: what refusals cost is missing from the goodput."; else
    echo 'Client and service share the cores: what refusals and the client cost is missing from the goodput.'; fi
  if [[ -n $POOLED ]]; then echo "Callers with pools: of $IN_FLIGHT connections the one used last is used next."; else echo "$IN_FLIGHT callers with a connection each."; fi
  [[ -z $CACHE_ENTRIES ]] || echo "A Zipf stream of a million texts, of which memory holds $CACHE_ENTRIES answers."
  awk -v before="$capacity" -v after="$(field "$work/after.json" requests_per_second)" -v good="$(field "$work/overload.json" requests_per_second)" \
    'BEGIN { printf "Goodput %.0f requests/s, capacity before %.0f and after %.0f: %.0f %% of their mean.\n", good, before, after, 200 * good / (before + after) }'
  for part in "capacity:Capacity, closed loop" "calm:80 % of it, open loop" "overload:Three times of it, open loop" "probes:Probes in the middle of it" "load:/api/v1/load in the middle of it" "after:Capacity after it"; do
    printf '\n## %s\n\n```\n' "${part#*:}"
    cat "$work/${part%%:*}.txt"
    printf '```\n'
  done
} >"$OUT"
say "$OUT"
