#!/bin/bash
# The anomalies in a file of scores: order, limits, formats, and files that are none.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1
model=$(trial results/tiny)
awk -F, -v OFS=, '{print (NR == 1 ? "serial,when" : "\"s " NR ", \"\"x\"\"\",2020-03-09 10:14:" NR), $0} NR == 7 {exit}' tiny.csv >named.csv
sed '4s/,[^,]*$//; 4s/$/,/; 5s/0\.[0-9]*/NA/2' named.csv >gaps.csv
for name in csv jsonl h5; do
    good score "$model" tiny.csv -o "scores.$name" -t 1
    good score "$model" gaps.csv --id serial --time when -o "few.$name" -t 1
done

# --- the largest error first, the same of every format
good top scores.csv --list 0 --above -1
is 'lines' "$(grep -c ' %' stdout)" 300
is 'order' "$(sed '1,4d' stdout | awk '{print $2}' | cksum)" \
    "$(sed 1d scores.csv | sort -t, -k2,2gr -k1,1n | cut -d, -f1 | cksum)"
good top scores.csv
says stdout '^scores.csv: 300 rows, [0-9]+ above the threshold 0\.[0-9]+$'
says stdout 'and [0-9]+ more: hourglass top scores.csv --list 0'
says stdout '^ *2\.[0-9]+ +[0-9]+ +[a-f] [0-9]+ %, [a-f] [0-9]+ %, [a-f] [0-9]+ %$'
is 'listed' "$(grep -c ' %' stdout)" 20
for name in csv jsonl h5; do
    good top "scores.$name" --list 7 --csv
    cp stdout "list.$name"
    is "listed of $name" "$(wc -l <stdout)" 8
    good top "scores.$name" --list 7 --json
    is "objects of $name" "$(grep -c '"row":' stdout)" 7
done
cmp list.csv list.jsonl >message 2>&1 || fail 'CSV and JSON lines give other lists'
cmp list.csv list.h5 >message 2>&1 || fail 'CSV and HDF5 give other lists'
good top list.csv --list 2 --csv # a list is a file of scores, too
is 'a list of a list' "$(cat stdout)" "$(head -3 list.csv)"

# --- limits
threshold=$(sed -n 2p scores.csv | cut -d, -f3)
good top scores.csv --list 0 --csv
is 'above the threshold' "$(sed 1d stdout | wc -l)" "$(sed 1d scores.csv | awk -F, -v t="$threshold" '$2 > t' | wc -l)"
good top scores.csv --list 0 --above 1 --csv
is 'above 1' "$(sed 1d stdout | wc -l)" "$(sed 1d scores.csv | awk -F, '$2 > 1' | wc -l)"
good top scores.csv --above 1e9
is 'above all' "$(wc -l <stdout)" 1
bad 2 "above: found 'high', allowed: a number, or 'threshold'" top scores.csv --above high

# --- ids, times and rows without an error
for name in csv jsonl; do
    good top "few.$name" --above -1
    says stdout '6 rows, .* 1 without an error$'
    says stdout '^ *[0-9.]+ +[0-9] +s [0-9], "x" +2020-03-09 10:14:[0-9] +[a-f] '
done

# --- what is no file of scores
bad 3 'tiny.csv: found no scores with columns row and error, allowed: a file that hourglass score wrote' top tiny.csv
: >empty.csv
bad 3 'empty.csv: the file is empty' top empty.csv
echo 'row,error' >header.csv
good top header.csv
says stdout '^header.csv: 0 rows'
printf 'row,error\n1,2\n2,x\n' >text.csv
bad 3 "text.csv:3: error: found 'x', allowed: a number" top text.csv
printf 'row,error\n1,2\n2\n' >short.csv
bad 3 'short.csv:3: found 1 fields' top short.csv
printf 'row,error\n1,2\n2,3,4\n' >longer.csv
bad 3 'longer.csv:3: found another number of fields' top longer.csv
echo '{"row": 1, "error": 2' >open.jsonl
bad 3 'open.jsonl:1: found something else than scores' top open.jsonl
echo '[1, 2]' >list.jsonl
bad 3 'list.jsonl:1: found something else than scores' top list.jsonl
printf ' {"error" : 0.5 , "row":3,"id":"a \\"b\\" \\u00e4", "threshold":null}\n\n{"row":4,"error":1e999,"threshold":null}' >other.jsonl
good top other.jsonl --csv
is 'objects of others' "$(sed 1d stdout | tr '\n' '|')" ',4,inf,,,,,,,,|"a ""b"" ä",3,0.5,,,,,,,,|'
bad 3 'none.csv' top none.csv
bad 2 'where, --sort, --trial.*found with a file of scores' top scores.csv --sort row
bad 2 'above: found with a run' top results/tiny --above 1
bad 2 'scores.csv: --threshold and --calibrate: found with a file of scores, allowed: with a run; hint: --above NUMBER' \
    top scores.csv --threshold mad=3
bad 2 'csv: found with --json' top scores.csv --csv --json
head -c 4000 scores.h5 >cut.h5
bad 3 'cut.h5' top cut.h5

