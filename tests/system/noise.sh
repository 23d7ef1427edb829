#!/bin/bash
# Noise relative to the distance between neighbouring training rows: that distance is numpy's, it is stored with the
# model, and errors averaged over noisy copies are the same for new data and on any ranks and threads.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

tiny_data
cat >tiny.yaml <<'SPEC'
name: tiny
data: {train: tiny.h5:all, test: tiny.h5:all, normal: [0], scale: none}
model:
  encoder: [{gaussian_noise: {relative: [0.5, 1, 2]}}, {dense: 8, activation: tanh}]
  decoder: [{dense: 6}]
train: {epochs: 2, batch_size: 32, shards: 4}
score: {noise: average, samples: 4}
SPEC
cat >spacing.py <<'PY'
import h5py, numpy, sys
with h5py.File(f"data/{sys.argv[2]}.h5") as f:
    x, label = f["all/x"][...].astype("f8"), f["all/label"][...]
with h5py.File(sys.argv[1]) as f:
    found = f["model/encoder_0/spacing"][...]
x = numpy.nan_to_num(x[label == 0])
square = ((x[:, None] - x[None]) ** 2).sum(axis=2)
numpy.fill_diagonal(square, numpy.inf)
fifth = numpy.sqrt(numpy.sort(square, axis=1)[:, 4])
wanted = numpy.median(fifth[fifth > 0]) / numpy.sqrt(x.shape[1])
assert found.shape == (1,) and abs(found[0] / wanted - 1) < 1e-5, (found, wanted)
PY
spacing() { "$PYTHON" spacing.py "$@" 2>message || fail "the spacing of $2 is not numpy's"; }

good run tiny.yaml -n 1 -t 1 --quiet --results one
model=$(trial one/tiny)
spacing "$model" tiny

# --- missing values count as 0, and rows that have equals as distances above 0
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i <= 6; i++) if ((NR * 7 + i * 5) % 11 < 3) $i = ""} 1' tiny.csv >gaps.csv
good import gaps.csv --label kind -o data/gaps.h5:all
good run tiny.yaml --quiet --set data.train=gaps.h5:all --set data.test=gaps.h5:all --set data.missing=ignore --results gaps
spacing "$(trial gaps/tiny)" gaps
awk -F, 'NR == 1 || NR % 10 < 7 {print} NR % 10 == 2 {for (i = 0; i < 9; i++) print}' tiny.csv >equal.csv
good import equal.csv --label kind -o data/equal.h5:all
good run tiny.yaml --quiet --set data.train=equal.h5:all --set data.test=equal.h5:all --results equal
spacing "$(trial equal/tiny)" equal

# --- the same errors for new rows, and on any ranks and threads
for how in '1 1' '2 2'; do
    good score "$model" data/tiny.h5:all -o scores.h5 --force -n "${how% *}" -t "${how#* }"
    "$PYTHON" -c 'import h5py, sys
a, b = (next(iter(h5py.File(f)["scores"].values()))["error"][...] for f in ("scores.h5", sys.argv[1]))
assert a.tobytes() == b.tobytes(), abs(a - b).max()' "$model" 2>message || fail "errors of new data on $how"
done
good run tiny.yaml -n 2 -t 2 --ranks-per-trial 2 --quiet --results two
same "$model" "$(trial two/tiny)"
good run tiny.yaml --quiet --set score.noise=none --results clean
differ "$model" "$(trial clean/tiny)" '^differs +scores/test/error'

# --- values of other rows: those of evenly spaced training rows; each value is replaced once per copy of all, so that the
# error of a model whose reconstruction is 0 is the mean square of the values
cat >swap.yaml <<'SPEC'
name: swap
data: {train: tiny.h5:all, test: tiny.h5:all, normal: [0], scale: standard}
model:
  encoder: [{swap_noise: 0.25}, {dense: 6, kernel_initializer: constant}]
  decoder: [{dense: 6, kernel_initializer: constant}]
train: {epochs: 0, batch_size: 32, shards: 4}
score: {noise: average, samples: 3, save: [reconstruction]}
SPEC
cat >swap.py <<'PY'
import h5py, numpy, sys
with h5py.File("data/tiny.h5") as f:
    x, label = f["all/x"][...].astype("f8"), f["all/label"][...]
with h5py.File(sys.argv[1]) as f:
    donor, error = f["model/encoder_0/donor"][...], f["scores/test/error"][...]
train = x[label == 0]
train = (train - train.mean(0)) / train.std(0)
wanted = train[numpy.arange(128) * len(train) // 128]
assert abs(donor - wanted).max() < 1e-5, abs(donor - wanted).max()
# the reconstruction is 0, so that the error of a value is its square, however often it was replaced
square = (((x - x[label == 0].mean(0)) / x[label == 0].std(0)) ** 2).mean(1)
assert abs(error / square - 1).max() < 1e-5, abs(error / square - 1).max()
PY
good run swap.yaml -n 1 -t 1 --quiet --results swapped
"$PYTHON" swap.py "$(trial swapped/swap)" 2>message || fail 'values of other rows, or what they are compared with'
good run swap.yaml -n 1 -t 1 --quiet --set train.epochs=20 --set 'model.encoder=[{swap_noise: 0.3}, {dense: 16, activation: tanh}]' \
    --set 'model.decoder=[{dense: 6}]' --results trained
good score "$(trial trained/swap)" data/tiny.h5:all -o scores.h5 --force -n 2 -t 2
"$PYTHON" -c 'import h5py, sys
a, b = (next(iter(h5py.File(f)["scores"].values()))["error"][...] for f in ("scores.h5", sys.argv[1]))
assert a.tobytes() == b.tobytes(), abs(a - b).max()' "$(trial trained/swap)" 2>message || fail "errors of new data with replaced values"
bad 2 'swap_noise that knows the training rows needs the sample as its input' \
    check swap.yaml --set 'model.encoder=[{dense: 3}, {swap_noise: 0.2}]'

# --- what is refused
bad 2 'score.noise: found average, but the first layer of the model adds no noise, allowed: none; or a layer' \
    check tiny.yaml --set 'model.encoder=[{dense: 8}]'
bad 2 'score.noise: found average with error elbo, allowed: none' \
    check tiny.yaml --set 'model.encoder=[{gaussian_noise: 1}, {gaussian: 3}]' --set score.error=elbo
bad 2 "noise: found 'all', allowed: one of none, average" check tiny.yaml --set score.noise=all
bad 2 "relative: found '-1', allowed: a number in \(0, 1000000\]" \
    check tiny.yaml --set 'model.encoder=[{gaussian_noise: {relative: -1}}, {dense: 8}]'
verdict
