#!/bin/bash
# Scaling of whole pictures: `smooth` and `normalize` give what NumPy gives, in training, in blocks and for new data; and they
# are refused for samples that are no pictures. `explain` shows values and reconstructions in the units of the data.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import h5py' 2>/dev/null || skip 'no python3-h5py'

mkdir data
"$PYTHON" - <<'MAKE'
import numpy
r = numpy.random.default_rng(3)
gray = r.integers(0, 256, (120, 9, 6)).astype("u1")
gray[:, :, 4:] //= 40
gray[7] = 0
numpy.save("gray.npy", gray)
numpy.save("color.npy", r.integers(0, 256, (120, 5, 7, 3)).astype("u1"))
numpy.save("table.npy", r.normal(size=(120, 4)))
numpy.save("label.npy", (numpy.arange(120) >= 100).astype("i4"))
MAKE
for name in gray color table; do
    good import $name.npy label.npy -o data/$name.h5:all
done

# experiment NAME DATA SCALE [OTHER SETTINGS OF data]: neighbours, which store the rows as the model sees them
experiment() {
    printf '%s\n' "name: $1" "data: {train: '$2.h5:all', test: '$2.h5:all', normal: [0], scale: $3${4:-}}" 'model: {neighbours: {k: [1]}}' \
        'score: {error: mse}' >"$1.yaml"
}
experiment smooth gray '{method: unit, smooth: 0.8}'
experiment both gray '{method: unit, log1p: true, smooth: 1.5, normalize: true}'
experiment level color '{method: min_max, normalize: true}'
experiment colors color '{method: none, smooth: 1}'
experiment bytes gray '{method: min_max, log1p: true}' # bytes that are converted before they are gathered
for name in smooth both level colors bytes; do
    good run $name.yaml -n 1 -t 1
    good score results/$name "data/$(grep -o '[a-z]*.h5' $name.yaml | head -1):all" -o $name-new.h5 --force
    good run $name.yaml -n 2 -t 1 --set name=$name-blocks --set data.shuffle=blocks --set data.shuffle_block=4
done

"$PYTHON" - <<'CHECKS' || fail 'values differ from those of NumPy'
import glob
import h5py, numpy

def smooth(x, deviation):
    radius = int(numpy.ceil(3 * deviation))
    weight = numpy.exp(-numpy.arange(-radius, radius + 1) ** 2 / (2 * deviation**2))
    weight /= weight.sum()
    for axis in 1, 2:
        x = numpy.apply_along_axis(lambda line: numpy.convolve(line, weight)[radius:-radius], axis, x)
    return x

def normalize(x):
    level = numpy.sqrt((x**2).mean(axis=(1, 2) if x.ndim == 3 else (1, 2, 3), keepdims=True))
    return x / numpy.where(level > 0, level, 1)

def check(name, expected):
    expected = expected.reshape(len(expected), -1)
    for folder in name, name + "-blocks":
        trial = h5py.File(glob.glob(f"results/{folder}/trials/*.h5")[0])
        rows = trial["model/encoder_0/rows"][()]
        assert abs(rows - expected[:100]).max() < 1e-5 * abs(expected).max(), (folder, abs(rows - expected[:100]).max())
        error = trial["scores/test/error"][()]
    new = h5py.File(name + "-new.h5")["scores/all/error"][()]
    assert (new == error).all(), (name, abs(new - error).max(), (new != error).sum(), numpy.flatnonzero(new != error)[:9])

gray, color = numpy.load("gray.npy").astype(float), numpy.load("color.npy").astype(float)
check("smooth", smooth(gray / 255, 0.8))
check("both", normalize(smooth(numpy.log1p(gray) / numpy.log(256), 1.5)))
low, high = color[:100].min(axis=0), color[:100].max(axis=0)
check("level", normalize((color - low) / (high - low)))
check("colors", smooth(color, 1))
low, high = numpy.log1p(gray[:100]).min(axis=0), numpy.log1p(gray[:100]).max(axis=0)
check("bytes", (numpy.log1p(gray) - low) / (high - low))
CHECKS

