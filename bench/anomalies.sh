#!/usr/bin/env bash
# Measures what looking for odd predictions costs: replicas with the detector and without, asked in turn; writes bench/results/anomalies-YYYY-MM-DD.md. Needs taskset.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
STARTS=${STARTS:-8}                             # two processes of one program differ by some percent for as long as they live: new ones, as often
ROUNDS=${ROUNDS:-3}
MISSES=${MISSES:-4000}                          # texts a round that the model scores
OUT=${OUT:-bench/results/anomalies-$(date -u +%F).md}

# "same" is another replica without the detector: what it differs by is chance.
SIDES=(on off same)
declare -A ports pids_of
start() { # stream, settings...
  local stream=$1 side port
  shift
  for side in "${SIDES[@]}"; do
    port=$(free_port)
    start_replica "$port" "MLOPS_ANOMALY_BUFFER_ENABLED=$([[ $side == on ]] && echo true || echo false)" "$@"
    ports[$stream-$side]=$port pids_of[$stream-$side]=$replica
  done
}
ask() { # stream-side, result, options...
  local name=$1 result=$2
  shift 2
  ${client:-} dotnet "$work/bench/KubeSentiment.Bench.dll" load --url "http://127.0.0.1:${ports[$name]}/api/v1/predict" --texts "$TEXTS" --distinct --pid "${pids_of[$name]}" \
    --json "$work/$result.json" "$@" >"$work/last.txt"
}
# Each round asks all three, each time in another order. Results are NAME-START-ROUND.json; round 0 is the warm-up.
measure() { # stream, start, options of the warm-up, --, options of a round
  local stream=$1 start=$2 round i warmup=()
  shift 2
  while [[ $1 != -- ]]; do warmup+=("$1"); shift; done
  shift
  for ((round = 0; round <= ROUNDS; round++)); do
    for i in 0 1 2; do
      side=${SIDES[(i + round + start) % 3]}
      if ((round == 0)); then ask "$stream-$side" warm-up "${warmup[@]}"; else ask "$stream-$side" "$stream-$side-$start-$round" "$@"; fi
    done
  done
}

build
for ((start = 1; start <= STARTS; start++)); do
  say "start $start of $STARTS"
  # Hits cost least, so the detector's share is largest there: they are measured on one core, with the client on the other.
  PIN=0 start hits
  client="taskset -c 1" measure hits "$start" --limit 500 --connections 16 --duration 6 -- --limit 500 --connections 16 --warmup 0.3 --duration 2
  for side in "${SIDES[@]}"; do stop "${pids_of[hits-$side]}"; done
  # Misses have both cores, and the cache is off.
  start misses MLOPS_PREDICTION_CACHE_ENABLED=false
  measure misses "$start" --limit $((2 * MISSES)) --connections 64 --requests $((2 * MISSES)) -- --limit "$MISSES" --skip $((start * MISSES)) --connections 64 --requests "$MISSES"
  statistics=$(curl -s "http://127.0.0.1:${ports[misses-on]}/api/v1/anomalies/stats")
  for side in "${SIDES[@]}"; do stop "${pids_of[misses-$side]}"; done
done

# A side's median of a start.
of_start() { # stream-side, field, start
  rounds "$1-$3" "$2" | median
}
# Ratios to "off", a line each start.
ratios() { # stream, side, field
  local start
  for ((start = 1; start <= STARTS; start++)); do
    awk -v a="$(of_start "$1-$2" "$3" "$start")" -v b="$(of_start "$1-off" "$3" "$start")" 'BEGIN { print 100 * a / b }'
  done
}
summary() {
  local sorted
  sorted=$(sort -n)
  printf '%.1f (%.1f to %.1f)' "$(median <<<"$sorted")" "$(head -1 <<<"$sorted")" "$(tail -1 <<<"$sorted")"
}
middle() { for ((start = 1; start <= STARTS; start++)); do of_start "$1" "$2" "$start"; done | median; }
row() { # stream, field, title, unit
  printf '| %s | %s | %.0f | %.0f | %s | %s |\n' "$3" "$4" "$(middle "$1-on" "$2")" "$(middle "$1-off" "$2")" "$(ratios "$1" on "$2" | summary)" "$(ratios "$1" same "$2" | summary)"
}
{
  page_head "What inspection costs"
  printf '\n%s starts of three replicas each, with the detector, without, and without once more; %s rounds a start, the three in turn. Ratios: median of the starts, lowest and highest. ' "$STARTS" "$ROUNDS"
  printf 'Off / off is what chance does.\n\n'
  printf '| stream | figure | on | off | on / off, %% | off / off, %% |\n| --- | --- | --- | --- | --- | --- |\n'
  row hits requests_per_second "hits in memory, one core" requests/s
  row hits cpu_microseconds_per_request "hits in memory, one core" "server CPU, µs a request"
  row misses requests_per_second "misses, two cores" requests/s
  row misses cpu_microseconds_per_request "misses, two cores" "server CPU, µs a request"
  printf '\n`GET /api/v1/anomalies/stats` of a replica that answered misses, in the end:\n\n```json\n%s\n```\n' "$statistics"
} >"$OUT"
cat "$OUT"
