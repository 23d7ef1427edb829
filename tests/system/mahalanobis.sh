#!/bin/bash
# Scores in the space of codes: numpy computes the same distances, new data get the same scores, on any ranks and
# threads, for models with and without a decoder, and whatever the last layer is.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

tiny_data
cat >tiny.yaml <<'SPEC'
name: tiny
data: {train: tiny.h5:all, validation: 0.2, test: tiny.h5:all, normal: [0], scale: standard}
models:
  dense: {hidden: [8], code: 3}
  tied: {encoder: [{dense: 3, activation: tanh}], decoder: [{dense: 6, tied: true}]}
  shaped: {encoder: [{dense: 3}], decoder: [{dense: 6}, {reshape: [6]}]}
  normal: {encoder: [{dense: 3}], decoder: [{dense: 6}, {batch_normalization: true}]}
  gaussian: {encoder: [{gaussian: 2}], decoder: [{dense: 6}]}
  svdd: {kind: svdd, hidden: [8], code: 3, activation: elu}
model: dense
train: {epochs: 12, batch_size: 32, shards: 4, early_stopping: 3}
score: {error: code_mahalanobis, save: [code]}
sweep: {over: {model: [dense, tied, shaped, normal, gaussian, svdd]}}
SPEC
cat >distances.py <<'PY'
import glob, h5py, numpy
paths = glob.glob("one/tiny/trials/*.h5")
assert len(paths) == 6
for path in paths:
    with h5py.File(path) as f:
        code, error = f["scores/test/code"][...].astype("f8"), f["scores/test/error"][...]
        layers = [k for k in f["model"] if "code_mean" in f["model"][k]]
        mean, whitening = (f["model"][layers[0]][k][...].astype("f8") for k in ("code_mean", "code_whitening"))
        variances = numpy.linalg.inv(whitening @ whitening.T)
    wanted = (((code - mean) @ whitening) ** 2).sum(axis=1)
    assert abs(error / wanted - 1).max() < 1e-3, (path, abs(error / wanted - 1).max())
    with h5py.File("data/tiny.h5") as f:
        normal = f["all/label"][...] == 0
    assert abs(wanted[normal].mean() / code.shape[1] - 1) < 0.2, wanted[normal].mean()
PY
# without validation rows, the blocks are those of the normal rows
cat >blocks.py <<'PY'
import h5py, numpy, sys
with h5py.File("data/tiny.h5") as f:
    normal = f["all/label"][...] == 0
with h5py.File(sys.argv[1]) as f:
    code = f["scores/test/code"][...].astype("f8")[normal]
    mean, whitening = (f["model/decoder_1"][k][...].astype("f8") for k in ("code_mean", "code_whitening"))
covariance = numpy.cov(code.T, ddof=0)
covariance += 1e-3 * numpy.trace(covariance) / len(covariance) * numpy.eye(len(covariance))
assert abs(mean - code.mean(axis=0)).max() < 1e-5
assert abs(whitening.T @ covariance @ whitening - numpy.eye(3)).max() < 1e-3
PY

good run tiny.yaml -n 1 -t 1 --quiet --results one
"$PYTHON" distances.py 2>message || fail 'distances are not those of numpy'
good run tiny.yaml -n 2 -t 2 --ranks-per-trial 2 --quiet --results two
for path in one/tiny/trials/*.h5; do
    same "$path" "two/${path#one/}"
    good score "$path" data/tiny.h5:all -o scores.h5 --force -n 2 -t 2
    "$PYTHON" -c 'import h5py, sys
a, b = (next(iter(h5py.File(f)["scores"].values()))["error"][...] for f in ("scores.h5", sys.argv[1]))
assert a.tobytes() == b.tobytes(), abs(a - b).max()' "$path" 2>message || fail "scores of new data by $path"
done
good run tiny.yaml --quiet --set model=dense --set data.validation=null --set train.early_stopping=0 --results whole
"$PYTHON" blocks.py "$(trial whole/tiny)" 2>message || fail 'the mean and covariance of the codes'

# such a model also scores by its reconstruction, but no other one by its codes
good run tiny.yaml --quiet --set model=dense --set score.error=mse --results other
good score "$(trial whole/tiny)" data/tiny.h5:all -o scores.h5 --force --error mse
bad 2 -- '--error: trial [0-9a-f]{8}: code_mahalanobis needs a model that was trained with score.error code_mahalanobis' \
    score "$(trial other/tiny)" data/tiny.h5:all -o x.h5 --error code_mahalanobis
bad 2 'score.error: found code_mahalanobis with a code of 1025 values, allowed: at most 1024' \
    check tiny.yaml --set sweep.over.model='[{code: 1025}]'
bad 2 'score.error: code_mahalanobis as an error needs a network: model.neighbours has no codes' \
    check tiny.yaml --set sweep.over.model='[{neighbours: {}}]' --set score.save='[]'
bad 2 'score.noise: found average with error code_mahalanobis' \
    check tiny.yaml --set sweep.over.model='[{encoder: [{swap_noise: 0.1}, {dense: 3}], decoder: [{dense: 6}]}]' --set score.noise=average
verdict
