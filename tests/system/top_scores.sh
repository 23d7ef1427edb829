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
bad 2 'csv: found with --json' top scores.csv --csv --json
head -c 4000 scores.h5 >cut.h5
bad 3 'cut.h5' top cut.h5

verdict
