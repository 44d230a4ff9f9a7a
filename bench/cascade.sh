#!/usr/bin/env bash
# Measures two speeds against the full model alone, in one run on this machine; writes bench/results/cascade-YYYY-MM-DD.md.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
SENTENCES=${SENTENCES:-uci/amazon_cells uci/imdb uci/yelp} # review sentences, 3,000 in all
HARDER=${HARDER:-yelp/sentences}               # sentences of long reviews, of which less is easy: the first 5,000
ROUNDS=${ROUNDS:-3}
SECONDS_EACH=${SECONDS_EACH:-6}
CONNECTIONS=${CONNECTIONS:-64}
BATCH=${BATCH:-100}
IDLE_COUNT=${IDLE_COUNT:-1000}
TABLE=${TABLE:-yes}                             # "no" leaves the table of thresholds out
OUT=${OUT:-bench/results/cascade-$(date -u +%F).md}

build

# 1. Two replicas, one of each kind; only one is asked at a time. The cache is off: every text is a miss.
declare -A pid port ready
begin() { # name, settings...
  local name=$1 begun=${EPOCHREALTIME/./}
  shift
  port[$name]=$(free_port)
  start_replica "${port[$name]}" MLOPS_PREDICTION_CACHE_ENABLED=false "$@"
  pid[$name]=$replica
  ready[$name]=$(((${EPOCHREALTIME/./} - begun) / 1000))
}
begin two
begin full MLOPS_CASCADE_ENABLED=false
for set in $SENTENCES; do zcat "$DATA/$set.tsv.gz" | tail -n +2 | cut -f2-; done >"$work/sentences.txt"
zcat "$DATA/$HARDER.tsv.gz" | awk -F'\t' 'NR > 1 && NR <= 5001 { print $NF }' >"$work/harder.txt"
load() { # name, texts, options...
  local name=$1 texts=$2
  shift 2
  bench load --url "http://127.0.0.1:${port[$name]}/api/v1/predict" --texts "$work/$texts.txt" --distinct --seed 1 --pid "${pid[$name]}" "$@" || true
}
figure() { rounds "$1-$2" "$3" | median; }

say "warm-up"
for name in two full; do load "$name" sentences --connections "$CONNECTIONS" --duration 6 >/dev/null; done

for ((round = 1; round <= ROUNDS; round++)); do
  for name in two full; do
    say "round $round, $name"
    load "$name" sentences --connections "$CONNECTIONS" --warmup 0.5 --duration "$SECONDS_EACH" --json "$work/single-$name-$round.json" | grep -E 'texts/s|requests/s|p99' || true
    load "$name" harder --connections "$CONNECTIONS" --warmup 0.5 --duration "$SECONDS_EACH" --json "$work/harder-$name-$round.json" | grep -E 'texts/s|p99' || true
    load "$name" sentences --connections 4 --batch "$BATCH" --warmup 0.5 --duration "$SECONDS_EACH" --json "$work/batch-$name-$round.json" | grep -E 'texts/s' || true
    load "$name" sentences --connections 1 --warmup 0.3 --requests "$IDLE_COUNT" --json "$work/idle-$name-$round.json" | grep -E 'p50' || true
  done
done

# 2. Who answered, how long texts waited for each model, and the memory.
curl -s "http://127.0.0.1:${port[two]}/metrics" | grep -E '^sentiment_(inference_texts_total|queue_duration_seconds_(sum|count)|inference_errors)' | sort >"$work/stages.txt"
p50() { for f in "$work/idle-$1"-*.json; do grep -A9 '"latency"' "$f" | grep -o '"p50": *[0-9.]*' | head -1 | grep -o '[0-9.]*$'; done | median; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
{
  page_head "Two speeds"
  printf '\nMisses through HTTP on the sentences of %s; medians of %s rounds, the two replicas in turn. Client and service share the cores.\n\n' "$SENTENCES" "$ROUNDS"
  echo '| | two speeds | full model alone | times |'
  echo '| --- | --- | --- | --- |'
  for way in single:/predict,\ $CONNECTIONS\ connections,\ texts/s harder:the\ same\ on\ $HARDER,\ texts/s batch:/predict/batch\ of\ $BATCH,\ 4\ connections,\ texts/s; do
    two=$(figure "${way%%:*}" two texts_per_second) full=$(figure "${way%%:*}" full texts_per_second)
    printf '| %s | %.0f | %.0f | %s |\n' "${way#*:}" "$two" "$full" "$(ratio "$two" "$full")"
  done
  for way in single:/predict harder:the\ same\ on\ $HARDER batch:/predict/batch; do
    two=$(figure "${way%%:*}" two cpu_microseconds_per_request) full=$(figure "${way%%:*}" full cpu_microseconds_per_request)
    printf '| %s, server CPU a request, µs | %.0f | %.0f | %s |\n' "${way#*:}" "$two" "$full" "$(ratio "$full" "$two")"
  done
  printf '| idle, one request at a time, p50 ms | %s | %s | |\n' "$(p50 two)" "$(p50 full)"
  printf '| start to ready, ms | %s | %s | |\n' "${ready[two]}" "${ready[full]}"
  printf '| RSS at the end, MB | %s | %s | |\n' "$(($(awk '/VmRSS/ { print $2 }' "/proc/${pid[two]}/status") / 1024))" "$(($(awk '/VmRSS/ { print $2 }' "/proc/${pid[full]}/status") / 1024))"
  printf '\nThe stages of the replica with two speeds, over the whole run:\n\n```\n'
  cat "$work/stages.txt"
  printf '```\n'
} >"$work/page.md"

# 3. The thresholds, on labelled sets, in process.
if [[ $TABLE == yes ]]; then
  for name in two full; do stop "${pid[$name]}"; done
  say "thresholds"
  bench cascade --data "$DATA" | tee "$work/table.md"
  { printf '\n## Thresholds\n\nBoth models once on every text; `bench cascade`.\n\n'; cat "$work/table.md"; } >>"$work/page.md"
fi
cp "$work/page.md" "$OUT"
cat "$work/page.md"
say "$OUT"
