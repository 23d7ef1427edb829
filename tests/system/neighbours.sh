#!/bin/bash
# The model of nearest training rows: its error of a new row alone, what counts for its identity, drawn rows, missing
# values, images, windows, the commands that apply a model, and bad settings.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o d.h5:all
cat >near.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {protocol: half_shuffled, seed: 3}, scale: standard}
model: {neighbours: {k: [1, 5, 20]}}
SPEC

# --- one row alone has the error that it has among others
good check near.yaml
says stdout 'Sizes +6 neighbours'
good run near.yaml --quiet --results .
good top near
says stdout '^1 +[0-9a-f]{8} .* 0\.[0-9]+'
good score near tiny.csv -o all.csv
head -1 tiny.csv >one.csv
sed -n 43p tiny.csv >>one.csv
good score near one.csv -o one-scores.csv
is 'the error of a row alone' "$(sed -n 2p one-scores.csv | cut -d, -f2-4)" "$(sed -n 43p all.csv | cut -d, -f2-4)"

# --- the other commands
good explain near tiny.csv
says stdout '^row [0-9]+: error '
good encode near d.h5:all -o codes.h5:all
bad 2 'decod' decode near codes.h5:all -o back.h5:all
good verify near

# --- training settings decide nothing, and neither does the order of k
for setting in train.epochs=7 train.learning_rate=0.5 train.loss=binary_crossentropy 'model.neighbours.k=[20, 1, 5, 5]'; do
    good check near.yaml --set "sweep.over.score.quantile=[0.9, 0.95]" --set "$setting"
    is "trials with $setting" "$(awk '/^[0-9a-f]+ / {print $1}' stdout | paste -sd,)" \
        "$(go check near.yaml --set 'sweep.over.score.quantile=[0.9, 0.95]' && awk '/^[0-9a-f]+ / {print $1}' stdout | paste -sd,)"
done

# --- of many rows, some are drawn with the seed
good run near.yaml --quiet --results drawn --set model.neighbours.max_rows=30 --set 'sweep.over.train.seed=[1, 2]'
is 'trials of two seeds' "$(ls drawn/near/trials | wc -l)" 2
differ "$(ls drawn/near/trials/*.h5 | head -1)" "$(ls drawn/near/trials/*.h5 | tail -1)" model/encoder_0/rows
good run near.yaml --quiet --results kth --set model.neighbours.distance=kth
good info "$(trial kth/near)"
says stdout 'rows +f4 +.135, 6.'

# --- next to a network in one sweep
cat >both.yaml <<'SPEC'
data: {train: d.h5:all, normal: [0], split: {test: 0.3}, validation: 0.2, scale: min_max}
model: narrow
models: {narrow: {code: 2}, near: {neighbours: {}}}
train: {epochs: 2}
sweep: {over: {model: [narrow, near], train.learning_rate: [0.01, 0.001]}}
SPEC
good run both.yaml --quiet --results .
is 'different trials' "$(ls both/trials | wc -l)" 3

# --- missing values, images and windows
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i <= 6; i++) if ((NR * 7 + i * 5) % 11 < 3) $i = ""} 1' tiny.csv >gaps.csv
good import gaps.csv --label kind -o d.h5:gaps
good run near.yaml --quiet --results missing --set data.train=d.h5:gaps --set data.missing=ignore
{ printf '\0\0\x08\x03\0\0\0\x40\0\0\0\x04\0\0\0\x05'; seq 1000 | head -c 1280; } >images.idx
good import images.idx -o d.h5:images
printf 'data: {train: d.h5:images, split: {test: 0.5}, scale: unit}\nmodel: {neighbours: {}}\n' >images.yaml
good run images.yaml --quiet --results .
printf 'data: {train: d.h5:all, split: {test: 0.5}, window: {length: 4}}\nmodel: {neighbours: {}}\n' >windows.yaml
good run windows.yaml --quiet --results .
good score windows tiny.csv -o steps.csv

# --- repeated training rows: a row that is unlike all of them has the larger error, whatever its distance
combinations() {
    echo port,size
    for i in $(seq 600); do echo "$((i % 3 * 200)),$((i % 2 * 1460))"; done
}
combinations >few.csv
good import few.csv -o d.h5:few
{ combinations && echo 200,9000; } >odd.csv
good import odd.csv -o d.h5:odd
printf 'port,size\n0,0\n400,1460\n0,1\n1,0\n250,700\n250,5000\n9999,99999\n' >unseen.csv
# grow FILE FIRST: the first two errors are equal, and each of the others is larger than the one before
grow() {
    local list
    list=$(tail -n +2 "$1" | cut -d, -f2 | paste -sd' ')
    awk '{exit !(NF == 7 && $1 == $2 && $3 > $2 && $4 >= $3 && $5 > $4 && $6 > $5 && $7 > $6)}' <<<"$list" ||
        fail "the errors of $1 do not grow: $list"
}
for set in few odd; do
    for distance in mean kth; do
        name=$set-$distance
        good run near.yaml --quiet --results . --set "name=$name" --set "data={train: d.h5:$set, scale: robust}" \
            --set "model={neighbours: {distance: $distance}}"
        good score "$name" unseen.csv -o "$name.csv"
        grow "$name.csv"
    done
done

# --- bad settings
while IFS='|' read -r setting pattern; do
    bad 2 "$pattern" check near.yaml --set "$setting"
done <<'END'
model.neighbours.k=0|model.neighbours.k: found '0', allowed: integers in .1, 1000.
model.neighbours.rows=100000|found 1[0-9]+ training rows, allowed: at least 100000
model.code=3|model.code: found neighbours, too
score.error=elbo|elbo .* need a variational model
model.neighbours.max_rows=1|model.neighbours.max_rows: found '1', allowed: an integer in .2,
END
bad 2 'neighbours as an error needs model.neighbours' check both.yaml --set score.error=neighbours

verdict
