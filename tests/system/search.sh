#!/bin/bash
# Every search method: the same trials with the same bits and the same leaderboard on 1, 2 and 3 groups of ranks; a rung
# of halving is the trial that a grid makes of its epochs; a search resumes where it was left.
source "$(dirname "$0")/../lib.sh"

tiny_data

# sweep METHOD SETTINGS: an experiment of that name, of which one configuration diverges
sweep() {
    {
        tiny_spec | sed "s/^name: tiny/name: $1/; s/epochs: 3/epochs: 9\n  optimizer: sgd/"
        printf 'sweep:\n  method: %s\n' "$1"
        printf '  %s\n' "${@:2}"
    } >"$1.yaml"
}
ids() { (cd "$1/trials" && printf '%s\n' *.h5); }
# board FOLDER: the leaderboard but for times and ranks
board() {
    "$hourglass" top "$1" --csv --count 0 | awk -F, '
        NR == 1 {for (i = 1; i <= NF; i++) skipped[i] = $i ~ /second|^ranks$|^threads$/}
        {for (i = 1; i <= NF; i++) if (!skipped[i]) printf "%s,", $i; print ""}'
}

ranges=('over:' '  code: {integer: [2, 5]}' '  train.learning_rate: {log_uniform: [1e-4, 1000]}')
sweep grid 'repeats: 2' 'over:' '  code: [2, 3]' '  train.learning_rate: [0.01, 1000]'
sweep random 'trials: 6' "${ranges[@]}"
sweep sobol 'trials: 6' "${ranges[@]}"
sweep halving 'trials: 9' 'objective: mean_error' "${ranges[@]}"
sweep hyperband 'min_epochs: 3' "${ranges[@]}"
sweep tpe 'trials: 12' 'startup: 4' 'parallel: 3' "${ranges[@]}"
for method in grid random sobol halving hyperband tpe; do
    for groups in 1 2 3; do
        go_ranks $groups run $method.yaml -t 1 --results r$groups || fail "$method on $groups ranks"
        board r$groups/$method >board$groups
        is "the trials of $method on $groups groups" "$(ids r$groups/$method)" "$(ids r1/$method)"
        is "the leaderboard of $method on $groups groups" "$(cat board$groups)" "$(cat board1)"
        is "checkpoints of $method that are left" "$(ls r$groups/$method/checkpoints)" ''
    done
    for id in $(ids r1/$method); do
        same r1/$method/trials/"$id" r3/$method/trials/"$id"
    done
done

# --- numbers of trials: 9 + 3 + 1; 5 + 1 of 3 and 9 epochs and 2 of 9
is 'trials of halving' "$(ids r1/halving | wc -l)" 13
is 'trials of hyperband' "$(ids r1/hyperband | wc -l)" 6
is 'trials of tpe' "$(ids r1/tpe | wc -l)" 12

# --- the last trial of halving, gone on from 3 epochs and these from 1, has the bits of one that trained all 9 at once
best=$(board r1/halving | awk -F, '
    NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i}
    NR > 1 && $at["epochs"] == 9 {print $at["code"], $at["train.learning_rate"]}')
read -r code rate <<<"$best"
sed '/^sweep:/,$d' halving.yaml >alone.yaml
echo 'sweep: {objective: mean_error, over: {}}' >>alone.yaml
good run alone.yaml --set "variables.code=$code" --set "train.learning_rate=$rate" --results alone
alone=$(trial alone/halving)
"$h5same" "$alone" "r1/halving/trials/$(basename "$alone")" provenance history/seconds varied >comparison 2>&1
is 'what differs' "$(grep '^differs' comparison | tr -s ' ')" "differs attribute number: '0' and '12'"

# --- repeats stand together, and the leaderboard is in the order of the objective
good top r1/grid
says stdout '^Configurations, mean and standard deviation over their seeds or folds:'
says stdout '^ *1 +[0-9a-f]{8} +[23] +0.01 +2 +0\.[0-9]+ ± [0-9.e-]+ '
is 'the order of errors' "$(board r1/halving | awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i} NR > 1 && $at["status"] == "done" {print $at["mean_error"]}' | sort -g -c 2>&1)" ''

# --- a search that lost trials trains them again, and decides the same
board r1/halving >before
find r1/halving/trials -name '[0-7]*.h5' -delete
good run halving.yaml -n 1 --results r1
says stdout 'trials were finished before'
is 'the leaderboard of halving, continued' "$(board r1/halving)" "$(cat before)"

# --- what it would take
good check halving.yaml -n 3 -t 1
says stdout ': valid; 9 trials, 9 different, and up to 4 more that follow from their results; '
says stdout '^Ranks +3 x 1 thread: 3 trials at a time, on 1 rank each'
says stdout '^Memory +at most [0-9.]+ kB per rank'
says stdout '^Time +about [0-9.]+ (s|min) at [0-9.e+]+ GFLOP/s per trial'
good check halving.yaml -n 4 --ranks-per-trial 2
says stdout '^Ranks +4 x [12] threads?: 2 trials at a time, on 2 ranks each'

# --- mistakes
sed 's/objective: mean_error/objective: roc_aux/' halving.yaml >x.yaml
bad 2 "sweep.objective: found 'roc_aux', allowed: one of mean_error, roc_auc, .*; did you mean 'roc_auc'\?" check x.yaml
sed 's/objective: mean_error/objective: seconds/' halving.yaml >x.yaml
bad 2 "sweep.objective: found 'seconds', allowed: one of " check x.yaml
sed 's/  epochs: 9/&\n  schedule: cosine/' halving.yaml >x.yaml
bad 2 'train.schedule: the rates of this schedule depend on train.epochs, allowed with method halving: constant' check x.yaml
sed 's/    code: .*/&\n    train.epochs: [9, 18]/' halving.yaml >x.yaml
bad 2 'sweep: train.epochs varies, allowed with method halving: one number' check x.yaml
sed 's/objective: mean_error/&\n  test_set: other/' halving.yaml >x.yaml
bad 2 'sweep.objective: no test set named other has samples' check x.yaml
sed '/normal:/d; s/mean_error/roc_auc/' halving.yaml >x.yaml
bad 2 'sweep.objective: no test set has labels that tell which samples are anomalies' check x.yaml
sed 's/integer: \[2, 5\]/integer: [2, 5000000]/' tpe.yaml >x.yaml
bad 2 'dense: ' check x.yaml # a value that no trial has drawn yet

# --- trials that come out equal are trained once, on as many ranks as we choose; settings of a section that the spec leaves out
tiny_spec | sed 's/^name: tiny/name: equal/; /^train:/,/^[a-z]*:/{/^train:/d;/^  /d}' >equal.yaml
grep -q '^train:' equal.yaml && fail 'the spec still has a section train'
printf '%s\n' 'sweep:' '  over:' '    train.seed: [1, 1.0]' >>equal.yaml
good check equal.yaml
says stdout 'valid; 2 trials, 1 different'
good run equal.yaml
is 'trials of a sweep whose trials are equal' "$(ids results/equal | wc -l)" 1
sed 's/train.seed/trian.seed/' equal.yaml >x.yaml
bad 2 "'trian' is neither a variable nor a section; did you mean 'train'" check x.yaml
sed 's/train.seed: .*/score.error: [mse, mae]/' equal.yaml >x.yaml
good check x.yaml
verdict
