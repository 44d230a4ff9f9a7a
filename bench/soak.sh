#!/usr/bin/env bash
# An hour of one replica at 70 % of its capacity, over HTTP and Kafka at the same time, with Redis: nothing may fail, be lost, come twice or be left over; memory, handles and threads are watched.
# Writes bench/results/soak-YYYY-MM-DD.md; exit code 1 when a request failed or a message is not answered exactly once. Needs redis-server, kcat, taskset for PIN, and Java for the broker.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
KAFKA=${KAFKA:-../shared/kafka/kafka}           # script that starts a broker: start DIR PORT, stop DIR, kill DIR
DURATION=${DURATION:-3600}                      # seconds
INTERVAL=${INTERVAL:-$((DURATION < 3600 ? (DURATION + 11) / 12 : 300))} # seconds, a row of the table; five samples each
CORES=${CORES:-}                                # how much of the cores the replica may use, held by a cgroup
PIN=${PIN:-}                                    # cores for all that is started here, as for taskset
LOAD=${LOAD:-0.7}                               # of the capacity
KAFKA_SHARE=${KAFKA_SHARE:-0.1}                 # of the load that comes through Kafka
MESSAGE_COST=${MESSAGE_COST:-4}                 # requests: what a message costs, broker and transaction included, where few come at a time
COUNT=${COUNT:-200000}                          # texts of the stream, which starts again at its end
HIT_RATE=${HIT_RATE:-0.45}                      # of the stream, for a cache without bounds
# Both levels are far too small for the stream and evict all the time. A text that comes once in it is gone when it starts again, so the hit rate is the same for as long as the run lasts, at any speed.
MEMORY_ENTRIES=${MEMORY_ENTRIES:-8000}
REDIS_MEMORY=${REDIS_MEMORY:-16mb}
CONNECTIONS=${CONNECTIONS:-64}                  # closed loop that finds the capacity
SECONDS_WARM_UP=${SECONDS_WARM_UP:-75}          # until code is compiled for speed and both levels of the cache are full
SECONDS_CAPACITY=${SECONDS_CAPACITY:-20}        # of each of the two measurements
SECONDS_SETTLE=${SECONDS_SETTLE:-30}            # of the trial and of the run, not counted: a stream starts anew, and its beginning may still be remembered
SECONDS_DRAIN=${SECONDS_DRAIN:-60}              # for the lag to go back to 0
OUT=${OUT:-bench/results/soak-$(date -u +%F).md}

per=5                                           # samples an interval
rows=$((DURATION / INTERVAL))
((rows >= 6)) || { echo "DURATION must hold six intervals: the beginning is compared with the end." >&2; exit 2; }
all=$(taskset -cp $$ | sed 's/.*: //')
taskset -cp "${PIN:-$all}" $$ >/dev/null         # what is started inherits it
build

