#!/bin/bash
# What a run leaves in its folder, and what a second one finds there: trials are known by what decides their results.
source "$(dirname "$0")/../lib.sh"

trials() { (cd "$1/trials" && echo *.h5); }
trial_count() { find "$1/trials" -name '*.h5' | wc -l; }
# has_gallery FILE: the picture that the program named in it is a PNG
has_gallery() {
    local picture
    picture=$(awk '$1 == "Gallery" {print $2}' "$1")
    is "the first bytes of '$picture'" "$(head -c 8 "$picture" 2>&1 | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a
}
no_temporaries() { is "temporary files in $1" "$(find "$1" -name '.*tmp*')" ''; }

tiny_data
tiny_spec >tiny.yaml

# --- a run
good run tiny.yaml
says stdout '^trial [0-9a-f]{8}  train_loss 0\.[0-9]+  roc_auc 0\.[0-9]+ '
says stdout '^#  trial +train loss +error +ROC AUC \[95 % CI\] +avg. prec. +seconds'
says stdout '^most anomalous +[0-9.]+ +[0-9]+  tiny.h5:all +[0-9]+  [01]'
says stdout '^All trials   results/tiny/run.h5'
is 'control characters of a run' "$(tr -d '[:print:]\n\200-\377' <stdout | wc -c)" 0
is 'lines of a run that end in white space' "$(grep -c ' $' stdout)" 0
is 'messages of a run' "$(cat message)" ''
has_gallery stdout
no_temporaries results
first=$(trial results/tiny)
is 'name of a trial' "$(basename "$first" .h5)" "$("$hourglass" info "$first" | awk '$1 == "trial" {print $3}')"
before=$(cksum "$first")

# --- a second one trains nothing and shows the results
good run tiny.yaml -n 2
says stdout '^1 of 1 trials were finished before'
says stdout '^most anomalous'
grep -E '^trial ' stdout && fail 'a second run trains again'
is 'a trial after a second run' "$(cksum "$first")" "$before"
good run tiny.yaml --quiet
is 'output of --quiet' "$(cat stdout message)" ''

# --- what makes another trial
good run tiny.yaml --set train.epochs=4 --quiet
is 'trials after --set' "$(trial_count results/tiny)" 2
good run tiny.yaml --set train.epochs=3 --quiet
is 'trials after --set of what is set' "$(trial_count results/tiny)" 2
sed 's/^name:.*/&\nabout: said differently/;s/activation: tanh/activation:   "tanh"/;s/seed: 1}/seed: 1} # note/' tiny.yaml >same.yaml
good run same.yaml --quiet
is 'trials after other words for the same' "$(trial_count results/tiny)" 2
mv data/tiny.h5 data/renamed.h5
sed 's/tiny.h5/renamed.h5/' tiny.yaml >renamed.yaml
good run renamed.yaml
is 'trials after the data was renamed' "$(trial_count results/tiny)" 2
says stdout '^No samples .* no file tiny.h5'
is 'a trial after the data was renamed' "$(cksum "$first")" "$before"
tiny_csv 300 2 >other.csv
good import other.csv --label kind -o data/tiny.h5:all
good run tiny.yaml --quiet
is 'trials after the data changed' "$(trial_count results/tiny)" 3
bad 3 'set train was tiny.h5:all xxh3:[0-9a-f]{16}, but the file has changed since: now .*; hint: train again' \
    top results/tiny --trial "$(basename "$first" .h5)"
rm data/tiny.h5
mv data/renamed.h5 data/tiny.h5

# --- --fresh keeps what was there
good run tiny.yaml --fresh
says stdout '^kept the earlier run as results/tiny.1'
is 'trials kept by --fresh' "$(trial_count results/tiny.1)" 3
is 'trials after --fresh' "$(trials results/tiny)" "$(basename "$first")"
same "$first" "results/tiny.1/trials/$(basename "$first")"
good run tiny.yaml --fresh --quiet
is 'runs after --fresh again' "$(cd results && echo *)" 'tiny tiny.1 tiny.2'

# --- a sweep: equal trials once, on one group of ranks or two the same bits, one that diverges among them
rm -rf results
cat >>tiny.yaml <<-'SPEC'
	sweep:
	  over:
	    train.learning_rate: [0.01, 1e3, 0.02, 1e-2]
	    code: [2, 3]
