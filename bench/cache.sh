#!/usr/bin/env bash
# Measures the cache: a Zipf stream over two replicas that share Redis, a third replica that starts warm, hits in each level, and what the cache costs where it never hits.
# Writes bench/results/cache-YYYY-MM-DD.md. Needs redis-server, redis-benchmark and taskset.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
COUNT=${COUNT:-200000}                          # texts in the stream
HIT_RATE=${HIT_RATE:-0.6}                       # what a cache without bounds would answer
ROUNDS=${ROUNDS:-5}
MISSES=${MISSES:-4000}                          # texts a round of the all-miss stream: many short rounds in turn, for the machine's speed changes within seconds
OUT=${OUT:-bench/results/cache-$(date -u +%F).md}

build
redis_port=$(free_port)
start_redis "$redis_port"
with_redis=(MLOPS_REDIS_ENABLED=true MLOPS_REDIS_PORT="$redis_port")
page=$work/page.md
code() { printf '\n```\n'; cat "$@"; printf '```\n'; }

# 1. The stream, plain and with other case and spaces in half of the texts.
for noise in 0 0.5; do
  say "stream, noise $noise"
  redis-cli -p "$redis_port" flushall >/dev/null
  bench stream --texts "$TEXTS" --distinct --count "$COUNT" --hit-rate "$HIT_RATE" --noise "$noise" --out "$work/stream.txt" | tee "$work/stream-$noise.txt"
  port_a=$(free_port); start_replica "$port_a" "${with_redis[@]}" MLOPS_CACHE_FREQUENT_INTERVAL=30; a=$replica
  port_b=$(free_port); start_replica "$port_b" "${with_redis[@]}" MLOPS_CACHE_FREQUENT_INTERVAL=30; b=$replica
  bench load --url "http://127.0.0.1:$port_a/api/v1/predict" --url "http://127.0.0.1:$port_b/api/v1/predict" --texts "$work/stream.txt" \
    --connections 64 --requests "$COUNT" --count-cached --timeout 30 --json "$work/stream-$noise.json" | tee -a "$work/stream-$noise.txt"
  l1=$(field "$work/stream-$noise.json" level1) l2=$(field "$work/stream-$noise.json" level2) computed=$(field "$work/stream-$noise.json" computed)
  awk -v a="$l1" -v b="$l2" -v c="$computed" 'BEGIN { printf "hits       %.2f %% (l1 %.2f %%, l2 %.2f %%)\n", 100*(a+b)/(a+b+c), 100*a/(a+b+c), 100*b/(a+b+c) }' | tee -a "$work/stream-$noise.txt"
  if [[ $noise == 0 ]]; then
    say "a third replica"
    sleep 35 # the replicas write down what is frequent
    port_c=$(free_port); start_replica "$port_c" "${with_redis[@]}"; c=$replica
    bench load --url "http://127.0.0.1:$port_c/api/v1/predict" --texts "$work/stream.txt" --limit 2000 --connections 16 --requests 2000 --count-cached | tee "$work/third.txt"
    stop "$c"
  fi
  stop "$a"; stop "$b"
done

# 2. Hits in Redis: memory holds next to nothing, Redis all; the same Redis asked by its own benchmark.
say "hits in Redis"
port=$(free_port)
start_replica "$port" "${with_redis[@]}" MLOPS_PREDICTION_CACHE_MAX_SIZE=16
few=(--texts "$TEXTS" --distinct --limit 5000)
url=http://127.0.0.1:$port/api/v1/predict
bench load --url "$url" "${few[@]}" --connections 64 --requests 5000 >/dev/null
bench load --url "$url" "${few[@]}" --connections 64 --duration 6 >/dev/null
for ((round = 1; round <= ROUNDS; round++)); do
  bench load --url "$url" "${few[@]}" --connections 64 --duration 4 --count-cached --pid "$replica" --json "$work/l2-$round.json" >"$work/l2.txt"
  redis-benchmark -p "$redis_port" -t get -c 64 -n 100000 -d 40 --csv | tail -1 | cut -d'"' -f4 >"$work/get-$round.txt"
done
stop "$replica"

