#!/bin/bash
# compare --mean-over: the mean of a metric over seeds or classes, ranks, which differences are significant, the picture.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
printf 'sweep: {over: {code: [1, 2, 3], train.seed: [1, 2, 3, 4, 5, 6, 7, 8]}}\n' >>tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1

# --- means and deviations are those of the leaderboard
good compare results/tiny --mean-over train.seed
says stdout '^Mean of roc_auc over 8 values of train.seed$'
says stdout '^  # +code +roc_auc +deviation +mean rank +p to #1$'
says stdout '^Critical difference of mean ranks \(Nemenyi, level 0.05\): 1\.172$'
good compare results/tiny --mean-over train.seed --csv
is 'lines' "$(wc -l <stdout)" 4
cp stdout means.csv
good top results/tiny --where code=2 --csv --count 0
awk -F, 'NR == FNR {if ($1 == 2) {mean = $4; deviation = $5; blocks = $3}; next}
    FNR == 1 {for (i = 1; i <= NF; i++) if ($i == "roc_auc") c = i; next}
    {n++; s += $c; q += $c * $c}
    END {m = s / n; d = sqrt((q - n * m * m) / (n - 1)); exit !(blocks == n && (m - mean) ^ 2 < 1e-20 && (d - deviation) ^ 2 < 1e-12)}' \
    means.csv stdout || fail 'mean and deviation are not those of the leaderboard'
is 'mean ranks in order' "$(tail -n +2 means.csv | cut -d, -f6 | sort -g | xargs)" "$(tail -n +2 means.csv | cut -d, -f6 | xargs)"

# --- a loss: the smallest first
good compare results/tiny --mean-over train.seed --metric train_loss --csv
loss=$(awk -F, 'NR == 2 {print $4}' stdout)
good top results/tiny --csv --count 0
awk -F, -v loss="$loss" 'NR == 1 {for (i = 1; i <= NF; i++) {if ($i == "train_loss") c = i; if ($i == "code") k = i}; next}
    {n[$k]++; s[$k] += $c}
    END {for (i in s) found = found || (s[i] / n[i] - loss) ^ 2 < 1e-20; exit !found}' stdout || fail 'no model has this mean loss'
good compare results/tiny --mean-over code,train.seed
says stdout '^Mean of roc_auc over 24 values of code,train.seed$'
good compare results/tiny results/tiny/run.h5 --mean-over train.seed
says stdout 'over 8 values' # a trial that is read twice counts once

# --- JSON and the picture
good compare results/tiny --mean-over train.seed --json --picture ranks.png
says stdout '"critical_difference": 1\.17'
is 'p-values' "$(grep -c '"p"' stdout)" 3
is 'a PNG' "$(head -c 4 ranks.png | tail -c 3)" PNG

# --- a value without a result of every model is left out and counted
good run tiny.yaml --set 'sweep={over: {code: [2, 3], train.seed: [9]}}' --quiet -n 1 -t 1
good compare results/tiny --mean-over train.seed
says stdout '^1 other value is left out, because a model has no result there$'


# --- a model that always diverges is left out and named
tiny_spec | sed 's/^name: tiny/name: diverging/; s/binary_crossentropy/mse/; s/sigmoid/linear/; s/tanh/linear/; s/relu/linear/' >diverging.yaml
printf 'sweep: {over: {train.learning_rate: [1e-3, 1000], train.seed: [1, 2, 3]}}\n' >>diverging.yaml
go run diverging.yaml --set train.optimizer=sgd --set train.epochs=30 --quiet -n 1 -t 1
good compare results/diverging --mean-over train.seed
says stdout 'over 3 values'
says stdout '^1 model is left out, because no trial of it has a result:$'
says stdout '^  train.learning_rate=1000$'

# --- mistakes
bad 2 "^hourglass: --mean-over: found 'data.train', allowed: settings that vary between the trials: code, train.seed" \
    compare results/tiny --mean-over data.train
bad 2 "did you mean 'train.seed'" compare results/tiny --mean-over train.sed
bad 2 "^hourglass: --metric: found 'auc', allowed: one of .*roc_auc" compare results/tiny --mean-over train.seed --metric auc
bad 2 '^hourglass: --metric: found without --mean-over' compare results/tiny --metric roc_auc
bad 2 '^hourglass: --drift: found with --mean-over' compare results/tiny --mean-over code --csv --drift
bad 2 '^hourglass: --mean-over: found ' compare results/tiny --mean-over ''
echo text >no.png
bad 2 'no.png' compare results/tiny --mean-over train.seed --picture no.png
verdict