# --- explain: `value` is what the row has, `expected` has its units, also in an ensemble. Rows 0 and 1 are rows of the
# training data, rows 2 and 3 are twice as bright.
"$PYTHON" -c 'import numpy
half = numpy.load("gray.npy")[:60] // 2
numpy.save("half.npy", half)
numpy.save("rows.npy", numpy.concatenate([half[:2], 2 * half[:2]]))'
good import half.npy -o data/half.h5:all
good import rows.npy -o data/rows.h5:all
printf '%s\n' 'name: views' 'data: {train: "half.h5:all", test: "rows.h5:all", scale: {method: unit, smooth: 0, normalize: false}}' \
    'model: {neighbours: {k: [1]}}' 'sweep: {over: {data.scale.smooth: [0, 1], data.scale.normalize: [false, true]}}' >views.yaml
printf '%s\n' 'name: clipped' 'data: {train: "half.h5:all", scale: {method: standard, clip: 0.5}}' 'model: {neighbours: {k: [1]}}' >clipped.yaml
good run views.yaml -n 1 -t 1
mv data/half.h5 away.h5 # without it, no member is tried on probes and left out
good ensemble results/views
mv away.h5 data/half.h5
good run clipped.yaml -n 1 -t 1
for model in results/views/trials/*.h5 results/views/ensemble.h5 results/clipped/trials/*.h5; do
    name=$(echo "$model" | tr / _)
    good explain "$model" rows.npy --features 54 --csv -t 2
    cp stdout "$name.csv"
    good explain "$model" data/rows.h5:all --features 54 --csv -n 2 -t 1
    cmp "$name.csv" stdout >message 2>&1 || fail "$model explains a file in another way than its import"
done
"$PYTHON" - <<'CHECKS' || fail 'explained values'
import csv, glob
import h5py, numpy

def smooth(x):
    weight = numpy.exp(-numpy.arange(-3, 4) ** 2 / 2)
    weight /= weight.sum()
    for axis in 1, 2:
        x = numpy.apply_along_axis(lambda line: numpy.convolve(line, weight)[3:-3], axis, x)
    return x

rows = numpy.load("rows.npy").astype(float)
names = [f"{y}:{x}" for y in range(9) for x in range(6)]
found = set()
for path in sorted(glob.glob("results_*.csv")):
    value, expected = numpy.full((2, 4, 54), numpy.nan)
    for line in csv.DictReader(open(path)):
        at = int(line["row"]), names.index(line["feature"])
        value[at], expected[at] = float(line["value"]), float(line["expected"])
    value, expected = value.reshape(rows.shape), expected.reshape(rows.shape)
    assert abs(value - rows).max() < 1e-3, (path, abs(value - rows).max())

    model = path.removesuffix(".csv").removeprefix("results_")
    if not model.startswith("views_trials_"):
        found.add(model)
        assert abs(expected[:2] - rows[:2]).max() < 1e-3 or "clipped" in model, (path, abs(expected - rows)[:2].max())
        continue
    scaling = h5py.File("results/views/trials/" + model.removeprefix("views_trials_"))["model/scaling"]
    is_smooth, is_level = "smooth" in scaling.attrs, "normalizes" in scaling.attrs
    known = slice(0, 4 if is_level else 2)
    seen = smooth(rows) if is_smooth else rows
    assert abs(expected - seen)[known].max() < 1e-2, (path, is_smooth, is_level, abs(expected - seen)[known].max())
    found.add((is_smooth, is_level))
assert len(found) == 6, found
CHECKS

# --- what cannot be smoothed, normalized or given back
experiment table table '{method: standard, smooth: 1}'
bad 3 'table.yaml:2:[0-9]+: data.scale: found smooth or normalize for samples that are no pictures, allowed:' check table.yaml
experiment table table '{method: standard, normalize: true}' ', window: {length: 5}'
bad 3 'data.scale: found smooth or normalize for samples that are no pictures' check table.yaml
experiment missing gray '{method: unit, smooth: 1}' ', missing: ignore'
bad 3 'data.scale: found smooth or normalize with missing: ignore, allowed: missing: refuse; hint: data.fill' check missing.yaml
experiment far gray '{method: unit, smooth: 9}'
bad 2 'data.scale.smooth: found .9., allowed: a number in .0, 8.' check far.yaml

printf '%s\n' 'name: net' "data: {train: 'gray.h5:all', scale: {method: unit, normalize: true}}" 'model: {code: 2}' 'train: {epochs: 1}' >net.yaml
good run net.yaml -n 1 -t 1
good encode results/net data/gray.h5:all -o codes.h5:all
bad 2 'divides each picture by its own level \(data.scale.normalize\)' decode results/net codes.h5:all -o back.h5:all
verdict
