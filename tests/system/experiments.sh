#!/bin/bash
# The experiments of experiments/ come out as their README says: all are valid, those that are quick run in full on the real
# data, the others with fewer epochs.
. "$(dirname "$0")/../lib.sh"
python=${PYTHON:-/usr/bin/python3}
has_data mnist || skip 'no MNIST below HOURGLASS_DATA'
"$python" -c 'import h5py' 2>/dev/null || skip 'no python3-h5py'

mkdir experiments
cp "$source_tree"/experiments/*.yaml experiments/
(cd "$source_tree" && SLURM_SUBMIT_DIR=$folder HOURGLASS=$hourglass bash jobs/get-data.sh) >out 2>message || fail "get-data.sh"

for spec in experiments/*.yaml; do
    good check "$spec"
done

# train NAME [OPTION]...: runs the experiment; what it prints is in NAME.out
train() {
    count=$((count + 1))
    timeout 3000 "$hourglass" run "experiments/$1.yaml" "${@:2}" >"$1.out" 2>message || fail "hourglass run $*"
}
for name in cardio cardio-missing ecg5000-lstm ecg5000-conv1d mnist-shoe mnist-deep mnist-outliers; do
    train "$name"
done
train mnist-conv --set train.epochs=1
train mnist-denoise --set train.epochs=2
train mnist-sparse-l1 --set train.epochs=3
train mnist-sparse-kl --set train.epochs=3
train mnist-one-class --set 'class=[1]' --set train.epochs=3
train ecg5000-ensemble
train adult --set train.epochs=3 --set 'sweep.over.code=[8]'
train nab --trials files
train skab --set train.epochs=3 --set 'sweep.over.train.seed=[1]'
count=$((count + 1))
timeout 600 "$hourglass" top results/mnist-outliers --by-class >top.out 2>message || fail "top --by-class"

"$python" - <<'CHECKS' || failures=$((failures + 1))
import glob, re, statistics, sys
import h5py
bad = 0

def check(what, holds):
    global bad
    print(("    " if holds else "FAILED: ") + what)
    bad += not holds

def trials(name):
    files = [h5py.File(path) for path in sorted(glob.glob(f"results/{name}/trials/*.h5"))]
    assert files, name
    return files

ratios = []
for t in trials("mnist-shoe"):
    error = t["scores/test/error"][()]
    boot = error[t["scores/test/is_anomaly"][()] == 1]
    others = error[t["scores/test/is_anomaly"][()] == 0]
    check(f"shoe: {len(error)} samples, the boot's error {boot[0]:.4f} against {others.max():.4f}",
          len(error) == 10001 and len(boot) == 1 and boot[0] > others.max())
    ratios.append(boot[0] / others.max())
check(f"shoe: over {len(ratios)} seeds the boot's error is {statistics.median(ratios):.2f} times the runner-up's in the median",
      len(ratios) == 5 and statistics.median(ratios) >= 2)

t = trials("mnist-deep")[0]
loss = t["history/validation_loss"][-1]
check(f"deep: validation error {loss:.5f}", loss <= 0.021)
scores = t["scores/test"]
check("deep: codes stored", scores["code"].shape == (10001, 10))
outside = scores["error"][()][scores["is_anomaly"][()] == 1][0]
digits = scores["error"][()][scores["is_anomaly"][()] == 0].max()
check(f"deep: L2 of the image from outside {outside:.2f}, of the worst digit {digits:.2f}", outside > 1.2 * digits)

t = trials("mnist-outliers")[0]
check("outliers: 10,000 test samples", t["scores/test/error"].shape == (10000,))
check("outliers: training went down", t["history/train_loss"][-1] < 0.6 * t["history/train_loss"][0])

t = trials("adult")[0]
names = [n.decode() if isinstance(n, bytes) else n for n in t["columns/column"][()]]
check(f"adult: columns {names[:3]}...", names[0] == "age" and "native-country" in names)
check("adult: 16281 rows of the test set", t["scores/test/error"].shape == (16281,))

steps = [t["scores/test/steps"].attrs for t in trials("nab")]
auc = [float(a["roc_auc"]) for a in steps if "roc_auc" in a and a["roc_auc"] == a["roc_auc"]]
check(f"nab: {len(steps)} series, mean ROC AUC of the steps of {len(auc)} of them {statistics.mean(auc):.3f}",
      len(steps) == 57 and len(auc) == 52 and statistics.mean(auc) > 0.6)

a = trials("skab")[0]["scores/test/steps"].attrs
check(f"skab: ROC AUC of the steps {a['roc_auc']:.3f}, principal components {a['pca_roc_auc']:.3f}", a["roc_auc"] > a["pca_roc_auc"])

t = trials("cardio")[0]
a = t["scores/test"].attrs
check(f"cardio: ROC AUC {a['roc_auc']:.4f}, principal components {a['pca_roc_auc']:.4f}", a["roc_auc"] > 0.9 and a["pca_roc_auc"] > 0.5)
check("cardio: 22 inputs, code 12", t["model"].attrs["code_shape"] in ("(12)", b"(12)"))

t = trials("ecg5000-lstm")[0]
a = t["scores/test"].attrs
check(f"ecg5000-lstm: ROC AUC {a['roc_auc']:.4f}, accuracy {a['accuracy']:.4f}", a["roc_auc"] > 0.98 and a["accuracy"] > 0.92)
t = trials("ecg5000-conv1d")[0]
a = t["scores/test"].attrs
check(f"ecg5000-conv1d: ROC AUC {a['roc_auc']:.4f}, accuracy {a['accuracy']:.4f}", a["roc_auc"] > 0.98 and a["accuracy"] > 0.92)

with_all = trials("cardio")[0]["scores/test"].attrs["roc_auc"]
auc = trials("cardio-missing")[0]["scores/test"].attrs["roc_auc"]
check(f"cardio-missing: ROC AUC {auc:.4f}, with all entries {with_all:.4f}", auc > 0.9)

t = trials("mnist-conv")[0]
loss = t["history/validation_loss"][-1]
check(f"conv: validation loss {loss:.4f} after one epoch", loss < 0.22)
check("conv: a code of 128 numbers", t["scores/test/code"].shape == (10001, 128))

t = trials("mnist-denoise")[0]
loss, auc = t["history/validation_loss"][-1], t["scores/test"].attrs["roc_auc"]
check(f"denoise: loss {loss:.4f} of clean images after two epochs, ROC AUC {auc:.4f} of clothes", loss < 0.25 and auc > 0.85)

def codes(name, key):  # mean code and error, by the strength of the penalty
    found = []
    for t in trials(name):
        strength = float(re.search(rf"{key}: (\S+)", t.attrs["spec"])[1])  # the encoder comes first
        found.append((strength, t["scores/test/code"][()].mean(), t["history/validation_loss"][-1]))
    return sorted(found)

for name, key in ("mnist-sparse-l1", "activity_l1"), ("mnist-sparse-kl", "sparsity_beta"):
    strengths, means, losses = zip(*codes(name, key))
    check(f"{name}: strength {strengths}: mean code {means}, loss {losses}",
          len(means) == 3 and means[0] > means[1] > means[2] > 0 and losses[2] > losses[0])

for name, least in ("mnist-one-class", 0.99), ("ecg5000-ensemble", 0.99):
    run = h5py.File(f"results/{name}/run.h5")
    auc = run["ensemble/scores/test"].attrs["roc_auc"]
    check(f"{name}: ROC AUC {auc:.4f} of the ensemble", auc > least)
sys.exit(bad != 0)
CHECKS
for word in "called anomalous" "macro average" "PCA ROC AUC"; do
    grep -q "$word" cardio.out || fail "cardio prints no '$word'"
done
for digit in 0 1 2 3 4 5 6 7 8 9; do
    for end in highest lowest; do
        grep -q "label $digit, $end errors" top.out || fail "top --by-class: no $end errors of label $digit"
    done
done
ls results/mnist-outliers/gallery-*-by-class.png >/dev/null 2>&1 || fail "no gallery by class"
verdict