# --- the gallery: the picture that explain draws of the same rows
# is_gallery NAME SCORES [OPTION]...: draws the list of five rows, which must be explained.png
is_gallery() {
    local name=$1
    shift
    rm -f worst.png
    good top "$@" --list 5 --above -1 --gallery worst.png
    says stdout '^Gallery +worst.png$'
    cmp worst.png explained.png >message 2>&1 || fail "the gallery of $name"
}
good explain "$model" tiny.csv --count 5 --picture explained.png
is_gallery 'a CSV file' scores.h5
good score results/tiny data/tiny.h5:all -o split.h5
is_gallery 'a split' split.h5
good score results/tiny - -o piped.h5 <tiny.csv
bad 3 'piped.h5: the rows came from standard input, .*hint: --data FILE' top piped.h5 --gallery x.png
is_gallery 'standard input' piped.h5 --data tiny.csv
good score results/tiny tiny.csv -o l2.h5 --error l2
good top l2.h5 --gallery l2.png
good explain "$model" gaps.csv --id-column serial --count 5 --picture explained.png
is_gallery 'rows with ids' few.h5
sed 's/,/;/g; s/\./,/g' tiny.csv >comma.csv
good score results/tiny comma.csv --delimiter ';' --decimal comma -o comma.h5
good explain "$model" comma.csv --delimiter ';' --decimal comma --count 5 --picture explained.png
is_gallery 'a file with options' comma.h5
good top scores.h5 --list 0 --above -1 --gallery many.png
says stdout '^Gallery +many.png, the first 256 of 300 rows$'
good top scores.h5 --above 1e9 --gallery none.png
says stdout '^No gallery +no row is listed$'
[ ! -e none.png ] || fail 'a gallery without rows'
good top scores.h5 --list 5 --csv --gallery csv.png
is 'lines next to a gallery' "$(wc -l <stdout)" 6

# --- data and models that have moved, or changed
bad 2 'gallery: found with scores.csv, which does not say what was scored, allowed: .*hint: hourglass explain MODEL DATA --picture x.png' \
    top scores.csv --gallery x.png
bad 2 "gallery: found 'x.gif', allowed: FILE.png" top scores.h5 --gallery x.gif
bad 2 'model and --data: found without --gallery' top scores.h5 --data tiny.csv
bad 2 'gallery, --model and --data: found with a run' top results/tiny --gallery x.png
mv tiny.csv moved.csv
bad 3 'scores.h5: the data of these scores, tiny.csv, is not there; hint: --data DATA' top scores.h5 --gallery x.png
good explain "$model" moved.csv --count 5 --picture explained.png
is_gallery 'moved data' scores.h5 --data moved.csv
head -200 moved.csv >tiny.csv
bad 3 'tiny.csv: the data has changed since scores.h5 was written: found 199 samples, not 300' top scores.h5 --gallery x.png
row=$(sed -n 2p list.csv | cut -d, -f1)
sed "$((row + 2))s/^[^,]*/0.123/" moved.csv >tiny.csv
bad 3 "tiny.csv: row $row: the data or the model has changed since scores.h5 was written: the error is" top scores.h5 --gallery x.png
mv moved.csv tiny.csv
mv data/tiny.h5 moved.h5
bad 3 'split.h5: the data of these scores is not there: .*hint: --data DATA' top split.h5 --gallery x.png
is_gallery 'a moved split' split.h5 --data moved.h5:all
mv moved.h5 data/tiny.h5
good run tiny.yaml --quiet -n 1 -t 1 --set name=other --set train.seed=2
bad 3 'found trial [0-9a-f]{8}, allowed: trial [0-9a-f]{8}, which computed scores.h5' top scores.h5 --gallery x.png --model "$(trial results/other)"
other=$(basename "$(trial results/other)" .h5)
bad 2 "model: results/tiny:$other: found trial $other, allowed: trial [0-9a-f]{8}, which computed scores.h5; hint: leave out" \
    top scores.h5 --gallery x.png --model "results/tiny:$other"
is_gallery 'the id of the model' split.h5 --model "results/tiny:$(basename "$model" .h5)"
cp "$model" copy.h5
mv results/tiny results/gone
bad 3 'scores.h5: the model of these scores, results/tiny/.*, is not there; hint: --model MODEL' top scores.h5 --gallery x.png
is_gallery 'a moved model' scores.h5 --model copy.h5
is_gallery 'a moved run' split.h5 --model results/gone
[ ! -e x.png ] || fail 'a picture after an error'

# --- windows: those that cover the listed time steps, each once
awk 'BEGIN {print "load,heat"; for (i = 0; i < 200; i++) print sin(i / 5) + (i == 77 ? 4 : 0) "," cos(i / 7)}' >series.csv
good import series.csv -o data/series.h5:all
printf '%s\n' 'data: {train: series.h5:all, scale: standard, window: {length: 8}}' 'model: {code: 2}' \
    'train: {epochs: 2, shards: 4}' >series.yaml
good run series.yaml --quiet -n 1 -t 1
for data in series.csv data/series.h5:all; do
    good score results/series "$data" -o steps.h5 --force
    good top steps.h5 --list 8 --gallery steps.png
    says stdout '^Gallery +steps.png$'
    good explain results/series "$data" --count 1 --picture window.png
    good top steps.h5 --list 1 --gallery steps.png
    cmp steps.png window.png >message 2>&1 || fail "the window of $data with the largest error"
done

# --- pictures
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import PIL' 2>/dev/null; then
    mkdir photos
    "$PYTHON" -c 'from PIL import Image
for i in range(20):
    Image.new("L", (4, 4), 10 * i).save(f"photos/p{i:02}.png")'
    good import photos -o data/pictures.h5:all
    printf '%s\n' 'data: {train: pictures.h5:all, scale: unit}' 'model: {code: 3}' 'train: {loss: mse, epochs: 1}' >pictures.yaml
    good run pictures.yaml --quiet -n 1 -t 1
    good score results/pictures photos -o photos.h5
    good explain results/pictures photos --count 5 --picture explained.png
    is_gallery pictures photos.h5
    good score results/pictures photos/p*.png -o files.h5
    bad 2 'gallery: photos/p03.png is a file of the data' top files.h5 --gallery photos/p03.png
fi

verdict
