#!/bin/bash
# Runs small experiments that between them write everything that our files can hold, and has open_run.py open them and
# compare them with results/README.md.
set -u
hourglass=$(realpath "${HOURGLASS:-$(dirname "$0")/../../build/hourglass}")
source=$(cd "${HOURGLASS_SOURCE:-$(dirname "$0")/../..}" && pwd)
python=${PYTHON:-python3}
[ -x "$hourglass" ] || { echo "no program $hourglass: build it first"; exit 1; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir data
export SLURM_CLUSTER_NAME=cluster-of-the-test

must() {
    "$@" >output 2>&1 && return
    echo "FAILED: $*"
    sed 's/^/    /' output
    exit 1
}

# --- data: a table with names as labels and missing values, one with text and times, grey images and colour images
awk 'BEGIN {
    print "first,second,third,kind"
    for (i = 0; i < 240; i++)
        printf "%g,%s,%g,%s\n", i % 17 / 17, i % 40 == 3 ? "" : i % 11, (i * i) % 13 / 13, i % 8 == 5 ? "odd" : "usual"
}' >table.csv
awk 'BEGIN {
    print "name,when,machine,level,colour,kind"
    split("red green blue", colours, " ")
    for (i = 0; i < 60; i++)
        printf "row %d,2020-03-09T10:%02d:00+01:00,m%d,%g,%s,%s\n", i, i, i % 3, i % 7, colours[i % 3 + 1], i % 9 ? "a" : "b"
}' >text.csv
{ printf '\0\0\x08\x03\0\0\0\x40\0\0\0\x04\0\0\0\x05'; seq 1000 | head -c 1280; } >images.idx
{ printf '\0\0\x08\x04\0\0\0\x40\0\0\0\x02\0\0\0\x03\0\0\0\x03'; seq 1000 | head -c 1152; } >colour.idx
must "$hourglass" import table.csv --label kind -o data/table.h5:all
must "$hourglass" import text.csv --one-hot auto --id name --time when --group machine --label kind -o data/text.h5:all
must "$hourglass" import images.idx -o data/images.h5:all
must "$hourglass" import colour.idx -o data/colour.h5:all

# --- experiments. A variable is called like a column of the leaderboard, a swept path has brackets.
cat >table.yaml <<'EOF'
about: A table.
data:
  train: {from: table.h5:all, rows: "0:200"}
  validation: 0.2
  test:
    test: {from: table.h5:all, rows: "200:"}
    marked: [{from: table.h5:all, rows: "0:20", anomaly: false}, {from: table.h5:all, rows: [5], anomaly: true}]
  normal: [usual]
  fill: median
  scale: {method: standard, log1p: true, clip: 5}
variables: {seconds: 2}
model:
  encoder: [{dense: "${seconds}", activation: tanh}]
  decoder: [{dense: 3, use_bias: false}]
train: {epochs: 2, shards: 2}
score:
  save: [code, reconstruction, feature_error]
  baseline: pca
  baselines: [mean_distance, pca, neighbours, isolation_forest]
sweep:
  repeats: 2
  objective: average_precision
  over:
    seconds: [1, 2]
    model.encoder[0].activation: [tanh, relu]
EOF
cat >text.yaml <<'EOF'
data: {train: text.h5:all, test: text.h5:all, normal: [a], scale: {method: standard, by: group}}
model:
  encoder: [{gaussian_noise: {relative: 1}}, {dense: 2}]
  decoder: [{dense: 4}]
train: {epochs: 1}
EOF
# image_experiment DATA ENCODER DECODER
image_experiment() {
    cat <<EOF
data: {train: $1.h5:all, test: $1.h5:all, scale: unit}
model:
  encoder: [$2]
  decoder: [$3]
train: {loss: binary_crossentropy, epochs: 1}
score: {save: [reconstruction, feature_error], threshold: best_f1}
EOF
}
image_experiment images "{dense: 3, activation: relu}" "{dense: 20, activation: sigmoid}" >images.yaml
image_experiment colour "{dense: 3, activation: relu}" "{dense: 18, activation: sigmoid}" >colour.yaml
# every other type of layer that has weights: over images, and over signals of 4 steps with 5 features
image_experiment images \
    "{conv2d: 2, kernel_size: 3, padding: same}, {batch_normalization: true}, {max_pooling2d: 2}, {dense: 20}" \
    "{reshape: [4, 5, 1]}, {conv2d_transpose: 2, kernel_size: 3, padding: same}, {layer_normalization: true},
     {conv2d: 1, kernel_size: 3, padding: same, activation: sigmoid}" >convolutions.yaml
image_experiment images \
    "{conv1d: 3, kernel_size: 3, padding: same}, {lstm: 2, bidirectional: true}, {gaussian: 2}" \
    "{repeat_vector: 4}, {gru: 2, bidirectional: true, return_sequences: true},
     {time_distributed_dense: 5, activation: sigmoid}" >signals.yaml
sed 's/relu/linear/; s/sigmoid/linear/; s/loss: binary_crossentropy, /optimizer: sgd, learning_rate: 1000, /; s/epochs: 1/epochs: 9/; s/scale: unit/scale: none/' \
    images.yaml >diverged.yaml

