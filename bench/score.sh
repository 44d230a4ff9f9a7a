#!/usr/bin/env bash
# Whole files by `kubesentiment score` beside ONNX Runtime called directly on the same texts, in turn; writes bench/results/score-YYYY-MM-DD.md.
# The cache and the fast model are off and the texts are distinct, so that both do equal work. The rate of score leaves out loading the model, as that of direct does; the last column has it in.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/processes.sh

DATA=${DATA:-../shared/data}
YELP_ROWS=${YELP_ROWS:-190153}                  # of 190,153
IMDB_ROWS=${IMDB_ROWS:-5000}
ROUNDS=${ROUNDS:-3}
OUT=${OUT:-bench/results/score-$(date -u +%F).md}

build
export MLOPS_PREDICTION_CACHE_ENABLED=false MLOPS_INFERENCE_WORKERS=2 MLOPS_CASCADE_ENABLED=false

distinct() { zcat "$1" | awk -F'\t' 'NR == 1 || !seen[$2]++' | awk -v rows="$2" 'NR <= rows + 1'; }
distinct "$DATA/yelp/sentences.tsv.gz" "$YELP_ROWS" >"$work/yelp.tsv"
distinct "$DATA/imdb/test_5k.tsv.gz" "$IMDB_ROWS" >"$work/imdb.tsv"
direct() { bench direct --threads 2 --sort yes "$@" | grep best; }

compare() { # NAME ROWS-OF-THE-SWEEP: the best way of calling directly is looked for in a few rows, then measured on all.
  local name=$1 rows round called scored begun whole
  rows=$(($(wc -l <"$work/$name.tsv") - 1))
  say "$name, $rows texts: which batches are best"
  direct --texts "$work/$name.tsv" --limit "$2" --batch-sizes 2,4,8,32,64 --json "$work/$name.json"
  for ((round = 1; round <= ROUNDS; round++)); do
    say "$name, round $round"
    direct --texts "$work/$name.tsv" --best-of "$work/$name.json" --json "$work/direct.json"
    called=$(field "$work/direct.json" texts_per_second)
    begun=${EPOCHREALTIME//[.,]/}
    "$SERVICE" score "$work/$name.tsv" -o "$work/$name.scored.tsv" --overwrite >"$work/score.txt" 2>&1 || { cat "$work/score.txt" >&2; exit 1; }
    whole=$((${EPOCHREALTIME//[.,]/} - begun))
    grep -- '->' "$work/score.txt"
    scored=$(sed -n '/->/s/.* \([0-9,]*\) rows\/s.*/\1/p' "$work/score.txt" | tr -d ,)
    awk -v name="$name" -v rows="$rows" -v called="$called" -v scored="$scored" -v whole="$whole" \
      'BEGIN { printf "| %s | %d | %.1f | %d | %.1f | %.1f |\n", name, rows, called, scored, 100 * scored / called, 100 * rows / (whole / 1e6) / called }' | tee -a "$work/rows.txt"
  done
}
compare yelp 3000
compare imdb 300

ratios() { awk -F'|' -v name=" $1 " -v column="$2" '$2 == name { print $column }' "$work/rows.txt" | median; }
{
  page_head "Whole files"
  printf '\n`kubesentiment score` with the full model alone, and ONNX Runtime called directly on the same texts, sorted by length, in the best of the batches of 2, 4, 8, 32 and 64; two threads each, in turn.\n'
  printf '\n| file | different texts | direct, texts/s | score, rows/s | score in %% of direct | with start and loading, %% |\n| --- | --- | --- | --- | --- | --- |\n'
  cat "$work/rows.txt"
  for name in yelp imdb; do printf '| %s, median | | | | %s | %s |\n' "$name" "$(ratios "$name" 6)" "$(ratios "$name" 7)"; done
} >"$OUT"
cat "$OUT"
