#!/usr/bin/env bash
# Where a replica's CPU goes when all is answered from memory, and when all is answered by the model; writes bench/results/profile-YYYY-MM-DD.md.
# The replica has core 0, the client core 1. Needs two cores, perf, taskset and the right to sample.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
TEXTS=${TEXTS:-$DATA/yelp/sentences.tsv.gz}
CONNECTIONS=${CONNECTIONS:-64}
SECONDS_WARM_UP=${SECONDS_WARM_UP:-45}          # until code is compiled for speed
SECONDS_SAMPLED=${SECONDS_SAMPLED:-10}
OUT=${OUT:-bench/results/profile-$(date -u +%F).md}

build
# Parts of a request: a sample belongs to the first part that a frame names, from the innermost frame outwards.
cat >"$work/parts.awk" <<'PARTS'
function part(name, pattern) { names[++parts] = name; patterns[parts] = pattern }
BEGIN {
  part("ONNX Runtime", "libonnxruntime")
  part("compiling", "libclrjit")
  part("sending (kernel)", "__x64_sys_send")
  part("receiving (kernel)", "__x64_sys_recv")
  part("tokenizing", "\\.Tokenization\\.")
  part("writing the answer as JSON", "JsonAnswer|Utf8JsonWriter")
  part("reading the body as JSON", "JsonBody")
  part("batching and handing over", "DynamicBatcher|PendingQueue|PendingInference|Flights|SingleFlight")
  part("memory, by text", "KubeSentiment\\.Caching")
  part("the pipeline's other steps", "KubeSentiment\\.(Pipeline|Inference|Load|Anomalies|Resilience)")
  part("endpoint, guards, telemetry", "KubeSentiment\\.(Api|Observability)")
  part("Kestrel and routing", "Microsoft\\.AspNetCore")
  part("waking and switching threads", "SocketAsyncEngine|ThreadPool|futex|schedule")
}
function finish(  i, j, found) {
  if (frames == 0) return
  total++
  found = "other"
  for (j = 1; j <= frames && found == "other"; j++)
    for (i = 1; i <= parts; i++) if (stack[j] ~ patterns[i]) { found = names[i]; break }
  samples[found]++
  frames = 0
}
/^$/ { finish(); next }
# Of a compiled method the type and the name, without what it takes and returns.
/perf-[0-9]+\.map/ { sub(/\(.*/, ""); stack[++frames] = $NF; next }
{ stack[++frames] = $0 }
END {
  finish()
  for (name in samples) printf "%.1f\t%s\n", 100 * samples[name] / total, name | "sort -rn"
}
PARTS

profile() { # name, most texts, settings...
  local name=$1 texts=(--texts "$TEXTS" --distinct --limit "$2") port url
  shift 2
  port=$(free_port)
  url=http://127.0.0.1:$port/api/v1/predict
  # Names of compiled methods for perf; precompiled ones, and those in memory that is mapped twice, have none.
  PIN=0 start_replica "$port" DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0 DOTNET_ReadyToRun=0 "$@"
  load() { taskset -c 1 dotnet "$work/bench/KubeSentiment.Bench.dll" load --url "$url" "${texts[@]}" --connections "$CONNECTIONS" --pid "$replica" "$@"; }
  say "$name: warm-up"
  load --duration "$SECONDS_WARM_UP" >/dev/null
  say "$name"
  load --duration "$((SECONDS_SAMPLED + 4))" --json "$work/$name.json" &
  local loading=$!
  sleep 2
  perf record -q -F 499 -g -p "$replica" -o "$work/$name.data" -- sleep "$SECONDS_SAMPLED"
  wait "$loading"
  perf script -i "$work/$name.data" -F ip,sym,dso 2>/dev/null | awk -f "$work/parts.awk" >"$work/$name.parts"
  stop "$replica"
}
profile hits 500
profile misses 20000 MLOPS_PREDICTION_CACHE_ENABLED=false

{
  page_head "Profile"
  for name in hits misses; do
    cpu=$(field "$work/$name.json" cpu_microseconds_per_request)
    printf '\n## %s\n\n%.0f requests/s, %.1f µs of CPU each.\n\n| part | share, %% | µs |\n| --- | --- | --- |\n' "${name^}" "$(field "$work/$name.json" requests_per_second)" "$cpu"
    awk -F'\t' -v cpu="$cpu" '{ printf "| %s | %s | %.1f |\n", $2, $1, $1 * cpu / 100 }' "$work/$name.parts"
  done
} >"$OUT"
cat "$OUT"
