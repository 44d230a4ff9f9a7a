#!/usr/bin/env bash
# Shows the signals of a live replica: the breaker of Redis as Redis falls silent, dies and comes back, and the scaling advice as load comes and goes (about eight minutes).
# Writes bench/results/signals-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
RECOVERY=${RECOVERY:-5}                         # CIRCUIT_BREAKER_RECOVERY_TIMEOUT, seconds
OUT=${OUT:-bench/results/signals-$(date -u +%F).md}

build
redis_port=$(free_port)
start_redis "$redis_port"
port=$(free_port)
base=http://127.0.0.1:$port
start_replica "$port" MLOPS_REDIS_ENABLED=true MLOPS_REDIS_PORT="$redis_port" CIRCUIT_BREAKER_RECOVERY_TIMEOUT="$RECOVERY"
log=$work/signals.txt
note() { printf '%4d s  %s\n' "$((SECONDS - begun))" "$*" | tee -a "$log"; }
number=0
ask() { # a text that nobody asked before
  number=$((number + 1))
  curl -s -o /dev/null -w '%{http_code}' -d "{\"text\":\"question number $number of $RANDOM\"}" "$base/api/v1/predict"
}
breaker() { curl -s "$base/api/v1/load/circuit-breakers" | grep -o '"name":"redis","state":"[a-z_]*"' | cut -d'"' -f8; }
metric() { curl -s "$base/metrics" | grep "^sentiment_circuit_breaker_$1{name=\"redis\"" | tr '\n' ' '; }
until_open() {
  local asked=0
  while [[ $(breaker) != open ]]; do
    asked=$((asked + 1))
    [[ $(ask) == 200 ]] || note "a request failed"
    ((asked < 100)) || { note "the breaker does not open"; exit 1; }
  done
  sleep 0.5 # metrics are collected at most every 0.3 s
  note "open after $asked requests, all answered 200; $(metric state)"
}

begun=$SECONDS
for i in 1 2 3 4 5; do ask >/dev/null; done
note "Redis runs: $(breaker); $(metric state)"
until_closed() {
  for ((i = 0; i < 60; i++)); do
    [[ $(breaker) != closed ]] || break
    sleep 1
    ask >/dev/null
  done
  note "$(breaker); $(metric transitions_total)"
}
kill -STOP "$redis"
note "Redis frozen: connected, but silent"
until_open
sleep $((RECOVERY + 1))
code=$(ask)
note "after $RECOVERY s one request tries Redis, is answered $code, and finds it still silent: $(breaker); $(metric transitions_total)"
kill -CONT "$redis"
note "Redis goes on"
until_closed
kill -9 "$redis"; wait "$redis" 2>/dev/null || true
note "Redis killed"
until_open
start_redis "$redis_port"
note "Redis is back"
until_closed
kill -9 "$redis"; wait "$redis" 2>/dev/null || true
note "Redis killed again"
until_open
start_redis "$redis_port"
sleep 1
curl -s -X POST "$base/api/v1/load/circuit-breakers/redis/reset" -o /dev/null -w '%{http_code}' >"$work/reset.txt"
note "reset by hand: $(cat "$work/reset.txt"), $(breaker)"

advice() { curl -s "$base/api/v1/load/hpa"; }
up() { grep -o "\"should_scale_$1\":[a-z]*" | cut -d: -f2; }
# Without a cache: what it remembers would soon be no load any more.
stop "$replica"
port=$(free_port)
base=http://127.0.0.1:$port
start_replica "$port" MLOPS_PREDICTION_CACHE_ENABLED=false
begun=$SECONDS
note "scaling: idle; $(advice)"
bench load --url "$base/api/v1/predict" --texts "$TEXTS" --distinct --limit 100000 --connections 100 --duration 90 >/dev/null 2>&1 &
running=$!
until [[ $(advice | up up) == true ]]; do sleep 0.2; ((SECONDS - begun < 100)) || break; done
note "load of 100 connections: should_scale_up turns; $(advice)"
sleep 65
note "65 s later; $(advice)"
wait "$running" || true
note "load ends; $(advice)"
until [[ $(advice | up up) == false ]]; do sleep 1; done
note "should_scale_up ends; $(advice)"
until [[ $(advice | up down) == true ]]; do sleep 2; ((SECONDS - begun < 600)) || break; done
note "should_scale_down turns; $(advice)"

{
  page_head "Signals"
  printf '\n```\n'
  cat "$log"
  printf '```\n'
} >"$OUT"
say "$OUT"