SPEC
sed -i 's/loss: .*/loss: mse\n  optimizer: sgd/;s/tanh/linear/;s/relu/linear/;s/sigmoid/linear/' tiny.yaml
good check tiny.yaml
says stdout '^tiny.yaml: valid; 8 trials, 6 different;'
is 'duplicates in check' "$(grep -c '(as before)' stdout)" 2
good run tiny.yaml -n 1 -t 1 --results one
says stdout '^tiny: 6 trials on 1 rank x 1 thread '
is 'trials of a sweep' "$(trial_count one/tiny)" 6
is 'trials that diverged' "$(grep -c '^trial .*  diverged in epoch 1 ' stdout)" 2
says stdout '^ROC AUC over 4 trials: mean 0\.[0-9]{4}, standard deviation 0\.[0-9]{4}, from 0\.[0-9]{4} to [01]\.[0-9]{4}$'
is 'diverged trials of the leaderboard, below all others' "$(awk '/ diverged /&& $1 ~ /^[0-9]+$/ {print $1}' stdout | paste -sd' ')" '5 6'
good run tiny.yaml -n 2 -t 1 --results two
says stdout '^tiny: 6 trials on 2 ranks x 1 thread \(2 at a time\)'
good run tiny.yaml -n 3 -t 2 --ranks-per-trial 1 --results three
is 'trials on two groups' "$(trials two/tiny)" "$(trials one/tiny)"
for path in one/tiny/trials/*.h5; do
    same "$path" "two/${path#one/}"
    same "$path" "three/${path#one/}"
done
"$h5same" one/tiny/run.h5 two/tiny/run.h5 >comparison
is 'run.h5 on one group and two: what differs' "$(awk '$1 == "differs" {print $2}' comparison | grep -vE '/provenance$|seconds$|samples_per_second$')" ''
is 'leaderboard columns that are the same' "$(grep -c '^same .*leaderboard/' comparison)" 24
no_temporaries two
for path in one/tiny/trials/*.h5; do
    if "$hourglass" info "$path" | grep -q 'status = diverged'; then
        good info "$path"
        says stdout '^    epoch +i8 +\(1\)'
        grep -q 'scores/' stdout && fail 'a diverged trial has scores'
    fi
done
good run tiny.yaml --set train.learning_rate=1e3 --set code=2 --results all
says stdout '1 .* diverged '
good top all/tiny
is 'gallery of a diverged trial' "$(grep -c Gallery stdout)" 0

# --- top, info
good top one/tiny
says stdout '^least anomalous'
says stdout '^  macro average'
has_gallery stdout
good top one/tiny --by-class --samples 2
says stdout '^label 1, highest errors +[0-9.e-]+ +[0-9]+  tiny.h5:all +[0-9]+  1 +yes'
is 'samples by class' "$(grep -c 'tiny.h5:all' stdout)" 8
has_gallery stdout
good top one/tiny --csv --count 0
is 'lines of the leaderboard as CSV' "$(wc -l <stdout)" 7
is 'columns of the leaderboard as CSV' "$(head -1 stdout | cut -d, -f1-5)" 'trial,experiment,cluster,configuration,status'
good top one/tiny --count 2
says stdout '^and 4 more: hourglass top one/tiny --count 0'
bad 2 "--trial: no trial's id begins with 'x'" top one/tiny --trial x
bad 2 "--trial: '' begins several ids" top one/tiny --trial ''
bad 2 "--test-set: the trial has no test set 'x'" top one/tiny --test-set x
bad 2 '--samples: found .51., allowed: an integer in \[1, 50\]' top one/tiny --samples 51
good info one/tiny/run.h5 data/tiny.h5
says stdout '^    roc_auc +f8 +\(6\)'
says stdout '^    x +f8 +\(300, 6\)'
mkdir -p empty/trials
bad 2 'empty: no trial is finished yet' top empty

# --- a trial file that is damaged
path=$(find two/tiny/trials -name '*.h5' | head -1)
head -c 3000 "$path" >damaged && mv damaged "$path"
bad 3 "$path: damaged: it is cut off" top two/tiny
good run tiny.yaml --results two
says stdout "$path: damaged: .* kept as $(basename "$path").damaged, its trial is trained again"

# --- a place that cannot be written, a full disk
echo taken >taken
bad 74 'taken/tiny: cannot make the folder: Not a directory' run tiny.yaml --results taken
bad 74 'taken/x: cannot make the folder: Not a directory' run tiny.yaml --results taken/x -n 2
if [ "$(id -u)" != 0 ]; then
    mkdir -m 555 closed
    bad 74 'closed/tiny: cannot make the folder: Permission denied' run tiny.yaml --results closed
fi
# torn FOLDER: there is no file that is not whole
torn() {
    no_temporaries "$1"
    while read -r path; do good info "$path"; done < <(find "$1" -name '*.h5')
}
trap '' XFSZ # then a write beyond the limit fails as on a full disk
(
    failures=0
    ulimit -f 20
    bad 74 'trials/[0-9a-f]{16}.h5: .*cannot write it: File too large' \
        run renamed.yaml -n 1 --set data.train=tiny.h5:all --results limited
    exit $failures
) || failures=$((failures + 1))
trap - XFSZ
torn limited
if mkdir disk && mount -t tmpfs -o size=160k tmpfs disk 2>message; then
    trap 'umount "$folder/disk"; rm -rf "$folder"' EXIT
    bad 74 'No space left on device' run tiny.yaml -n 1 --results disk
    [ "$(trial_count disk/tiny)" -ge 1 ] || fail 'no trial was written before the disk was full'
    torn disk
    bad 74 'No space left on device' run tiny.yaml -n 2 -t 1 --ranks-per-trial 2 --results disk
    torn disk
    mount -o remount,size=4m disk
    good run tiny.yaml -n 1 --results disk
    is 'trials when there is room again' "$(trials disk/tiny)" "$(trials one/tiny)"
else
    echo 'a full disk is not tried: no tmpfs can be mounted here'
fi

# --- help
for command in '' import check run top info; do
    good $command --help
    says stdout '^usage: hourglass '
    good $command --version
    says stdout '^hourglass [0-9]+\.[0-9]+'
done
verdict