# Also when killed: nothing is left. Waits are such that no process stands in the way of a signal.
end() {
  trap '' INT TERM
  for pid in $(jobs -pr); do kill "$pid" 2>/dev/null || true; done
  if [[ -f $work/kafka/pid ]]; then "$KAFKA" stop "$work/kafka" || "$KAFKA" kill "$work/kafka" || true; fi
  cleanup
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkfifo "$work/silence"
exec 9<>"$work/silence"
pause() { read -rt "$1" -u 9 || true; }
kafka_up() { "$KAFKA" start "$work/kafka" "$1" >"$work/kafka.out" 2>&1 || { cat "$work/kafka.out" >&2; exit 1; }; }
run() { # what it prints, the rest a verb of bench: in the background
  local to=$1
  shift
  dotnet "$work/bench/KubeSentiment.Bench.dll" "$@" >"$to" 2>&1 &
  running=$!
}

say "start"
busy=$(cut -d' ' -f1-3 /proc/loadavg)           # others' work
redis_port=$(free_port)
start_redis "$redis_port" --maxmemory "$REDIS_MEMORY" --maxmemory-policy allkeys-lru
until kafka_port=$(free_port); ((kafka_port < 22000)); do :; done # the controller's is 10,000 higher, and below those that the kernel gives to clients
kafka_up "$kafka_port"
kafka=$(cat "$work/kafka/pid")
broker=127.0.0.1:$kafka_port
port=$(free_port)
base=http://127.0.0.1:$port
settings=(MLOPS_REDIS_ENABLED=true MLOPS_REDIS_PORT="$redis_port" MLOPS_PREDICTION_CACHE_MAX_SIZE="$MEMORY_ENTRIES"
  MLOPS_KAFKA_ENABLED=true MLOPS_KAFKA_BOOTSTRAP_SERVERS="$broker" MLOPS_KAFKA_CREATE_TOPICS=true MLOPS_KAFKA_AUTO_OFFSET_RESET=earliest)
start_replica "$port" "${settings[@]}"
bench stream --texts "$TEXTS" --distinct --count "$COUNT" --hit-rate "$HIT_RATE" --out "$work/stream.txt" | tee "$work/stream.out"
bench stream --texts "$TEXTS" --distinct --count "$COUNT" --hit-rate "$HIT_RATE" --seed 2 --out "$work/other.txt"
bench stream --texts "$TEXTS" --distinct --count "$COUNT" --hit-rate "$HIT_RATE" --seed 3 --out "$work/trial-stream.txt" # whose beginning no cache remembers from the run before
tr '\t' ' ' <"$work/other.txt" | sed 's/\\/\\\\/g; s/"/\\"/g' >"$work/messages.txt" # as in JSON
load() { # what it prints, options
  local to=$1
  shift
  run "$to" load --url "$base/api/v1/predict" --count-cached --pid "$replica" --watch "redis=$redis" --watch "kafka=$kafka" "$@"
}

# All messages, evenly over the time.
feed() {
  local sent=0 due begun=${EPOCHREALTIME//[.,]/} message
  while ((sent < messages)); do
    due=$(((${EPOCHREALTIME//[.,]/} - begun) * messages / (DURATION * 1000000)))
    for (( ; sent < due && sent < messages; sent++)); do
      read -r message <&3
      printf '%s\n' "$message"
    done
    pause 0.1
  done 3<"$work/messages.ndjson"
}
sum() { awk -v name="$1" 'index($1, name "{") == 1 { sum += $2 } END { printf "%.0f", sum }' "$work/metrics.txt"; }
scrape() { curl -s --max-time 10 "$base/metrics" >"$work/metrics.txt"; }
sample() {
  local handles=(/proc/"$replica"/fd/*) threads=(/proc/"$replica"/task/*)
  scrape
  printf '%s\t' "$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$replica/status")" "${#handles[@]}" "${#threads[@]}" \
    "$(redis-cli -p "$redis_port" info memory | tr -d '\r' | sed -n 's/^used_memory://p')" \
    "$(sum dotnet_gc_last_collection_heap_size_bytes)" "$(sum dotnet_gc_last_collection_memory_committed_size_bytes)" \
    "$(sum kafka_messages_processed_total)" "$(sum kafka_consumer_lag)"
  awk '{ print $14 + $15 }' "/proc/$replica/stat" # 10 ms each
}

say "capacity, nothing in Kafka"
load "$work/capacity.txt" --texts "$work/stream.txt" --connections "$CONNECTIONS" --warmup "$SECONDS_WARM_UP" --duration "$SECONDS_CAPACITY" --json "$work/capacity.json"
wait "$running" || { cat "$work/capacity.txt" >&2; exit 1; }
cat "$work/capacity.txt"
# A closed loop keeps the batches full. Random arrivals below saturation do not, and a request costs more: what the same CPU is enough for then is the capacity of this run.
reached=$(field "$work/capacity.json" requests_per_second)
trial=$(awk -v c="$reached" -v l="$LOAD" 'BEGIN { printf "%.1f", c * l * 0.7 }')
say "what a request costs at $trial requests/s"
load "$work/trial.txt" --texts "$work/trial-stream.txt" --rate "$trial" --poisson --max-in-flight $((8 * CONNECTIONS)) --warmup "$SECONDS_SETTLE" --duration "$SECONDS_CAPACITY" --json "$work/trial.json"
wait "$running" || { cat "$work/trial.txt" >&2; exit 1; }
cat "$work/trial.txt"
cost=$(field "$work/trial.json" cpu_microseconds_per_request)
capacity=$(awk -v cpu="$(field "$work/capacity.json" cpu_seconds)" -v s="$(field "$work/capacity.json" seconds)" -v cost="$cost" 'BEGIN { print cpu / s / cost * 1e6 }')
rate=$(awk -v c="$capacity" -v l="$LOAD" -v k="$KAFKA_SHARE" 'BEGIN { printf "%.1f", c * l * (1 - k) }')
messages=$(awk -v c="$capacity" -v l="$LOAD" -v k="$KAFKA_SHARE" -v m="$MESSAGE_COST" -v s="$DURATION" 'BEGIN { printf "%.0f", c * l * k / m * s }')
# Numbered, so that each result can be told.
awk -v count="$messages" '{ texts[NR] = $0 } END { for (n = 1; n <= count; n++) printf "{\"id\":\"%d\",\"text\":\"%s\"}\n", n, texts[(n - 1) % NR + 1] }' "$work/messages.txt" >"$work/messages.ndjson"

say "$DURATION s at $rate requests/s, and $messages messages"
load "$work/load.txt" --texts "$work/stream.txt" --rate "$rate" --poisson --max-in-flight $((8 * CONNECTIONS)) --warmup "$SECONDS_SETTLE" --duration "$DURATION" --json "$work/load.json" --intervals "$work/intervals.tsv" --interval "$INTERVAL"
loading=$running
until [[ -s $work/intervals.tsv ]]; do pause 0.1; kill -0 "$loading" || { cat "$work/load.txt" >&2; exit 1; }; done
mkfifo "$work/feed"
kcat -P -b "$broker" -t sentiment_requests -p -1 <"$work/feed" >"$work/kcat.txt" 2>&1 &
feeding=$!
feed >"$work/feed" &
begun=${EPOCHREALTIME//[.,]/}
sample >"$work/samples.tsv" # the beginning, for what is counted
for ((n = 1; n <= rows * per; n++)); do
  until left=$((begun + n * INTERVAL * 1000000 / per - ${EPOCHREALTIME//[.,]/})); ((left <= 0)); do pause "$((left / 1000000)).$(printf %06d $((left % 1000000)))"; done
  kill -0 "$replica" || { echo "the replica ended" >&2; cat "$work/service-$port.log" >&2; exit 1; }
  sample | tee -a "$work/samples.tsv"
done
wait "$loading" || true # its result says why
wait "$feeding" || true
cat "$work/load.txt" "$work/kcat.txt"

say "until all messages are answered"
drained=$SECONDS
until scrape; processed=$(sum kafka_messages_processed_total) lag=$(sum kafka_consumer_lag); ((processed >= messages && lag == 0)); do
  ((SECONDS - drained < SECONDS_DRAIN)) || break
  pause 0.2
done
drained=$((SECONDS - drained))
code=0
kill "$replica"
wait "$replica" || code=$?
consume() { kcat -C -b "$broker" -t "$1" -o beginning -e -q -X isolation.level=read_committed -f "$2"; }
consume sentiment_results '%s\n' | sed -n 's/^{"id":"\([0-9]*\)".*/\1/p' | sort -n | uniq -c >"$work/results.txt"
answered=$(awk -v all="$messages" '$2 >= 1 && $2 <= all' "$work/results.txt" | wc -l)
twice=$(awk '$1 > 1' "$work/results.txt" | wc -l)
dead=$(consume sentiment_requests_dlq '%o\n' | wc -l)
requests=$(field "$work/load.json" requests)
failed=$((requests - $(field "$work/load.json" good)))

# Medians of a column of the samples, in the intervals from one to another.
column() { # number, unit, first interval, last interval
  sed 1d "$work/samples.tsv" | awk -v from=$((($3 - 1) * per)) -v to=$(($4 * per)) -v column="$1" -v unit="$2" 'NR > from && NR <= to { print $column / unit }' | median | xargs printf "%.1f"
}
course() { sed 1d "$work/intervals.tsv" | awk -v from="$2" -v to="$3" -v column="$1" 'NR >= from && NR <= to { print $column }' | median; } # column, first interval, last
at() { awk -v n=$(($2 * per + 1)) -v column="$1" 'NR == n { printf "%.0f", $column }' "$work/samples.tsv"; } # column, interval: at its end
highest() { awk -v n="$2" -v per="$per" -v column="$1" 'NR > (n - 1) * per + 1 && NR <= n * per + 1 && $column > most { most = $column } END { printf "%.0f", most }' "$work/samples.tsv"; }
third=$((rows / 3))
wrong=()
((failed == 0 && requests > 0)) || wrong+=("$failed of $requests requests failed")
((answered == messages)) || wrong+=("$((messages - answered)) of $messages messages have no result")
((twice == 0)) || wrong+=("$twice messages have more than one result")
((dead == 0)) || wrong+=("$dead dead letters")
((lag == 0)) || wrong+=("the lag is $lag after $SECONDS_DRAIN s")
((code == 0)) || wrong+=("the replica ended with $code on SIGTERM")

taskset -cp "$all" $$ >/dev/null                 # the head counts the cores
{
  page_head "Soak, $DURATION s"
  printf '\n**%s**\n' "$( ((${#wrong[@]})) && { printf 'Failed: %s' "${wrong[0]}"; ((${#wrong[@]} == 1)) || printf '; %s' "${wrong[@]:1}"; printf '.'; } || echo "Passed: $requests requests and $messages messages, all answered, each message once.")"
  printf '\n%sReplica, client, Redis and broker share %s.\n' "${CORES:+The replica is held to $CORES cores. }" "${PIN:+core }${PIN:-all cores}"
  printf 'Load average of the machine before the run: %s.\n' "$busy"
  printf 'Stream: %s Texts of the messages: the same catalogue, another seed.\n' "$(cat "$work/stream.out")."
  printf 'Memory holds %s answers, Redis %s (allkeys-lru); the topics have 12 partitions, the replica 4 consumers.\n' "$MEMORY_ENTRIES" "$REDIS_MEMORY"
  printf 'With nothing in Kafka a closed loop of %s connections reached %.0f requests/s at %.0f µs of the replica'"'"'s CPU each; at %s requests/s in an open loop with random gaps, where batches are smaller, a request cost %.0f µs.\n' \
    "$CONNECTIONS" "$reached" "$(field "$work/capacity.json" cpu_microseconds_per_request)" "$trial" "$cost"
  printf 'For that the same CPU is enough for %.0f requests/s: the capacity. The run is %.0f %% of it: %s requests/s in an open loop with random gaps, and %s messages/s, each counted as %s requests.\n' \
    "$capacity" "$(awk -v l="$LOAD" 'BEGIN { print 100 * l }')" "$rate" "$(awk -v m="$messages" -v s="$DURATION" 'BEGIN { printf "%.1f", m / s }')" "$MESSAGE_COST"
  printf '\n## By %s s\n\n' "$INTERVAL"
  echo 'Latency from the time a request was due, in ms; of RSS, GC heap (at the last collection), GC committed, handles and threads the median of five samples; of the lag the highest.'
  printf '\n| from s | requests | failed | p50 | p99 | max | hits %% | in Redis %% | cores used | RSS MB | heap MB | committed MB | handles | threads | Redis MB | messages | lag |\n'
  printf '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n'
  sed 1d "$work/intervals.tsv" | for ((n = 1; n <= rows; n++)); do
    IFS=$'\t' read -r _ asked good p50 _ p99 max l1 l2 computed
    printf '| %s | %s | %s | %.1f | %.1f | %.0f | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n' $(((n - 1) * INTERVAL)) "$asked" $((asked - good)) "$p50" "$p99" "$max" \
      $(awk -v a="$l1" -v b="$l2" -v c="$computed" 'BEGIN { all = a + b + c; if (!all) all = 1; printf "%.1f %.1f", 100 * (a + b) / all, 100 * b / all }') \
      "$(awk -v a="$(at 9 $((n - 1)))" -v b="$(at 9 "$n")" -v s="$INTERVAL" 'BEGIN { printf "%.2f", (b - a) / 100 / s }')" \
      "$(column 1 1024 "$n" "$n")" "$(column 5 1048576 "$n" "$n")" "$(column 6 1048576 "$n" "$n")" "$(column 2 1 "$n" "$n" | cut -d. -f1)" "$(column 3 1 "$n" "$n" | cut -d. -f1)" \
      "$(column 4 1048576 "$n" "$n")" $(($(at 7 "$n") - $(at 7 $((n - 1))))) "$(highest 8 "$n")"
  done
  printf '\n## Beginning and end\n\n| | beginning | end |\n| --- | --- | --- |\n'
  for part in "RSS MB:1:1024" "GC heap MB:5:1048576" "GC committed MB:6:1048576" "handles:2:1" "threads:3:1" "Redis MB:4:1048576"; do
    IFS=: read -r name number unit <<<"$part"
    printf '| %s, intervals 2 and 3 against the last two | %s | %s |\n' "$name" "$(column "$number" "$unit" 2 3)" "$(column "$number" "$unit" $((rows - 1)) "$rows")"
  done
  printf '| p50 ms, median of the first third of the intervals against the last | %.1f | %.1f |\n' "$(course 4 1 "$third")" "$(course 4 $((rows - third + 1)) "$rows")"
  printf '| p99 ms, the same | %.1f | %.1f |\n' "$(course 6 1 "$third")" "$(course 6 $((rows - third + 1)) "$rows")"
  printf '\n## Counts\n\n| | |\n| --- | --- |\n| requests | %s |\n| of them failed or not 2xx | %s |\n' "$requests" "$failed"
  printf '| messages sent | %s |\n| with a committed result | %s |\n| with more than one | %s |\n| dead letters | %s |\n| lag at the end | %s, after %s s |\n' "$messages" "$answered" "$twice" "$dead" "$lag" "$drained"
  printf '| exit code of the replica on SIGTERM | %s |\n| lines that it logged (warnings and errors) | %s |\n' "$code" "$(wc -l <"$work/service-$port.log")"
  printf '\n## What the client printed\n\nCapacity:\n\n```\n'
  cat "$work/capacity.txt"
  printf '```\n\nCost of a request:\n\n```\n'
  cat "$work/trial.txt"
  printf '```\n\nThe run:\n\n```\n'
  cat "$work/load.txt"
  printf '```\n'
} >"$OUT"
tail -n 20 "$work/service-$port.log"
say "$OUT"
((${#wrong[@]} == 0)) || { printf '%s\n' "${wrong[@]}" >&2; exit 1; }
