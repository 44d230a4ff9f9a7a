#!/usr/bin/env bash
# Measures what a request costs and what one and two replicas can do, predicts from that what many can, and holds the prediction against what was measured.
# Writes bench/results/table-YYYY-MM-DD.md. Needs two cores, redis-server, haproxy, taskset and the right to make cgroups.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
WARM_UP=${WARM_UP:-cr/all tweets/semeval_test uci/amazon_cells uci/imdb uci/yelp sst2/dev} # texts that no stream has
SECONDS_WARM_UP=${SECONDS_WARM_UP:-25}          # until code is compiled for speed; before that a request of the model costs up to twice as much
COUNT=${COUNT:-40000}                           # texts of a stream
ROUNDS=${ROUNDS:-2}
CONNECTIONS=${CONNECTIONS:-64}                  # to each replica
OUT=${OUT:-bench/results/table-$(date -u +%F).md}

HELD=${HELD:-0.7}                               # cores a replica may use: two of them leave room for the client, Redis and what balances

build
redis_port=$(free_port)
start_redis "$redis_port"
for set in $WARM_UP; do zcat "$DATA/$set.tsv.gz" | tail -n +2 | cut -f2-; done >"$work/warm-up.txt"
for rate in 35 45; do
  bench stream --texts "$TEXTS" --distinct --count "$COUNT" --hit-rate "0.$rate" --out "$work/stream-$rate.txt"
done

# Starts replicas with nothing in the caches; more than one stands behind a balancer. $url is where they are, $watched the options that watch them.
start() { # replicas, cores each, settings...
  local replicas=$1 cores=$2 port backends=() i
  shift 2
  redis-cli -p "$redis_port" flushall >/dev/null
  started=() watched=(--watch "redis=$redis")
  for ((i = 0; i < replicas; i++)); do
    port=$(free_port)
    # A core each, so that none uses up its part of a tenth of a second on two of them at once; or both where it has two.
    PIN=$([[ $cores == 2 ]] && echo 0,1 || echo $((i % 2))) CORES=$cores start_replica "$port" MLOPS_REDIS_ENABLED=true MLOPS_REDIS_PORT="$redis_port" "$@"
    started+=("$replica")
    backends+=("  server r$i 127.0.0.1:$port")
    watched+=(--pid "$replica")
  done
  if ((replicas > 1)); then
    port=$(free_port)
    printf '%s\n' global "  maxconn 4096" "  nbthread 1" defaults "  mode tcp" "  timeout connect 5s" "  timeout client 60s" "  timeout server 60s" \
      frontend\ all "  bind 127.0.0.1:$port" "  default_backend replicas" backend\ replicas "  balance roundrobin" "${backends[@]}" >"$work/haproxy.cfg"
    haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
    started+=("$!")
    watched+=(--watch "haproxy=$!")
    sleep 1
  fi
  url=http://127.0.0.1:$port/api/v1/predict
  connections=$((CONNECTIONS * replicas))
}
end() { for pid in "${started[@]}"; do stop "$pid"; done; }
ask() { bench load --url "$url" --connections "$connections" --timeout 30 --count-cached "${watched[@]}" "$@" || true; }
warm_up() { ask --texts "$work/warm-up.txt" --distinct --duration "$SECONDS_WARM_UP" >/dev/null; redis-cli -p "$redis_port" flushall >/dev/null; }

# 1. What a request costs: one kind of answer at a time.
for ((round = 1; round <= ROUNDS; round++)); do
  say "round $round: bare Kestrel"
  port=$(free_port)
  new_cgroup "$HELD"
  "${enter[@]}" taskset -c 0 dotnet "$work/bench/KubeSentiment.Bench.dll" bare --port "$port" >"$work/bare.log" 2>&1 &
  bare=$!
  sleep 2
  bench load --url "http://127.0.0.1:$port/api/v1/predict" --texts "$TEXTS" --distinct --limit 500 --connections "$CONNECTIONS" --warmup 4 --duration 5 --pid "$bare" --json "$work/bare-$round.json"
  stop "$bare"

  say "round $round: costs"
  few=(--texts "$TEXTS" --distinct --limit 500)
  start 1 "$HELD"
  warm_up
  ask "${few[@]}" --warmup 3 --duration 6 --json "$work/memory-$round.json"
  end
  start 1 "$HELD" MLOPS_PREDICTION_CACHE_MAX_SIZE=16
  warm_up
  ask --texts "$TEXTS" --distinct --limit 5000 --requests 5000 >/dev/null
  ask --texts "$TEXTS" --distinct --limit 5000 --warmup 2 --duration 6 --json "$work/redis-$round.json"
  end
  start 1 "$HELD"
  warm_up
  ask --texts "$TEXTS" --distinct --limit 30000 --skip $((30000 * round)) --warmup 1 --duration 8 --json "$work/model-$round.json"
  end

  # 2. Streams that are mixed, and how long answers take at 70 % of what was reached.
  for point in one:1:$HELD:35 one:1:$HELD:45 two:2:$HELD:35 two:2:$HELD:45 whole:1:1:45; do
    IFS=: read -r name replicas cores rate <<<"$point"
    say "round $round: $replicas of $cores cores, $rate % hits"
    start "$replicas" "$cores"
    warm_up
    ask --texts "$work/stream-$rate.txt" --requests "$COUNT" --json "$work/$name-$rate-$round.json"
    end
    ((round == 1)) || continue
    reached=$(field "$work/$name-$rate-$round.json" requests_per_second)
    start "$replicas" "$cores"
    warm_up
    ask --texts "$work/stream-$rate.txt" --rate "$(awk -v r="$reached" 'BEGIN { printf "%.0f", 0.7 * r }')" --poisson --max-in-flight $((8 * connections)) --requests "$COUNT" \
      --json "$work/calm-$name-$rate-$round.json"
    end
  done

  # 3. One replica on both cores, beside everything else.
  for rate in 0 35 45 100; do
    say "round $round: two cores, $rate % hits"
    start 1 2
    warm_up
    case $rate in
      0) ask --texts "$TEXTS" --distinct --limit 50000 --skip $((50000 * (round - 1))) --warmup 1 --requests 30000 --json "$work/wide-$rate-$round.json" ;;
      100) ask "${few[@]}" --warmup 3 --duration 6 --json "$work/wide-$rate-$round.json" ;;
      *) ask --texts "$work/stream-$rate.txt" --requests "$COUNT" --json "$work/wide-$rate-$round.json" ;;
    esac
    end
  done
done

page_head "The throughput table" >"$OUT"
printf '\nMedians of %s rounds. Streams are seeded, %s real sentences each; a hit rate is what a cache without bounds would answer.\n' "$ROUNDS" "$COUNT" >>"$OUT"
bench capacity --results "$work" --texts "$TEXTS" --distinct --count "$COUNT" --held "$HELD" --out "$OUT"
cat "$OUT"
