#!/bin/bash
# A trained model at work on new data: the errors of a run again, on any ranks and threads, and what is refused.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec | sed 's/  split: .*/  test: tiny.h5:all/' >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1
model=$(trial results/tiny)
id=$(basename "$model" .h5)
saves=(--save code --save reconstruction --save feature_error)

# --- the scores of the run once more: file, run, run and id; the model alone is enough
good score "$model" data/tiny.h5:all -o again.h5 "${saves[@]}" -t 1
says stdout '^again.h5: 300 rows of data/tiny.h5:all under trial [0-9a-f]{8} '
says stdout '^ROC AUC 0\.[0-9]+ '
cat >compare.py <<'PY'
import sys, h5py
a, b = h5py.File(sys.argv[1])["scores"], h5py.File(sys.argv[2])["scores"]
(x,), (y,) = a.values(), b.values()
own = {"place", "explained", "top_name", "top_sample", "top_feature", "top_share"}
bad = [k for k in (set(x) | set(y)) - own if k not in x or k not in y or x[k][...].tobytes() != y[k][...].tobytes()]
bad += [k for k in set(x.attrs) | set(y.attrs) if k != "sources" and (k not in x.attrs or k not in y.attrs or x.attrs[k] != y.attrs[k])]
print(*bad)
PY
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    # the code of a trial is the same, but for what explains most; its group has one set, `test`, which is the split `all` here
    "$PYTHON" compare.py again.h5 "$model" >differences 2>message || fail 'cannot compare'
    is 'what differs from the trial' "$(tr ' ' '\n' <differences | sort | xargs)" ''
    # the error is the mean of its parts (once they were those of a reconstruction of the reconstruction)
    "$PYTHON" -c 'import h5py; s = h5py.File("again.h5")["scores/all"]
print(abs(s["feature_error"][...].mean(1) / s["error"][...] - 1).max() < 1e-5)' >stdout 2>message
    is 'mean of feature_error beside error' "$(cat stdout)" True
else
    echo 'h5py is missing: the scores are not compared with those of the run'
fi
mv data away
mkdir data
cp away/tiny.h5 data/other.h5
good score results/tiny/run.h5 data/other.h5:all -o run.h5
good score "results/tiny/run.h5:${id:0:6}" data/other.h5:all -o id.h5
good score "results/tiny:${id:0:6}" data/other.h5:all -o folder.h5
for other in id folder; do
    "$h5same" run.h5 $other.h5 >comparison 2>&1
    says comparison '^same +scores/all/error'
done
rm -r data
mv away data

# --- the same bytes on any ranks and threads
for how in '1 2' '2 1' '3 1' '2 2'; do
    read -r ranks threads <<<"$how"
    good score "$model" data/tiny.h5:all -o other.h5 --force "${saves[@]}" -n "$ranks" -t "$threads"
    cmp again.h5 other.h5 >message 2>&1 || fail "scores on $ranks x $threads"
done

# --- codes, and back: what the scores hold
good encode "$model" data/tiny.h5:all -o codes.h5:all -t 1
good encode "$model" data/tiny.h5:all -o codes.h5:two -n 2 -t 2
good decode "$model" codes.h5:all -o back.h5:back -n 2 -t 1
bad 2 "has a split 'back' already; --force replaces it" decode "$model" codes.h5:all -o back.h5:back
good decode "$model" codes.h5:two -o back.h5:back --force
bad 3 'found rows of shape \(6\), allowed: \(3\), which the model takes' decode "$model" data/tiny.h5:all -o codes2.h5:x
bad 2 'found a code of layer dense, allowed: gaussian' generate "$model" -o codes2.h5:x
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    "$PYTHON" -c 'import h5py, numpy as np
c, b, s = h5py.File("codes.h5"), h5py.File("back.h5"), h5py.File("again.h5")["scores/all"]
m, x = h5py.File("'"$model"'")["model/scaling"], h5py.File("data/tiny.h5")["all"]
print(np.array_equal(c["all/x"], s["code"]), np.array_equal(c["two/x"], s["code"]), np.array_equal(b["back/label"], x["label"]),
      abs((b["back/x"][...] - m["shift"][...]) * m["factor"][...] - s["reconstruction"][...]).max() < 1e-5)' >stdout 2>message
    is 'codes, labels and what is decoded' "$(cat stdout)" 'True True True True'
fi

