#!/bin/bash
# Octave loads the learning curves and the errors of all trials from run.h5: the values that h5py finds in the trials, whether
# these were files or records of journals. The example of results/README.md runs.
source "$(dirname "$0")/../lib.sh"
octave=$(command -v octave-cli) || skip 'no octave-cli: apt-get install octave'
"$PYTHON" -c 'import h5py' 2>message || skip 'no h5py: apt-get install python3-h5py'
octave() { "$octave" --no-gui --norc "$@" 2>message || fail "octave $*"; }

tiny_data
tiny_spec | sed 's/normal: .*/&\n  validation: 0.2/; s/  save:.*/  save: []/' >tiny.yaml
echo 'sweep: {over: {train.epochs: [2, 4], code: [2, 3]}}' >>tiny.yaml
good run tiny.yaml --quiet --results files --trials files
good run tiny.yaml --quiet --results journal --trials journal

# --- a line for each value, in the order of the leaderboard
"$PYTHON" - files/tiny/run.h5 >expected <<'CODE'
import sys
import h5py
import numpy as np

with h5py.File(sys.argv[1]) as f:
    trials = [f["trials"][name] for name in f["leaderboard/trial"].asstr()]
    longest = max(len(t["history/train_loss"]) for t in trials)
    for name in ["train_loss", "validation_loss", "learning_rate"]:
        for trial in trials:
            curve = np.full(longest, np.nan)
            curve[:len(trial["history"][name])] = trial["history"][name]
            print("\n".join(f"{name} {value:.16e}" for value in curve))
    for trial in trials:
        print("\n".join(f"error {value:.16e}" for value in trial["scores/test/error"][...].astype(float)))
CODE
is 'curves and errors' "$(grep -c train_loss expected) $(grep -c error expected)" '16 360'
cat >show.m <<'CODE'
x = load(argv(){1}, "curves", "errors");
for name = {"train_loss", "validation_loss", "learning_rate"}
    printf([name{1} " %.16e\n"], x.curves.(name{1})); % columns are trials
end
printf("error %.16e\n", x.errors.test.error);
CODE
for kind in files journal; do
    octave show.m $kind/tiny/run.h5 | sed 's/NaN/nan/' >found
    cmp expected found || fail "Octave loads other values of $kind"
done

# --- the example
sed -n '/^```octave/,/^```/{/^```/!p}' "$source_tree/results/README.md" >example.m
is 'lines of the example' "$(($(wc -l <example.m) > 2))" 1
cp journal/tiny/run.h5 .
octave example.m >said
[ -s said ] || fail 'the example says nothing'
verdict