# values of other rows, models without a decoder
sed 's/encoder: .*/encoder: [{swap_noise: 0.2}, {dense: 2}]/; s/epochs: 1}/epochs: 1}\nscore: {noise: average}/' text.yaml >swap.yaml
sed 's/encoder: .*/kind: svdd\n  hidden: [3]\n  code: 2/; /decoder: /d' text.yaml >svdd.yaml

# half of the normal rows for training
sed '1s/test: text.h5:all/split: {protocol: half_in_order}/' text.yaml >halves.yaml
echo 'sweep: {over: {train.seed: [1, 2]}}' >>halves.yaml

# scores of codes
sed 's/epochs: 1}/epochs: 1}\nscore: {error: code_mahalanobis}/' text.yaml >codes.yaml

# test rows without values, and beyond those of the training rows
cat >edges.yaml <<'EOF'
data:
  train: {from: table.h5:all, where: second < 8}
  test: table.h5:all
  scale: min_max
model:
  encoder: [{dense: 2}]
  decoder: [{dense: 3, activation: sigmoid}]
train: {loss: binary_crossentropy, epochs: 1}
score: {error: binary_crossentropy}
EOF

# windows over series whose steps have names and times, some without a value
awk -F, -v OFS=, 'NR == 1 {print "serial,when,machine", $0; next}
    {print "step-" NR, sprintf("2020-03-09T10:%02d:%02d+01:00", NR / 60, NR % 60), (NR > 120 ? "west" : "east"), $0}' table.csv >series.csv
must "$hourglass" import series.csv --id serial --time when --group machine --label kind -o data/series.h5:all
cat >windows.yaml <<'EOF'
data:
  train: {from: series.h5:all, where: second < 9}
  test: series.h5:all
  normal: [usual]
  scale: standard
  window: {length: 3}
model:
  encoder: [{dense: 2}]
  decoder: [{dense: 9}]
train: {loss: mse, epochs: 50, learning_rate: 0.01}
score: {save: [reconstruction, feature_error], baseline: pca}
sweep: {over: {train.seed: [1, 2]}}
EOF

must "$hourglass" run windows.yaml --results .
must "$hourglass" run edges.yaml --results .
sed '/^model:/,/decoder:/d; /^train:/,$d' edges.yaml >near.yaml
echo 'model: {neighbours: {}}' >>near.yaml
must "$hourglass" run near.yaml --results .
must "$hourglass" run text.yaml --results .
must "$hourglass" run svdd.yaml --results .
must "$hourglass" run halves.yaml --results .
must "$hourglass" run codes.yaml --results .
must "$hourglass" run swap.yaml --results .
must "$hourglass" run table.yaml --results .
must "$hourglass" run table.yaml --results . -n 2 --ranks-per-trial 2 --set train.seed=7 # written by two ranks
# trials of data that has changed since
must "$hourglass" import table.csv --label kind -o data/changed.h5:all
sed 's/table.h5/changed.h5/' table.yaml >changed.yaml
must "$hourglass" run changed.yaml --results .
sed '3s/^[^,]*/0.9/' table.csv >corrected.csv
must "$hourglass" import corrected.csv --label kind -o data/changed.h5:all --force
must "$hourglass" run changed.yaml --results .
mkdir bin # a Slurm that measures energy
printf '#!/bin/sh\necho 1234\n' >bin/sstat
chmod +x bin/sstat
PATH=$folder/bin:$PATH SLURM_JOB_ID=1 SLURM_JOB_PARTITION=test must "$hourglass" run images.yaml --results .
must "$hourglass" run images.yaml --results . --set name=smooth --set 'data.scale={method: unit, smooth: 1, normalize: true}' \
    --set train.loss=mse
must "$hourglass" run colour.yaml --results .
must "$hourglass" run convolutions.yaml --results .
must "$hourglass" run signals.yaml --results .
must "$hourglass" run diverged.yaml --results .
must "$hourglass" run table.yaml --results . --set name=journals --trials journal # trials as records
must "$hourglass" run table.yaml --results . --set name=agreeing --set sweep.objective=consensus
must "$hourglass" run table.yaml --results . --set name=steady --set sweep.objective=stability
must "$hourglass" run images.yaml --results . --set name=untrained --set train.epochs=0
# an ensemble as a model
must "$hourglass" ensemble table --top 99
mkdir combined
cp table/ensemble.h5 combined/run.h5
sed '/^model:/,/decoder:/d; /^train:/d' windows.yaml >steps.yaml
echo 'model: {neighbours: {}}' >>steps.yaml
must "$hourglass" run steps.yaml --results .
must "$hourglass" ensemble steps
mkdir stepwise
cp steps/ensemble.h5 stepwise/run.h5
# trials of different data, which have no ensemble
must "$hourglass" run table.yaml --results . --set name=apart --set 'sweep.over.data.validation=[0.2, 0.4]'

"$python" "$source/tests/interop/open_run.py" "$source/results/README.md" "$folder"