# --- samples of a variational model: the same of a seed, on any ranks
sed 's/^name: tiny/name: drawn/; s/{dense: "${code}", activation: relu}/{gaussian: "${code}"}/' tiny.yaml >drawn.yaml
good run drawn.yaml --quiet -n 1 -t 1
good generate results/drawn/run.h5 -o one.h5:x --count 700 -t 1
good generate results/drawn/run.h5 -o two.h5:x --count 700 -n 2 -t 2
good generate results/drawn/run.h5 -o three.h5:x --count 700 -t 1 --seed 2
"$h5same" one.h5 two.h5 >comparison 2>&1
says comparison '^same +x/x'
"$h5same" one.h5 three.h5 >comparison 2>&1
says comparison '^differs +x/x'

# --- the plane of its codes, and pictures
good run drawn.yaml --quiet -n 1 -t 1 --results plane --set code=2
plane=$(trial plane/drawn)
good generate "$plane" -o grid.h5:x --grid 20 --png grid.png -t 1
says stdout '^grid.h5:x: 400 rows under trial '
says stdout '^grid.png: their picture$'
is 'begin of a PNG' "$(head -c 4 grid.png | tail -c 3)" PNG
good generate "$plane" -o grid.h5:two --grid 20 --png two.png -n 2 -t 2
cmp grid.png two.png >message 2>&1 || fail 'pictures on 1 x 1 and 2 x 2'
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    # left to right and from below: the quantiles of 1/40, 3/40, ...
    "$PYTHON" -c 'import h5py, numpy as np
from statistics import NormalDist
q = [NormalDist().inv_cdf((i + 0.5) / 20) for i in range(20)]
np.save("plane.npy", np.array([(x, y) for y in reversed(q) for x in q], np.float32))' 2>message || fail 'no codes'
    good import plane.npy -o codes.h5:plane
    good decode "$plane" codes.h5:plane -o grid.h5:decoded -t 1
    "$PYTHON" -c 'import h5py; g = h5py.File("grid.h5")
print(abs(g["x/x"][...] - g["decoded/x"][...]).max() < 1e-5, g["x/x"][...].tobytes() == g["two/x"][...].tobytes(), g["x/x"][...].std(0).min() > 1e-3)' >stdout 2>message
    is 'a grid beside its codes decoded' "$(cat stdout)" 'True True True'
fi
good generate results/drawn/run.h5 -o one.h5:seven --count 7 --png seven.png
bad 2 '--grid: trial [0-9a-f]{16}: found a code of 3 values, allowed: 2, for the sides' generate results/drawn/run.h5 -o x.h5:x --grid 5
# fault: a grid ignored --count and --seed in silence
bad 2 '--count: found 4 with --grid 5, which makes 25 samples, allowed: one of them' generate "$plane" -o x.h5:x --grid 5 --count 4
bad 2 '--seed: found 3 with --grid' generate "$plane" -o x.h5:x --grid 5 --seed 3
bad 2 "--grid: found '1', allowed: an integer in \[2, 10000\]" generate "$plane" -o x.h5:x --grid 1
bad 2 '--png: found 5000 samples, allowed: at most 4201 of this shape' generate "$plane" -o x.h5:x --count 5000 --png x.png
bad 74 'none/x.png: cannot create picture' generate "$plane" -o y.h5:x --grid 5 --png none/x.png -n 2

# --- its errors from draws of the code: those of the run again, on any ranks, and of a model that was run for others
good run drawn.yaml --quiet -n 1 -t 1 --results bound --set score.error=elbo --set score.samples=4
bound=$(trial bound/drawn)
good score "$bound" data/tiny.h5:all -o bound.h5 "${saves[@]}" -t 1
says stdout '^elbo: mean [0-9.]+, largest [0-9.]+; [0-9]+ above the threshold [0-9.]+$'
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    "$PYTHON" compare.py bound.h5 "$bound" >differences 2>message || fail 'cannot compare'
    is 'what differs from the variational trial' "$(tr ' ' '\n' <differences | sort | xargs)" ''
fi
for how in '1 2' '2 1' '3 2'; do
    read -r ranks threads <<<"$how"
    good score "$bound" data/tiny.h5:all -o other.h5 --force "${saves[@]}" -n "$ranks" -t "$threads"
    cmp bound.h5 other.h5 >message 2>&1 || fail "errors from draws on $ranks x $threads"
done
drawn=$(trial results/drawn)
good score "$drawn" data/tiny.h5:all -o draws.h5 --error elbo --samples 4
says stdout '^elbo: mean [0-9.]+, largest [0-9.]+; no threshold is known: best F1 0\.[0-9]+ at [0-9.]+$'
"$h5same" bound.h5 draws.h5 >comparison 2>&1
says comparison '^same +scores/all/error'
good score "$drawn" data/tiny.h5:all -o draws.h5 --force --error reconstruction_probability --samples 5
"$h5same" bound.h5 draws.h5 >comparison 2>&1
says comparison '^differs +scores/all/error'
bad 2 "--error: trial [0-9a-f]{8}: elbo and reconstruction_probability as errors need a variational model" \
    score "$model" data/tiny.h5:all -o x.h5 --error elbo
