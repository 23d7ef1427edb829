#!/bin/bash
# Rows held out of training judge the scores (score.calibration), and stop training by the same noise after every epoch
# (train.validation_noise).
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

tiny_data
awk -F, 'NR == 1 || $7 == 0' tiny.csv | head -121 >held.csv
good import held.csv --label kind -o data/held.h5:all
cat >tiny.yaml <<'SPEC'
name: tiny
data: {train: tiny.h5:all, validation: held.h5:all, test: tiny.h5:all, normal: [0], scale: standard}
model: {encoder: [{gaussian_noise: {relative: [0.5, 1]}}, {dense: 4, activation: tanh}], decoder: [{dense: 6}]}
train: {epochs: 5, batch_size: 32, shards: 4}
score: {calibration: validation, threshold: quantile=0.9}
SPEC
cat >calibrated.py <<'PY'
import h5py, numpy, sys
model, scores = h5py.File(sys.argv[1]), h5py.File("held.out.h5")["scores/all/error"][...].astype("f8")
train = h5py.File("train.out.h5")["scores/all/error"][...].astype("f8")[h5py.File("data/tiny.h5")["all/label"][...] == 0]
rows = numpy.sort(scores)
assert abs(model["scores/test"].attrs["threshold"] / numpy.quantile(rows, 0.9) - 1) < 1e-6
r = model["reference"]
assert abs(r.attrs["median"] / numpy.median(rows) - 1) < 1e-6 and (r["error"][...] == r["validation_error"][...]).all()
assert abs(model["training_errors"].attrs["mean_error"] / train.mean() - 1) < 1e-6
assert model["training_errors"].attrs["rows"] == len(train)
PY

good run tiny.yaml -n 1 -t 1 --quiet --results one
model=$(trial one/tiny)
good score "$model" data/held.h5:all -o held.out.h5
good score "$model" data/tiny.h5:all -o train.out.h5
"$PYTHON" calibrated.py "$model" 2>message || fail 'the validation rows do not judge the scores'
good run tiny.yaml -n 2 -t 2 --ranks-per-trial 2 --quiet --results two
same "$model" "$(trial two/tiny)"
good run tiny.yaml --quiet --set score.calibration=train --results other
differ "$model" "$(trial other/tiny)" '^differs +scores/test +attribute threshold:'

# --- windows: time steps are judged by those of the validation rows
good run tiny.yaml --quiet --set data.window='{length: 3}' --set 'model.decoder=[{dense: 18}]' --results windows
good score "$(trial windows/tiny)" data/held.h5:all -o steps.h5
"$PYTHON" -c 'import h5py, numpy, sys
f = h5py.File(sys.argv[1])
steps = h5py.File("steps.h5")["scores/all/steps/error"][...].astype("f8")
wanted = numpy.quantile(steps[~numpy.isnan(steps)], 0.9)
assert abs(f["scores/test/steps"].attrs["threshold"] / wanted - 1) < 1e-6' "$(trial windows/tiny)" 2>message || fail 'time steps'

# --- the same noise after every epoch: a model that does not change has one validation loss, and a noisy one
for noise in true false; do
    good run tiny.yaml --quiet --set train.learning_rate=0 --set train.optimizer=sgd --set train.validation_noise=$noise --results "noise-$noise"
    "$PYTHON" -c 'import h5py, sys
loss = h5py.File(sys.argv[1])["history/validation_loss"][...]
print(loss[0])
assert len(loss) == 5 and (loss == loss[0]).all(), loss' "$(trial "noise-$noise/tiny")" >"$noise" 2>message || fail "validation losses with noise $noise"
done
! cmp -s true false || fail 'the validation rows have no noise'
good run tiny.yaml -n 1 -t 1 --quiet --set train.validation_noise=true --set train.early_stopping=2 --results one
good run tiny.yaml -n 2 -t 2 --ranks-per-trial 2 --quiet --set train.validation_noise=true --set train.early_stopping=2 --results two
for path in one/tiny/trials/*.h5; do same "$path" "two/${path#one/}"; done

bad 2 'score.calibration: found validation, but there is no validation data, allowed: train; or data.validation' \
    check tiny.yaml --set data.validation=null
bad 2 "calibration: found 'test', allowed: one of train, validation" check tiny.yaml --set score.calibration=test
verdict
