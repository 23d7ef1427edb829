#!/bin/bash
# compare RUN:ID RUN:ID: DeLong's paired test of two trials; the line "Close" below a leaderboard; different rows.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cut -d, -f1-6 tiny.csv >plain.csv
good import plain.csv -o plain.h5:all
cat >net.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled}, scale: standard}
model: {code: 2}
train: {epochs: 3}
sweep: {over: {train.learning_rate: [1e-4, 1e-2], train.seed: [1, 2]}}
SPEC
good run net.yaml --results . -n 1 -t 1
mapfile -t id < <("$HOURGLASS" top net --csv --count 0 | tail -n +2 | cut -d, -f1)
is 'trials' "${#id[@]}" 4

# --- the areas are those of the leaderboard; the other order gives the other sign
column() { awk -F, -v c="$1" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == c) k = i; next} NR == 2 {print $k}' "$2"; }
good compare "net:${id[0]}" "net:${id[3]}" --csv
cp stdout pair.csv
good top net --where "trial = ${id[3]}" --csv
is 'ROC AUC of b' "$(column roc_auc_b pair.csv)" "$(column roc_auc stdout)"
good compare "net:${id[3]}" "net/run.h5:${id[0]:0:8}" --csv
is 'difference of the other order' "$(column difference stdout)" "-$(column difference pair.csv)"
is 'p of the other order' "$(column p stdout)" "$(column p pair.csv)"
good compare "net:${id[0]}" "net:${id[3]}" --json
says stdout "\"p\": $(column p pair.csv)"
good compare "net:${id[0]}" "net:${id[3]}"
says stdout "^a  net:${id[0]}, trial ${id[0]:0:8} "
says stdout '^test +[0-9]+ +[0-9]+ +[01]\.[0-9]+ +[01]\.[0-9]+ +[+-]0\.[0-9]+ +[+-]0\.[0-9]+ to [+-]0\.[0-9]+ +[0-9.e-]+$'
says stdout '^set test: (the difference is not significant|a is significantly better) at level 0.05$'

# --- the ensemble and the best trial; a trial and itself
good compare net:ensemble net
says stdout "^b  net, trial ${id[0]:0:8} "
good compare "net:${id[1]}" "net:${id[1]}" --csv
is 'a trial and itself' "$(tail -n 1 stdout | cut -d, -f9-)" '0,0,0,1'

# --- the data may be elsewhere, but it must be the same
mkdir elsewhere
cp d.h5 elsewhere/e.h5
sed 's/d.h5:all/e.h5:all/' net.yaml >elsewhere/net.yaml
good run elsewhere/net.yaml --results elsewhere -n 1 -t 1
good compare net elsewhere/net:"$("$HOURGLASS" top elsewhere/net --csv | sed -n 2p | cut -d, -f1)"
awk -F, -v OFS=, 'NR == 2 {$1 += 1} {print}' tiny.csv >other.csv
good import other.csv --label kind -o e.h5:all
sed 's/d.h5:all/e.h5:all/' net.yaml >changed.yaml
good run changed.yaml --results . -n 1 -t 1
bad 2 '^hourglass: test set test: .* were tested on different rows \(their data has other checksums\)' \
    compare "net:${id[0]}" changed
good run net.yaml --results shuffled --set data.split.seed=2 -n 1 -t 1
bad 2 '^hourglass: test set test: .* were tested on different rows \(sample [0-9]+ is row [0-9]+ of source 0 for one, ' \
    compare "net:${id[0]}" shuffled/net
good run net.yaml --results share --set 'data.split={test: 0.3}' -n 1 -t 1
bad 2 'were tested on different rows \([0-9]+ and [0-9]+ of them\)' compare "net:${id[0]}" share/net

# --- the line below the leaderboard agrees with the comparison of the two trials
next=$("$HOURGLASS" top net --csv --count 0 | awk -F, 'NR == 2 {best = $4} NR > 2 && $4 != best {print $1; exit}')
good compare "net:${id[0]}" "net:$next"
says stdout 'is not significant'
good top net
says stdout "^Close        trial ${id[0]:0:8} is not significantly better than ${next:0:8}, "
awk -v OFS=, 'BEGIN {srand(7); print "a,b,kind"; for (i = 0; i < 400; i++) {k = i % 4 == 0; x = rand(); print x, x + (k ? rand() - 0.5 : 0), k}}' >sure.csv
good import sure.csv --label kind -o sure.h5:all
printf 'data: {train: sure.h5:all, normal: [0], split: {protocol: half_in_order}}\nmodel: {code: 1, hidden: []}\ntrain: {epochs: 300, learning_rate: 1e-2, optimizer: adam}\nsweep: {over: {train.epochs: [1, 300]}}\n' >sure.yaml
good run sure.yaml --results . -n 1 -t 1
! grep -q '^Close' stdout || fail 'a certain difference is called close'

# --- mistakes
bad 2 '^hourglass: RUN:ID: found with 3 arguments in total, allowed: two trials' compare "net:${id[0]}" net net
bad 2 '^hourglass: RUN:ID: found with 1 arguments in total, allowed: two trials' compare "net:${id[0]}"
bad 2 "^hourglass: net:zz: no trial's id begins with 'zz'$" compare net:zz net
bad 2 '^hourglass: --mean-over: found with RUN:ID, allowed: with runs$' compare "net:${id[0]}" net --mean-over train.seed
bad 2 '^hourglass: --drift: found with RUN:ID' compare "net:${id[0]}" net --drift --csv
printf 'data: {train: plain.h5:all, test: plain.h5:all}\nmodel: {code: 2}\ntrain: {epochs: 1}\n' >plain.yaml
good run plain.yaml --results . -n 1 -t 1
bad 2 '^hourglass: trials [0-9a-f]+ and [0-9a-f]+ have no test set with labels in common$' compare "net:${id[0]}" plain

verdict
