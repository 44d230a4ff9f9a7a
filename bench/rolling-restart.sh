#!/usr/bin/env bash
# Restarts two replicas one after the other, again and again, behind a plain TCP proxy that gives connections out in turn, under load: no request may fail.
# Writes bench/results/rolling-restart-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
RESTARTS=${RESTARTS:-6}
DRAIN=${DRAIN:-3}                               # MLOPS_SHUTDOWN_DRAIN_SECONDS
RATE=${RATE:-300}
OUT=${OUT:-bench/results/rolling-restart-$(date -u +%F).md}

build
ports=("$(free_port)" "$(free_port)")
proxy_port=$(free_port)
replicas=()
for i in 0 1; do
  start_replica "${ports[i]}" MLOPS_SHUTDOWN_DRAIN_SECONDS="$DRAIN"
  replicas[i]=$replica
done
dotnet "$work/bench/KubeSentiment.Bench.dll" balance --port "$proxy_port" --backend "${ports[0]}" --backend "${ports[1]}" >"$work/proxy.log" 2>&1 &
sleep 1

duration=$((RESTARTS * (DRAIN + 5) + 5))
bench load --url "http://127.0.0.1:$proxy_port/api/v1/predict" --texts "$TEXTS" --distinct --limit 20000 --rate "$RATE" --poisson --max-in-flight 64 \
  --warmup 2 --duration "$duration" | tee "$work/load.txt" &
running=$!
sleep 4
for ((n = 0; n < RESTARTS; n++)); do
  i=$((n % 2))
  kill "${replicas[i]}"
  status=0
  wait "${replicas[i]}" || status=$?
  start_replica "${ports[i]}" MLOPS_SHUTDOWN_DRAIN_SECONDS="$DRAIN"
  replicas[i]=$replica
  echo "restart $((n + 1)): replica $((i + 1)) ended with exit code $status and is back" | tee -a "$work/restarts.txt"
  sleep 1
done
wait "$running"

{
  page_head "Rolling restart"
  printf '\n%s restarts of two replicas in turn, %s s to drain, %s requests/s on up to 64 kept connections through `bench balance`.\n' "$RESTARTS" "$DRAIN" "$RATE"
  printf '\n```\n'
  cat "$work/load.txt" "$work/restarts.txt"
  printf '```\n'
} >"$OUT"
say "$OUT"
