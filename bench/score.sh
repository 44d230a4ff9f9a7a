#!/usr/bin/env bash
# Whole files by `kubesentiment score` beside ONNX Runtime called directly on the same texts, in one run: bench/score.sh [DATA]
# The cache is off and the texts are distinct, so that both do equal work. The rate of score leaves out loading the model, as that of direct does.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

data=${1:-../shared/data}
yelp_rows=${YELP_ROWS:-60000}
build
direct() { bench direct --threads 2 --sort yes "$@" | grep best; }
# Direct calls have no fast model either.
export MLOPS_PREDICTION_CACHE_ENABLED=false MLOPS_INFERENCE_WORKERS=2 MLOPS_CASCADE_ENABLED=false

distinct() { zcat "$1" | awk -F'\t' 'NR == 1 || !seen[$2]++' | awk -v rows="$2" 'NR <= rows + 1'; }
distinct "$data/yelp/sentences.tsv.gz" "$yelp_rows" > "$work/yelp.tsv"
distinct "$data/imdb/test_5k.tsv.gz" 5000 > "$work/imdb.tsv"

compare() { # NAME ROWS-OF-THE-SWEEP: the best way of calling directly is looked for in a few rows, then measured on all.
  echo "== $1: $(($(wc -l < "$work/$1.tsv") - 1)) texts"
  direct --texts "$work/$1.tsv" --limit "$2" --batch-sizes 2,4,8,32,64 --json "$work/$1.json" > "$work/sweep.txt"
  direct --texts "$work/$1.tsv" --best-of "$work/$1.json"
  "$SERVICE" score "$work/$1.tsv" -o "$work/$1.scored.tsv" --overwrite 2>&1 | grep -- '->'
}

compare yelp 3000
compare imdb 300