# 3. A stream without any repetition: the same texts with the cache off and on, in turn; by default, and with the full model alone.
misses() { # port, pid, round, name
  bench load --url "http://127.0.0.1:$1/api/v1/predict" --texts "$TEXTS" --distinct --skip $((60000 + $3 * MISSES)) --limit "$MISSES" --connections 64 \
    --requests "$MISSES" --count-cached --pid "$2" --json "$work/$4-$3.json" >/dev/null
}
for speeds in two one; do
  say "misses, cache off and on, $speeds speeds"
  cascade=MLOPS_CASCADE_ENABLED=$([[ $speeds == two ]] && echo true || echo false)
  off_port=$(free_port); start_replica "$off_port" MLOPS_PREDICTION_CACHE_ENABLED=false "$cascade"; off=$replica
  on_port=$(free_port); start_replica "$on_port" "${with_redis[@]}" "$cascade"; on=$replica
  redis-cli -p "$redis_port" flushall >/dev/null
  for ((round = -9; round <= 5 * ROUNDS; round++)); do # the first ten are the warm-up: code is compiled, and lookups have found nothing for long enough
    if ((round % 2)); then
      misses "$off_port" "$off" "$round" "off-$speeds"; misses "$on_port" "$on" "$round" "on-$speeds"
    else
      misses "$on_port" "$on" "$round" "on-$speeds"; misses "$off_port" "$off" "$round" "off-$speeds"
    fi
  done
  stop "$off"; stop "$on"
done

# 4. Hits in memory on one core, beside bare Kestrel on the same core.
say "hits in memory, one core"
port=$(free_port); PIN=0 start_replica "$port"; l1=$replica
bare_port=$(free_port)
taskset -c 0 dotnet "$work/bench/KubeSentiment.Bench.dll" bare --port "$bare_port" >/dev/null 2>&1 &
sleep 2
hits() { # port, seconds, json
  taskset -c 1 dotnet "$work/bench/KubeSentiment.Bench.dll" load --url "http://127.0.0.1:$1/api/v1/predict" --texts "$TEXTS" --distinct --limit 500 --connections 16 \
    --warmup 1 --duration "$2" --count-cached --json "$3" >/dev/null
}
# Until code is compiled for speed.
hits "$port" 20 "$work/x.json"; hits "$bare_port" 20 "$work/x.json"
for ((round = 1; round <= 2 * ROUNDS; round++)); do
  hits "$port" 3 "$work/l1-$round.json"; hits "$bare_port" 3 "$work/bare-$round.json"
done

rates() { rounds "$1" requests_per_second; }
cpus() { rounds "$1" cpu_microseconds_per_request; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", 100 * a / b }'; }
{
  page_head "Cache"
  printf '\n## A Zipf stream over two replicas\n'; code "$work/stream-0.txt"
  printf '\n## The same stream, other case and spaces in half of the texts\n'; code "$work/stream-0.5.txt"
  printf '\n## A third replica that starts after the stream: its first 2,000 texts\n'; code "$work/third.txt"
  l2=$(rates l2 | median) get=$(cat "$work"/get-*.txt | median)
  printf '\n## Hits in Redis\n\n/predict answered from Redis: %s requests/s (64 connections, median of %s rounds; the last one below). redis-benchmark GET on the same Redis: %s/s. Ratio %s %%.\n' "$l2" "$ROUNDS" "$get" "$(ratio "$l2" "$get")"
  code "$work/l2.txt"
  printf '\n## Misses only\n\n%s texts a round, %s rounds each in turn after a warm-up, medians; the share is of the round beside it.\n\n' "$MISSES" $((5 * ROUNDS))
  printf '| | cache off /s | memory and Redis on /s | share | replica, off µs | on µs |\n| --- | --- | --- | --- | --- | --- |\n'
  for speeds in two one; do
    printf '| %s | %.0f | %.0f | %.1f %% | %.0f | %.0f |\n' "$([[ $speeds == two ]] && echo 'two speeds (default)' || echo 'the full model alone')" \
      "$(rates "off-$speeds" | median)" "$(rates "on-$speeds" | median)" "$(paste <(rates "on-$speeds") <(rates "off-$speeds") | awk '{ print 100 * $1 / $2 }' | median)" \
      "$(cpus "off-$speeds" | median)" "$(cpus "on-$speeds" | median)"
  done
  l1=$(rates l1 | median) bare=$(rates bare | median)
  printf '\n## Hits in memory\n\nServer on one core, client on the other, 16 connections. /predict: %s requests/s. Bare Kestrel with the same JSON: %s requests/s. Ratio %s %% (medians of %s rounds in turn).\n' "$l1" "$bare" "$(ratio "$l1" "$bare")" $((2 * ROUNDS))
} >"$OUT"
cat "$OUT"