bad 2 "--error: found 'elb', allowed: one of mse, .*did you mean 'elbo'" score "$model" data/tiny.h5:all -o x.h5 --error elb
bad 2 "--samples: found '0', allowed: an integer in \[1, " score "$drawn" data/tiny.h5:all -o x.h5 --error elbo --samples 0
bad 2 '--error: trial .* need a variational model' score "$model" data/tiny.h5:all -o x.h5 --error elbo -n 2

# --- types that are converted, labels that are others, no labels
good import tiny.csv --label kind --type f4 -o data/f4.h5:all
good score "$model" data/f4.h5:all -o f4.h5
good score "$model" data/tiny.h5:all -o normal.h5 --normal 1
says stdout '^ROC AUC'
good import tiny.csv --drop kind -o data/bare.h5:all
good score "$model" data/bare.h5:all -o bare.h5
grep -q 'ROC AUC' stdout && fail 'metrics without labels'
good info bare.h5
says stdout '^ +threshold = 0'

# --- what does not fit
bad 2 'again.h5: is there already; --force replaces it' score "$model" data/tiny.h5:all -o again.h5
bad 2 '--output: missing' score "$model" data/tiny.h5:all
bad 2 "--output: found 'x.h5:all', allowed: FILE.h5, without a split; hint: x.h5" score "$model" data/tiny.h5:all -o x.h5:all
bad 2 "--save: found 'weights', allowed: code, reconstruction" score "$model" data/tiny.h5:all -o x.h5 --save weights
bad 2 "found 'data/tiny.h5', allowed: FILE.h5:SPLIT; hint: hourglass info data/tiny.h5 lists" score "$model" data/tiny.h5 -o x.h5
bad 3 'no file data/none.h5; hint: ' score "$model" data/none.h5:all -o x.h5
bad 3 'data/run.h5: found a|no file|data/run.h5: ' score data data/tiny.h5:all -o x.h5
bad 3 "no split 'al' in .*did you mean 'all'" score "$model" data/tiny.h5:al -o x.h5
bad 2 "no trial's id begins with 'zz'" score results/tiny/run.h5:zz data/tiny.h5:all -o x.h5
bad 3 'found format hourglass-dataset, allowed: hourglass-trial or hourglass-run' score data/tiny.h5 data/tiny.h5:all -o x.h5
good import tiny.csv --label kind --drop f -o data/narrow.h5:all
bad 3 'found rows of shape \(5\), allowed: \(6\), which the model takes' score "$model" data/narrow.h5:all -o x.h5
sed '1s/a,b/b,a/' tiny.csv >swapped.csv
good import swapped.csv --label kind -o data/swapped.h5:all
bad 3 "found column 0 'b', allowed: 'a', which the model takes there" score "$model" data/swapped.h5:all -o x.h5
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i < NF; i++) $i *= 1000} 1' tiny.csv >units.csv
good import units.csv --label kind -o data/units.h5:all
[ -e x.h5 ] && fail 'a refused job leaves a file'
good score "$model" data/units.h5:all -o units-scores.h5
says message "warning: all: most values of columns 'a', 'b', 'c', 'd', 'e' and 1 more lie outside \[-1, 2\] after scaling"
awk -F, -v OFS=, 'NR == 9 {$2 = "NA"} 1' tiny.csv >missing.csv
good import missing.csv --label kind -o data/missing.h5:all
for ranks in 1 2; do
    good score "$model" data/missing.h5:all -o "missing-$ranks.h5" -n "$ranks" --save code --save reconstruction
    says message 'warning: all: 1 of 300 rows have missing or infinite values, .* error is NaN, the first is row 7'
done
cmp missing-1.h5 missing-2.h5 || fail 'rows without an error on two ranks'
bad 3 "found a missing value \(NaN\) in row 7, column 'b', for which the model has no fill" encode "$model" data/missing.h5:all -o x.h5:x
is 'temporaries' "$(find . -name '.*tmp*')" ''

# --- memory does not grow with the rows
if command -v /usr/bin/time >/dev/null; then
    for rows in 30000 120000; do
        tiny_csv $rows >long.csv
        good import long.csv --drop kind -o "data/long-$rows.h5:all"
        /usr/bin/time -o "memory-$rows" -f %M "$hourglass" score "$model" "data/long-$rows.h5:all" -o long.h5 --force -t 1 >stdout 2>message ||
            fail "scores of $rows rows"
    done
    more=$(($(cat memory-120000) - $(cat memory-30000)))
    [ $more -lt 3000 ] || fail "90000 more rows of 48 bytes take $more kB more"
fi
verdict
