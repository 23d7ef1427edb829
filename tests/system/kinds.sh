#!/bin/bash
# Models without a decoder, which predict the level of the noise or lie near a center: their scores are the same for new
# data and on any ranks and threads, numpy computes the same, and what needs a reconstruction is refused.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"

tiny_data
cat >tiny.yaml <<'SPEC'
name: tiny
data: {train: tiny.h5:all, test: tiny.h5:all, validation: 0.2, normal: [0], scale: standard}
models:
  noise_level:
    kind: noise_level
    encoder:
      - {gaussian_noise: {relative: {log_uniform: [0.5, 10]}}}
      - {dense: 16, activation: leaky_relu}
      - {dense: 1}
  svdd: {kind: svdd, hidden: [8], code: 3, activation: leaky_relu}
  conv: {kind: svdd, encoder: [{conv1d: 4, kernel_size: 3, activation: leaky_relu}, {dense: 3}]}
model: svdd
train: {epochs: 30, batch_size: 32, shards: 4}
score: {save: [code]}
sweep: {over: {model: [noise_level, svdd, conv]}}
SPEC

# kinds: the error of each kind is what its codes say
cat >kinds.py <<'PY'
import glob, h5py, numpy, sys
kinds = set()
for path in glob.glob("one/tiny/trials/*.h5"):
    with h5py.File(path) as f:
        code, error = f["scores/test/code"][...], f["scores/test/error"][...]
        name = f["scores/test"].attrs["error"]
        kinds.add(name)
        if name == "noise_level":
            assert code.shape == (300, 1) and (code[:, 0] == error).all()
            assert f["scores/test"].attrs["roc_auc"] > 0.8, f["scores/test"].attrs["roc_auc"]
            continue
        last = max(k for k in f["model"] if k.startswith("encoder_"))
        center = f[f"model/{last}/center"][...]
        assert center.shape == (3,) and (abs(center) >= numpy.float32(0.1)).all(), center
        assert not any("bias" in f[f"model/{k}"] for k in f["model"] if k.startswith("encoder_"))
        wanted = ((code - center) ** 2).sum(axis=1)
        assert abs(error - wanted).max() < 1e-6 * wanted.max(), abs(error - wanted).max()
        assert f["history/train_loss"][-1] < f["history/train_loss"][0]
assert kinds == {"noise_level", "distance"}, kinds
PY
# untrained: the center is the mean code of the training rows
cat >center.py <<'PY'
import h5py, numpy, sys
with h5py.File(sys.argv[1]) as f:
    code, center = f["scores/test/code"][...], f["model/encoder_1/center"][...]
mean = code.astype("f8").mean(axis=0)
far = abs(mean) >= 0.1
assert abs(center[far] - mean[far]).max(initial=0) < 1e-5 and (abs(center[~far]) == numpy.float32(0.1)).all(), (center, mean)
PY

good run tiny.yaml -n 1 -t 1 --quiet --results one
"$PYTHON" kinds.py 2>message || fail 'errors are not those of the codes'
good run tiny.yaml -n 2 -t 2 --ranks-per-trial 2 --quiet --results two
for path in one/tiny/trials/*.h5; do
    same "$path" "two/${path#one/}"
    for how in '1 1' '2 2'; do
        good score "$path" data/tiny.h5:all -o scores.h5 --force --save code -n "${how% *}" -t "${how#* }"
        "$PYTHON" -c 'import h5py, sys
a, b = (next(iter(h5py.File(f)["scores"].values())) for f in ("scores.h5", sys.argv[1]))
assert all(a[k][...].tobytes() == b[k][...].tobytes() for k in ("error", "code"))' "$path" 2>message || fail "scores of new data on $how"
    done
done
good run tiny.yaml --quiet --set model=svdd --set train.epochs=0 --set data.normal=null --set data.validation=null --results untrained
"$PYTHON" center.py "$(trial untrained/tiny)" 2>message || fail 'the center is not the mean code'

# --- the table of samples has no gallery next to it, and lines of scores no explanation
good top one/tiny
says stdout '^Samples of trial '
! grep -q '^Gallery' stdout || fail 'a gallery of a model without reconstructions'
path=$(grep -l 'kind: svdd' -r one/tiny/trials | head -1)
good score "$path" tiny.csv -o -
is 'features that explain an error of a code' "$(sed 1d stdout | grep -cvE '^[0-9]+,[0-9.e-]+,[0-9.e-]*,[01]?,,,,,,$')" 0
good encode "$path" data/tiny.h5:all -o codes.h5:all

# --- what is refused
bad 2 'its model is of kind (svdd|noise_level), which has no reconstruction' explain one/tiny tiny.csv
bad 2 -- '--save: trial [0-9a-f]{8}: its model is of kind svdd' score "$path" tiny.csv -o x.h5 --save feature_error
bad 2 '--error: trial [0-9a-f]{8}: a model of kind svdd has no reconstruction, allowed: error distance' \
    score "$path" tiny.csv -o - --error mse
bad 2 'its model has no decoder' decode "$path" codes.h5:all -o x.h5:all
bad 2 'score.save: found reconstruction or feature_error with a model of kind svdd' \
    check tiny.yaml --set sweep.over.model='[svdd]' --set score.save='[feature_error]'
bad 2 'score.error: a model of kind svdd has no reconstruction, allowed: error distance' \
    check tiny.yaml --set sweep.over.model='[svdd]' --set score.error=mae
bad 2 'score.error: distance as an error needs a model of kind svdd' \
    check tiny.yaml --set sweep.over.model='[{hidden: [8], code: 3}]' --set score.error=distance
bad 2 'kind: found svdd with loss mae, allowed: loss mse' check tiny.yaml --set sweep.over.model='[svdd]' --set train.loss=mae
bad 2 'feature_weights: found weights of features with a model of kind svdd, allowed: none' \
    check tiny.yaml --set sweep.over.model='[svdd]' --set train.feature_weights='[1, 1, 1, 1, 1, 1]'
bad 2 "kind: found 'svd', allowed: one of autoencoder, noise_level, svdd" check tiny.yaml --set models.svdd.kind=svd
verdict
