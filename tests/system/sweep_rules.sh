#!/bin/bash
# Sweeps whose keys belong together (zip), vary only sometimes (only_if), or do not go together (exclude); starting points; and
# the trials of an earlier run as results that tpe knows. The same trials and the same leaderboard on any ranks.
source "$(dirname "$0")/../lib.sh"

tiny_data

# sweep NAME LINE...: an experiment of this name with this sweep, as NAME.yaml
sweep() {
    tiny_spec | sed "s/^name: tiny/name: $1/; s/epochs: 3/epochs: 2\n  optimizer: sgd/" >"$1.yaml"
    printf '%s\n' 'sweep:' "${@:2}" >>"$1.yaml"
}
ids() { (cd "$1/trials" && printf '%s\n' *.h5); }
# board FOLDER COLUMN...: these columns of the leaderboard, in the order of the values
board() {
    "$hourglass" top "$1" --csv --count 0 | awk -F, -v wanted="${*:2}" '
        NR == 1 {n = split(wanted, name, " "); for (i = 1; i <= NF; i++) at[$i] = i; next}
        {line = ""; for (i = 1; i <= n; i++) line = line " " (at[name[i]] ? $at[name[i]] : "?"); print line}' | sort
}
# everywhere NAME: runs it on 1, 2 and 3 ranks, which must make the same trials and the same order
everywhere() {
    local ranks
    for ranks in 1 2 3; do
        go_ranks $ranks run "$1.yaml" -t 1 --quiet --results r$ranks || fail "$1 on $ranks ranks"
        is "the trials of $1 on $ranks ranks" "$(ids r$ranks/"$1")" "$(ids r1/"$1")"
        is "the order of $1 on $ranks ranks" "$("$hourglass" top r$ranks/"$1" --csv --count 0 | cut -d, -f1-4)" \
            "$("$hourglass" top r1/"$1" --csv --count 0 | cut -d, -f1-4)"
    done
}

# --- pairs, conditions, exclusions
sweep grid '  over:' '    code: [2, 3]' '    train.momentum: [0, 0.9]' '  zip:' \
    '    - {train.optimizer: [sgd, adam], train.learning_rate: [0.1, 0.01]}' \
    '  only_if: {train.momentum: {train.optimizer: sgd}}' '  exclude: [{code: 3, train.momentum: 0.9}]'
everywhere grid
is 'the configurations of a grid' "$(board r1/grid code train.optimizer train.learning_rate train.momentum)" \
    "$(printf '%s\n' ' 2 adam 0.01 ' ' 2 sgd 0.1 0' ' 2 sgd 0.1 0.9' ' 3 adam 0.01 ' ' 3 sgd 0.1 0')"
good check grid.yaml
says stdout 'valid; 5 trials, 5 different'
good top r1/grid

# --- the identity of a trial does not depend on how it was listed
sweep listed '  over: {code: [3]}' '  zip: {train.learning_rate: [0.5, 1e-2], train.optimizer: [sgd, adam]}'
good run listed.yaml -t 1 --quiet --results r1
is 'trials that both sweeps have' "$(comm -12 <(ids r1/grid) <(ids r1/listed) | wc -l)" 1

# --- a value of the command line replaces those of a zipped key
good check grid.yaml --set train.learning_rate=0.5
says stdout ' 0.5 .*'
good check grid.yaml --set 'train.learning_rate=[0.5, 0.25]'
says stdout ' 0.25 '
bad 2 'sweep.zip\[0\].train.*: found 3 values|found 2 values, but train.learning_rate has 3' check grid.yaml --set 'train.learning_rate=[1, 2, 3]'

# --- starting points
ranges=('  over:' '    code: {integer: [2, 5]}' '    train.learning_rate: {log_uniform: [1e-4, 1]}')
for method in random tpe; do
    sweep $method "  method: $method" '  trials: 8' "${ranges[@]}" '  exclude: [{code: 2}]' \
        '  start: [{code: 5, train.learning_rate: 0.125}, {code: 4}]'
    everywhere $method
    is "excluded configurations of $method" "$(board r1/$method code | grep -c ' 2')" 0
    is "the first starting point of $method" "$(board r1/$method code train.learning_rate | grep -c ' 5 0.125')" 1
    is "trials of $method" "$(ids r1/$method | wc -l)" 8
done

# --- an earlier run: its folder or its run.h5, on any ranks; what is learned changes what is proposed
sweep later '  method: tpe' '  trials: 6' '  startup: 4' "${ranges[@]}" '  from: r1/random'
good check later.yaml
says stdout '^Learned +8 configurations of r1/random'
everywhere later
sed 's,from: r1/random,from: r1/random/run.h5,; s/^name: later/name: file/' later.yaml >file.yaml
good run file.yaml -t 1 --quiet --results r1
is 'the trials that follow from run.h5' "$(ids r1/file)" "$(ids r1/later)"
sed '/from:/d; s/^name: later/name: alone/' later.yaml >alone.yaml
good run alone.yaml -t 1 --quiet --results r1
[ "$(ids r1/alone)" != "$(ids r1/later)" ] || fail 'the same trials without the earlier run'

# --- repeats become one result; other keys, epochs and objectives teach nothing
sweep repeated '  method: random' '  trials: 3' '  repeats: 2' "${ranges[@]}"
good run repeated.yaml -t 1 --quiet --results r1
sed 's,from: r1/random,from: r1/repeated,' later.yaml >x.yaml
good check x.yaml
says stdout '^Learned +3 configurations of r1/repeated'
bad 2 "x.yaml:[0-9]+:9: sweep.from: none of the 6 trials of 'r1/repeated' has the keys, values and epochs of this sweep" \
    check x.yaml --set train.epochs=3
bad 2 'sweep.from: none of the 6 trials' check x.yaml --set sweep.objective=mean_error
sed 's,from: r1/random,from: r1/grid,' later.yaml >x.yaml
bad 2 "sweep.from: none of the 5 trials of 'r1/grid'" check x.yaml
sed 's,from: r1/random,from: r1/nothing,' later.yaml >x.yaml
bad 2 "sweep.from: found 'r1/nothing', allowed: a run, its folder or its run.h5: .*nothing" check x.yaml
sed 's,from: r1/random,from: r1/later,' later.yaml >x.yaml
bad 2 "sweep.from: found 'r1/later', the folder of this run, allowed: another run" run x.yaml --results r1
bad 2 "sweep.from: found 'r1/later', the folder of this run, allowed: another run" check x.yaml --results r1

# --- a variable that does not vary needs a value
sweep variable '  over: {code: [2, 3], train.optimizer: [sgd, adam]}' '  only_if: {code: {train.optimizer: adam}}'
good check variable.yaml
says stdout 'valid; 3 trials, 3 different'
sed '/^variables:/d' variable.yaml >x.yaml
bad 2 "'code' has no value where its only_if is not met; hint: give it one under variables" check x.yaml

# --- mistakes have places
sweep wrong '  zip: [{code: [2, 3], train.seed: [1, 2, 3]}]'
bad 2 "wrong.yaml:24:16: sweep.zip\[0\].code: found 2 values, but train.seed has 3, allowed in zip: lists of equal length" check wrong.yaml
sweep wrong '  over: {code: [2, 3]}' '  exclude: [{cod: 2}]'
bad 2 "wrong.yaml:25:14: sweep.exclude\[0\].cod: 'cod' is no key of sweep.over or sweep.zip; did you mean 'code'\?" check wrong.yaml
verdict
