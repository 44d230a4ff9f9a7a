#!/usr/bin/env bash
# Measures what looking for odd predictions costs: two replicas, one with the detector and one without, asked in turn; writes bench/results/anomalies-YYYY-MM-DD.md. Needs taskset.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
ROUNDS=${ROUNDS:-15}
MISSES=${MISSES:-4000}                          # texts a round that the model scores
OUT=${OUT:-bench/results/anomalies-$(date -u +%F).md}

build
# Hits cost least, so the detector's share is largest there: they are measured on one core, with the client on the other. Misses have both cores, and the cache is off.
declare -A ports pids_of
start() { # name, NAME=value...
  local name=$1 port
  shift
  port=$(free_port)
  start_replica "$port" "$@"
  ports[$name]=$port pids_of[$name]=$replica
}
PIN=0 start hits-on
PIN=0 start hits-off MLOPS_ANOMALY_BUFFER_ENABLED=false
start misses-on MLOPS_PREDICTION_CACHE_ENABLED=false
start misses-off MLOPS_PREDICTION_CACHE_ENABLED=false MLOPS_ANOMALY_BUFFER_ENABLED=false

ask() { # name, round, options...
  local name=$1 round=$2
  shift 2
  ${client:-} dotnet "$work/bench/KubeSentiment.Bench.dll" load --url "http://127.0.0.1:${ports[$name]}/api/v1/predict" --texts "$TEXTS" --distinct --pid "${pids_of[$name]}" \
    --json "$work/$name-$round.json" "$@" >"$work/last.txt"
}
for ((round = 0; round <= ROUNDS; round++)); do # round 0 is the warm-up
  say "round $round"
  order=(on off)
  ((round % 2)) || order=(off on)
  for side in "${order[@]}"; do
    client="taskset -c 1" ask "hits-$side" "$round" --limit 500 --connections 16 --warmup 1 --duration $((round ? 3 : 10))
    client= ask "misses-$side" "$round" --limit 100000 --skip $((round * MISSES)) --connections 64 --requests "$MISSES"
  done
done

row() { # name, title
  local on off
  on=$(rounds "$1-on" "$3" | median) off=$(rounds "$1-off" "$3" | median)
  printf '| %s | %s | %s | %s | %s |\n' "$2" "$4" "$on" "$off" \
    "$(paste <(rounds "$1-on" "$3") <(rounds "$1-off" "$3") | awk '{ print 100 * $1 / $2 }' | median)"
}
{
  page_head "What inspection costs"
  printf '\nMedians of %s rounds; the ratio is the median of the ratios of each round, whose two halves follow one another.\n\n' "$ROUNDS"
  printf '| stream | figure | detector on | off | on / off, %% |\n| --- | --- | --- | --- | --- |\n'
  row hits "hits in memory, one core" requests_per_second "requests/s"
  row misses "misses, two cores" requests_per_second "requests/s"
  row misses "misses, two cores" cpu_microseconds_per_request "server CPU, µs a request"
  printf '\n`GET /api/v1/anomalies/stats` of the replica that answered misses:\n\n```json\n%s\n```\n' "$(curl -s "http://127.0.0.1:${ports[misses-on]}/api/v1/anomalies/stats")"
} >"$OUT"
cat "$OUT"
