#!/bin/bash
# jobs/nightly.sh: scores each new file of a folder once, is silent if nothing has changed, and reports what has.
source "$(dirname "$0")/../lib.sh"

tiny_data
cat >normal.yaml <<'SPEC'
data: {train: "tiny.h5:all", normal: [0], scale: min_max}
model: {encoder: [{dense: 2}], decoder: [{dense: 6}]}
train: {epochs: 3, learning_rate: 0.01, batch_size: 30, shards: 2}
score: {quantile: 0.99}
SPEC
good run normal.yaml -n 1 -t 1 --quiet
mkdir log
cut -d, -f1-6 tiny.csv >log/monday.csv
nightly() {
    NIGHTLY_ALERT=share=0.5,psi=0.25 bash "$HOURGLASS_SOURCE/jobs/nightly.sh" results/normal "$@" >stdout 2>message
    code=$?
}

nightly log
is 'exit code of a usual day' $code 0
is 'what a usual day prints' "$(cat stdout message)" ''
is 'scores of a usual day' "$(wc -l <log/scores/monday.scores.csv)" "$(wc -l <log/monday.csv)"

awk -F, -v OFS=, 'NR > 1 {$3 = $3 + 3} 1' log/monday.csv >log/tuesday.csv
touch -d '2020-01-01' log/scores/monday.scores.csv
nightly log --threshold mad=3
is 'exit code of an unusual day' $code 10
says stdout '^log/tuesday.csv: exit code 10$'
says stdout 'alert: population stability index'
says stdout '^The worst rows, of log/scores/tuesday.scores.csv:$'
is 'lines of the worst rows' "$(sed '1,/^The worst/d' stdout | wc -l)" 5
is 'a file that was scored before' "$(date -r log/scores/monday.scores.csv +%Y)" 2020

nightly log
is 'exit code of the night after' $code 0
echo 'wrong,columns' >log/wednesday.csv
nightly log
is 'exit code of a bad file' $code 3
[ ! -e log/scores/wednesday.scores.csv ] || fail 'a bad file has scores'
nightly nowhere
is 'exit code without a folder' $code 2

verdict
