#!/bin/bash
# Principal components as a baseline: of many features too, and a baseline that fails costs no trained model.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py, numpy' 2>message || skip "no numpy or h5py"
mkdir data

# ROWS COLUMNS: normal rows near a plane of 5 dimensions, every fourth row elsewhere
cat >make.py <<'PY'
import numpy, sys
rows, columns = int(sys.argv[1]), int(sys.argv[2])
random = numpy.random.default_rng(1)
planes = random.normal(size=(2, 5, columns))
label = (numpy.arange(rows) % 4 == 3).astype("i8")
weights = random.normal(size=(rows, 5)) * [5, 4, 3, 2, 1.5]
mixed = 0.8 * random.normal(size=(rows, 5))
x = weights @ planes[0] + numpy.where(label[:, None] == 1, mixed @ planes[1], 0) + 0.5 * random.normal(size=(rows, columns))
numpy.savez("wide.npz", x=x.astype("f4"), y=label)
PY
cat >judge.py <<'PY'
import h5py, numpy, sys
with h5py.File("data/wide.h5") as f:
    x, label = f["all/x"][...].astype("f8"), f["all/label"][...]
with h5py.File(sys.argv[1]) as f:
    found = f["scores/test"].attrs["pca_roc_auc"]
train = x[label == 0]
mean = train.mean(axis=0)
axes = numpy.linalg.svd(train - mean, full_matrices=False)[2][:3]
left = (x - mean) - (x - mean) @ axes.T @ axes
error = (left ** 2).mean(axis=1)
high, low = error[label == 1], error[label == 0]
wanted = ((high[:, None] > low).sum() + (high[:, None] == low).sum() / 2) / len(high) / len(low)
assert 0.5 < wanted < 1, wanted  # a figure that can be wrong
assert abs(found - wanted) < 2 / len(high) / len(low), (found, wanted)
PY
spec() {
    cat <<-SPEC
	name: wide
	data: {train: "wide.h5:all", test: "wide.h5:all", normal: [0]}
	model: {encoder: [{dense: 3}], decoder: [{dense: $1}]}
	train: {epochs: 1, batch_size: 32, shards: 2}
	score: {baseline: pca}
	SPEC
}

# by the covariance matrix, and beyond 4096 features by iteration; with fewer rows than features and with more vectors
for columns in 60 4500; do
    "$PYTHON" make.py 120 $columns
    good import wide.npz -o data/wide.h5:all --force
    spec $columns >wide.yaml
    good check wide.yaml
    good run wide.yaml -n 1 -t 1 --results "one-$columns"
    "$PYTHON" judge.py "$(trial "one-$columns/wide")" 2>message || fail "the baseline of $columns features is not numpy's"
    good run wide.yaml -n 2 -t 1 --ranks-per-trial 2 --results "two-$columns"
    same "$(trial "one-$columns/wide")" "$(trial "two-$columns/wide")"
done

# an objective that no row can give
sed '$a\sweep: {objective: roc_auc, over: {train.seed: [1, 2]}}' wide.yaml >objective.yaml
good check objective.yaml
bad 2 'objective: no test set has labels that tell which samples are anomalies, some normal ones and some anomalies' \
    check objective.yaml --set 'data.test={from: "wide.h5:all", where: "y == 0"}'

verdict
