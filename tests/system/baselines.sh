#!/bin/bash
# Simple detectors next to a model: what it adds to the best of them, the leaderboard, a model in disguise, sets without
# labels, and bad settings.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cat >net.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled}, scale: standard}
model: {code: 2}
train: {epochs: 3}
score: {baselines: [isolation_forest, neighbours, pca, mean_distance]}
sweep: {over: {train.seed: [1, 2]}}
SPEC

# --- stored, shown, and a column of the leaderboard
good run net.yaml --results .
says stdout '^set test: the model adds [+-][0-9.]+ \[[+-][0-9.]+, [+-][0-9.]+\] ROC AUC to the best baseline, [a-z_]+$'
good top net
says stdout '^# .* adds '
good info "$(ls net/trials/*.h5 | head -1)"
for detector in mean_distance pca neighbours isolation_forest; do
    says stdout "baseline_${detector}_roc_auc = "
    says stdout "baseline_${detector}_spearman = "
done
says stdout 'added_roc_auc = '

# --- a sweep may look for what a model adds
good check net.yaml --set sweep.objective=added_roc_auc

# --- the order of the list means nothing; without it, trials are what they were
good check net.yaml
first=$(awk '/^[0-9a-f]+ / {print $1}' stdout | paste -sd,)
good check net.yaml --set 'score.baselines=[mean_distance, pca, isolation_forest, neighbours]'
is 'trials' "$(awk '/^[0-9a-f]+ / {print $1}' stdout | paste -sd,)" "$first"

# --- a trial alone has what trials have that share the detectors
good run net.yaml --results alone --set sweep.over.train.seed=[2]
compared() { go info "$1" && grep -E 'baseline|added' stdout; }
is 'comparison of a trial alone' "$(compared "$(trial alone/net)")" "$(compared "net/trials/$(basename "$(trial alone/net)")")"

# --- a model that is a detector in disguise, with labels and without
cat >linear.yaml <<'SPEC'
data: {train: d.h5:all, test: d.h5:all, scale: standard}
model: {code: 2}
train: {epochs: 300, learning_rate: 0.01}
score: {baselines: [pca]}
SPEC
good run linear.yaml --results .
says message 'set test: its errors rank the samples as pca does \(Spearman correlation 0\.99'
good info "$(trial linear)"
says stdout 'baseline_pca_spearman = 0\.99'
! grep -q 'added_roc_auc\|baseline_pca_roc_auc' stdout || fail 'ROC AUC without labels'
printf 'data: {train: d.h5:all, test: d.h5:all}\nmodel: {neighbours: {}}\nscore: {baselines: [neighbours]}\n' >near.yaml
good run near.yaml --results .
! grep -q disguise message || fail 'neighbours were called neighbours in disguise'

# --- bad settings
bad 2 "score.baselines\[1\]: found 'lof', allowed: mean_distance, pca, neighbours, isolation_forest" \
    check net.yaml --set 'score.baselines=[pca, lof]'
bad 2 'score.baselines: simple detectors need whole rows, but data.missing is ignore' check net.yaml --set data.missing=ignore

verdict
