#!/bin/bash
# Several CSV files as one table: patterns that no shell expanded, folders, two files next to data with labels. Rows are
# joined in order of name, and each file is a group.
source "$(dirname "$0")/../lib.sh"

# holds SPLIT ARRAY LINE...: the array is these lines
holds() {
    local split=$1 array=$2
    shift 2
    count=$((count + 1))
    "$PYTHON" - d.h5 "$split" "$array" >found <<'PY'
import sys, h5py
split = h5py.File(sys.argv[1])[sys.argv[2]]
if sys.argv[3] in split.attrs:
    print(split.attrs[sys.argv[3]])
else:
    a = split[sys.argv[3]]
    rows = a.asstr()[...] if h5py.check_string_dtype(a.dtype) else a[...]
    for row in rows:
        print(row if rows.ndim == 1 else " ".join(f"{v:g}" for v in row))
PY
    [ "$(cat found)" = "$(printf '%s\n' "$@")" ] || {
        cp found message
        fail "$split/$array is not: $*"
    }
}

mkdir -p logs/x logs/y
printf 'at,kind,v\n2020-03-09 10:00,a,1\n2020-03-09 10:01,b,2\n' >logs/x/b.csv
printf 'v,at,kind\n3,2020-03-09 09:00,c\n' >logs/x/a.csv
printf 'at,kind,v\n' >logs/x/c.csv
: >logs/x/d.csv
: >logs/x/0.csv
printf 'kind,v,at\nd,4,2020-03-08 10:00\n' >logs/y/a.csv

# --- a pattern, a folder, a list: the same; columns in the order of the first file, categories of all
good import 'logs/*/*.csv' --time at --one-hot auto -o d.h5:pattern
says message '2 empty files left out: logs/x/0.csv, logs/x/d.csv'
says stdout '4 rows of 5 f8'
says stdout '4 files'
holds pattern feature v kind=a kind=b kind=c kind=d
holds pattern x '3 0 0 1 0' '1 1 0 0 0' '2 0 1 0 0' '4 0 0 0 1'
holds pattern group 0 1 1 3
holds pattern group_names x/a.csv x/b.csv x/c.csv y/a.csv
holds pattern group_name file
holds pattern source 'logs/x/0.csv, logs/x/a.csv, logs/x/b.csv, logs/x/c.csv, logs/x/d.csv, logs/y/a.csv'
grep -q 'go backwards' message && fail 'times of another file count as going backwards'
good import logs/x --time at --one-hot auto -o d.h5:folder
holds folder group 0 1 1
holds folder group_names a.csv b.csv c.csv
good import logs/x/b.csv logs/y/a.csv --time at --one-hot auto -o d.h5:two
holds two feature kind=a kind=b kind=d v
holds two group 0 0 1
good import 'logs/*/*.csv' --group kind --time at -o d.h5:column
holds column group 0 1 2 3
good import 'logs/*/*.csv' --like d.h5:two -o d.h5:like
holds like x '0 0 0 3' '1 0 0 1' '0 1 0 2' '0 0 1 4'

# --- data with labels is still data with labels
printf 'a,b\n1,2\n3,4\n' >data.csv
printf 'label\n0\n1\n' >labels.csv
good import data.csv labels.csv -o d.h5:pair
holds pair label 0 1
good import labels.csv data.csv -o d.h5:swapped
holds swapped label 0 1
printf '1,2\n3,4\n' >plain.csv
cp plain.csv plain2.csv
good import plain.csv plain2.csv -o d.h5:plain
holds plain group 0 0 1 1
printf '0\n1\n' >single.csv
good import plain.csv single.csv -o d.h5:single
holds single label 0 1
bad 3 'labels.csv: found 2 labels, but plain.csv has 4 rows' import plain.csv plain2.csv --label labels.csv -o d.h5:none
printf 'label\n0\n1\n1\n0\n' >four.csv
good import plain.csv plain2.csv --label four.csv -o d.h5:four
holds four label 0 1 1 0

# --- what does not fit, with the file and the line
printf 'at,kind,w\n2020-03-09 10:00,a,1\n' >logs/y/b.csv
bad 3 "logs/y/b.csv:1:3: found column 'w', which logs/x/a.csv does not have" import 'logs/*/*.csv' --time at --one-hot kind -o d.h5:none
says message "logs/y/b.csv:1: found no column 'v', which logs/x/a.csv has"
printf 'at,kind,v\n2020-03-09 10:00,a,1\n2020-03-09 10:00,a\n2020-03-09,a,x\n' >logs/y/b.csv
bad 3 'logs/y/b.csv:3: found 2 fields, allowed: 3' import 'logs/*/*.csv' --time at --one-hot kind -o d.h5:none
says message "logs/y/b.csv:4:3: v: found 'x'"
bad 2 'nothing/.*csv: no file matches this pattern' import 'nothing/*.csv' -o d.h5:none
: >e1.csv
: >e2.csv
: >e3.csv
bad 3 'e1.csv: the file is empty' import e1.csv e2.csv e3.csv -o d.h5:none
printf '\0\0\x08\x01\0\0\0\x02\1\2' >n.idx
cp n.idx n2.idx
cp n.idx n3.idx
bad 2 'found 3 SRC, the first of format IDX' import n.idx n2.idx n3.idx -o d.h5:none
bad 2 'is the input|is one of|input' import 'logs/x/*.csv' -o logs/x/b.csv:s
[ "$(wc -l <logs/x/b.csv)" = 3 ] || fail 'an input was overwritten'

verdict
