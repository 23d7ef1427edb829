#!/bin/bash
# Loss and error binary_crossentropy with data outside [0, 1]: an error in training, clipped and counted in tests.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_csv 300 | sed 's/^0/7/' >far.csv # column a: from 7 on instead of 0
good import far.csv --label kind -o data/far.h5:all

# spec SED: the tiny experiment, changed
spec() { tiny_spec | sed "$1" >spec.yaml; }

# refused PATTERN: by check and by run
refused() {
    bad 2 "$1" check spec.yaml
    bad 2 "$1" run spec.yaml -n 1 -t 1
}

# training data outside, in every way that the data can be scaled
spec 's/scale: min_max/scale: standard/'
refused 'scale: loss binary_crossentropy needs values in \[0, 1\]: found [0-9]+ of [0-9]+ outside in train after scaling, the first, .* in row [0-9]+ of tiny.h5:all, column .*hint: data.scale: min_max, or another loss'
spec 's/tiny.h5:all/far.h5:all/; s/scale: min_max/scale: none/'
refused "outside in train, the first, 7.* of far.h5:all, column 'a'; hint: data.scale: min_max$"
"$PYTHON" -c 'import numpy' 2>message && {
    "$PYTHON" -c 'import numpy; numpy.save("bytes.npy", (numpy.arange(240) % 250).astype("u1").reshape(40, 6))'
    good import bytes.npy -o data/bytes.h5:all
    spec 's/tiny.h5:all/bytes.h5:all/; s/scale: min_max/scale: none/; /split:/d; /normal:/d'
    refused 'outside in train.*hint: data.scale: unit$'
    good check spec.yaml --set data.scale=unit
}

# validation data outside that nothing scales; under min_max it is clipped, which is a warning
spec 's/scale: min_max/scale: none/; s/split:.*/validation: far.h5:all/'
refused 'outside in validation, the first, 7'
spec 's/split:.*/validation: far.h5:all/'
good check spec.yaml
says message 'warning: validation: [0-9]+ of [0-9]+ values lie outside \[0, 1\]; the cross-entropy takes them as 0 or 1'
good run spec.yaml -n 1 -t 1 --results validated
"$PYTHON" -c 'import h5py' 2>message || skip "no h5py"
"$PYTHON" - "$(trial validated/tiny)" <<'PY' >stdout 2>message || fail "a validation loss that is no cross-entropy"
import h5py, sys
loss = h5py.File(sys.argv[1])["history/validation_loss"][...]
assert (loss > 0).all(), loss
PY

# a sweep whose first trials have another loss
spec '$a\sweep: {over: {train.loss: [mse, binary_crossentropy]}}'
bad 2 'needs values in \[0, 1\]' check spec.yaml --set data.scale=standard

# the training data of min_max, whose largest value may round to 1.0000001, is in range
awk 'BEGIN { print "a,b,c,d,e,f"; for (i = 0; i < 99; i++) for (k = 0; k < 6; k++) printf "%.9g%s", 1000.1 + i * i / (k + 0.7), k < 5 ? "," : "\n" }' >round.csv
good import round.csv -o data/round.h5:all
spec 's/tiny.h5:all/round.h5:all/; /split:/d; /normal:/d'
good check spec.yaml
if grep -q warning message; then fail "rounding is reported"; fi

# test data outside is clipped for the cross-entropy, and counted: it is as high as that of 0 or 1, and never below 0
spec 's/split:.*/test: {from: far.h5:all, where: kind == 0}/; $a\  error: binary_crossentropy'
good check spec.yaml
says message 'warning: test: [0-9]+ of [0-9]+ values lie outside \[0, 1\]'
good run spec.yaml -n 1 -t 1
"$PYTHON" - "$(trial results/tiny)" <<'PY' >stdout 2>message || fail "the cross-entropy of clipped values"
import h5py, numpy, sys
with h5py.File(sys.argv[1]) as f:
    s = f["scores/test"]
    with h5py.File("data/far.h5") as d:
        x = d["all/x"][...][s["index"][...]]
    scaling = f["model/scaling"]
    x = (x - scaling["shift"][...]) * scaling["factor"][...]
    outside = (x < -1e-6) | (x > 1 + 1e-6)
    assert s.attrs["clipped"] == outside.sum() > 0, (s.attrs["clipped"], outside.sum())
    y = s["reconstruction"][...].astype("f8")
    t = x.clip(0, 1)
    wanted = -(t * numpy.log(y) + (1 - t) * numpy.log(1 - y)).mean(axis=1)
    assert numpy.allclose(s["error"][...], wanted, rtol=1e-3), abs(s["error"][...] - wanted).max()
    assert (s["error"][...] > 0).all()
PY
# another error takes the values as they are
spec 's/split:.*/test: far.h5:all/'
good check spec.yaml
if grep -q 'warning: test' message; then fail "a warning about an error that is no cross-entropy"; fi

verdict
