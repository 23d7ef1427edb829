#!/bin/bash
# Sizes by themselves: formulas with what the data decide, `input` as a size, and models that are described by their code
# and hidden layers. However a model is written, it is one trial.
source "$(dirname "$0")/../lib.sh"

tiny_data

# spec MODEL [LINE]...: an experiment with this model, as x.yaml
spec() {
    printf '%s\n' 'name: x' 'data: {train: tiny.h5:all, split: {test: 0.3}, normal: [0], scale: min_max}' "model: $1" \
        'train: {epochs: 2, batch_size: 18, shards: 4}' "${@:2}" >x.yaml
}
# listed: the ids of the trials that check lists
listed() { sed -nE 's/^([0-9a-f]{8}) .*/\1/p' stdout; }
# sizes: the sizes that check lists, one model after the other
sizes() { sed -nE 's/^(Sizes)? +([0-9]+(x[0-9]+)*-[-x0-9]*)$/\2/p' stdout | tr '\n' ' '; }
# model SIZES MODEL [LINE]...: check accepts it
model() {
    spec "${@:2}"
    good check x.yaml
    is "sizes of $2" "$(sizes)" "$1 "
}

# --- one model, one identity
model 6-4-2-4-6 '{encoder: [{dense: 4, activation: relu}, {dense: 2}], decoder: [{dense: 4, activation: relu}, {dense: 6}]}'
id=$(listed)
for same in '{hidden: [4], code: 2}' '{hidden: 4, code: 2, activation: relu, output: linear, code_activation: linear}' \
    '{depth: 1, width: 4, code: 2}' '{hidden: ["${features - 2}"], code: "${features // 3}"}' \
    '{encoder: [{dense: "${2 * n}", activation: relu}, {dense: "${n}"}], decoder: [{dense: 4, activation: relu}, {dense: input}]}'; do
    variables=()
    [[ $same != *'${n}'* ]] || variables=('variables: {n: 2}')
    model 6-4-2-4-6 "$same" "${variables[@]}"
    is "the identity of $same" "$(listed)" "$id"
done
model 6-2-6 '{code: 2}'
model 6-5-3-2-3-5-6 '{hidden: [5, 3], code: 2}'
model 6-64-32-16-64-32-16-8-6 '{encoder: [{dense: 64}, {dense: 32}, {dense: 16}], decoder: [{dense: 64}, {dense: 32}, {dense: 16}, {dense: 8}, {dense: "${features}"}]}'
model 6-20-10-8-8-8-10-20-6 '{depth: 3, width: 20, code: 8}'
model 6-6x1-6x3-6x1 '{encoder: [{time_distributed_dense: input}, {time_distributed_dense: 3}], decoder: [{time_distributed_dense: input}]}'
model 6-2-6x2-6x1 '{encoder: [{lstm: 2}], decoder: [{repeat_vector: input}, {time_distributed_dense: input}]}'

# --- the output follows the loss
spec '{hidden: [4], code: 2}' 'score: {error: mse}'
good check x.yaml --set train.loss=binary_crossentropy
is 'the sizes with cross-entropy' "$(sizes)" '6-4-2-4-6 '
bad 2 'x.yaml:3:8: model.decoder: the last activation is linear, but loss binary_crossentropy needs sigmoid' \
    check x.yaml --set train.loss=binary_crossentropy --set model.output=linear

# --- what a trial's file holds is the written-out model, and a run of the short form is one of the long form
good run x.yaml --quiet
"$PYTHON" -c 'import h5py' 2>/dev/null && "$PYTHON" - "$(trial results/x)" <<'END' >spec
import sys, h5py
spec = h5py.File(sys.argv[1]).attrs["spec"]
print(spec.decode() if isinstance(spec, bytes) else spec)
END
[ ! -s spec ] || says spec '^  encoder:'
[ ! -s spec ] || says spec 'dense: 6$'

# --- images: a dense layer flattens them, and the output takes their shape
"$PYTHON" -c '
import numpy
x = numpy.random.default_rng(0).integers(0, 255, (60, 4, 5, 3)).astype("u1")
numpy.save("i.npy", x)
numpy.save("w.npy", x[:, :, :, 0].astype("f4"))' || exit 1
good import i.npy -o data/i.h5:all
good import w.npy -o data/w.h5:all
of() { sed -i "s/^data:.*/data: {train: $1.h5:all, split: {test: 0.3}, scale: $2}/" x.yaml; }
spec '{hidden: ["${features // 2}"], code: "${length}"}'
of i unit
good run x.yaml --quiet --results images
good check x.yaml
is 'sizes for images' "$(sizes)" '4x5x3-30-4-30-60 '
spec '{encoder: [{conv2d: 2, kernel_size: 3, padding: same}], decoder: [{conv2d: input, kernel_size: 3, padding: same}]}'
of i unit
good check x.yaml
is 'channels' "$(sizes)" '4x5x3-4x5x2-4x5x3 '
spec '{encoder: [{lstm: 3}], decoder: [{repeat_vector: input}, {lstm: input, return_sequences: true}, {time_distributed_dense: input}]}'
of w standard
good check x.yaml
is 'steps' "$(sizes)" '4x5-3-4x3-4x5-4x5 '

# --- sweeps: depth and width, and values that wait for the data
spec '{depth: 1, width: 4, code: 2}' 'sweep: {over: {model.depth: [0, 1, 2], model.width: [4, "${features}"]}}'
good run x.yaml --quiet --results swept
is 'different trials' "$(find swept/x/trials -name '*.h5' | wc -l)" 5
good check x.yaml
is 'sizes of a sweep' "$(sizes)" '6-2-6 6-4-2-4-6 6-6-2-6-6 6-4-2-2-2-4-6 6-6-3-2-3-6-6 '
good top swept/x
for ranks in 1 3; do
    go_ranks $ranks run x.yaml -t 1 --quiet --results swept$ranks || fail "$ranks ranks"
    is "trials on $ranks ranks" "$(ls swept$ranks/x/trials)" "$(ls swept/x/trials)"
done

# --- mistakes
# refuses PATTERN MODEL [LINE]...
refuses() {
    spec "${@:2}"
    bad 2 "x.yaml:$1" check x.yaml
}
refuses '3:8: model.code: missing, allowed: the number of values of the code' '{hidden: [4]}'
refuses '3:8: model.width: missing, allowed: the number of units' '{depth: 2, code: 2}'
refuses '3:8: model.depth: missing, allowed: the number of layers' '{width: 2, code: 2}'
refuses '3:22: model.depth: found hidden, too, allowed: hidden, or depth and width' '{hidden: [4], depth: 2, code: 2}'
refuses '3:32: model.code: found encoder or decoder, too, allowed: either those two' '{encoder: [{dense: 2}], code: 2}'
refuses "3:18: model.hidden\[0\]: found '0', allowed: integers in \[1, 1048576\]" '{hidden: [0], code: 2}'
refuses "3:26: model.hidden: found 'input', allowed: integers" '{code: 2, hidden: input}'
refuses "3:9: model.hiden: unknown key; did you mean 'hidden'" '{hiden: [4], code: 2}'
refuses "3:30: model.activation: found 'rleu', allowed: .*did you mean 'relu'" '{code: 2, activation: rleu}'
refuses "3:15: model.code: found '1.5', allowed: an integer in" '{code: "${features / 4}"}'
refuses "3:15: model.code: found '0', allowed: an integer in" '{code: "${features // 7}"}'
refuses "3:15: model.code: no variable 'feature'; did you mean 'features'" '{code: "${feature}"}'
refuses "3:15: model.code: in '\\$\{features // \(length - 6\)\}'|model.code: in .* with features = 6 and length = 6: division by 0" \
    '{code: "${features // (length - 6)}"}'
spec '{code: 2}'
sed -i 's/epochs: 2, batch_size: 18/batch_size: "${features}"/' x.yaml
bad 2 "x.yaml:4:21: train.batch_size: found .*: features and length are known once the data are read, allowed: in model" check x.yaml
refuses "3:29: model.encoder\[0\].dropout: found 'input', allowed: a number" '{encoder: [{dropout: input}, {dense: 2}], decoder: [{dense: 6}]}'

verdict
