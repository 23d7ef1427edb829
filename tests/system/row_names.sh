#!/bin/bash
# The names, times and groups of rows on their way: from pictures and tables through data sets and trials to the table
# of samples. Rows of sources without names have none.
source "$(dirname "$0")/../lib.sh"

# array FILE PATH: the values of an array in one line
array() {
    "$PYTHON" - "$1" "$2" <<'PY'
import sys, h5py
a = h5py.File(sys.argv[1])[sys.argv[2]]
print(*(a.asstr()[...] if h5py.check_string_dtype(a.dtype) else a[...]))
PY
}

# --- pictures are called as their files
mkdir -p photos/cat photos/dog
picture=iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAEklEQVR42mNg4BKRY9AwsvkPAARHAdIIG+byAAAAAElFTkSuQmCC # 4 x 2, gray
for i in 1 2 3 4 5 6; do
    base64 -d <<<"$picture" >photos/cat/$i.png
    base64 -d <<<"$picture" >photos/dog/$i.png
done
mv photos/dog/6.png $'photos/dog/\e[31m\xff.png'
good import photos -o p.h5:all
is 'names of pictures' "$(array p.h5 all/id)" 'cat/1.png cat/2.png cat/3.png cat/4.png cat/5.png cat/6.png dog/\x1b[31m\xff.png dog/1.png dog/2.png dog/3.png dog/4.png dog/5.png'
good import photos/cat/3.png -o p.h5:one
is 'name of a picture' "$(array p.h5 one/id)" 3.png

# --- a table
awk 'BEGIN { print "name,when,machine,a,b"
    for (i = 0; i < 40; i++) printf "part %d,2020-03-09T10:%02d:00+01:00,m%d,%g,%g\n", i, i, i % 3, i % 7, i % 5 }' >t.csv
awk 'BEGIN { print "a,b"; for (i = 0; i < 5; i++) printf "%d,%d\n", 50 + i, -i }' >odd.csv
good import t.csv --id name --time when --group machine -o d.h5:all
good import odd.csv -o d.h5:odd
cat >x.yaml <<'SPEC'
data:
  train: {from: "d.h5:all", rows: "0:30"}
  test: [{from: "d.h5:all", rows: "30:"}, "d.h5:odd"]
  scale: standard
model: {encoder: [{dense: 1}], decoder: [{dense: 2}]}
train: {epochs: 2, shards: 2}
SPEC
good run x.yaml --results .
trial=$(echo x/trials/*.h5)
is 'names of a test set' "$(array "$trial" scores/test/id)" "part 30 part 31 part 32 part 33 part 34 part 35 part 36 part 37 part 38 part 39     "
is 'groups of a test set' "$(array "$trial" scores/test/group)" '0 1 2 0 1 2 0 1 2 0 -1 -1 -1 -1 -1'
is 'times of a test set' "$(array "$trial" scores/test/time | cut -d' ' -f1,11)" '1583746200000000 -9223372036854775808'
is 'columns of a trial' "$(array "$trial" columns/column)" 'a b'
good top x --count 15
says stdout 'id +time +group +of'
says stdout 'part 37 +2020-03-09 10:37:00\+01:00 +m1 +d.h5:all'
says stdout '14 +d.h5:odd'

# --- the same on any ranks
mkdir two
good run x.yaml --results two -n 2 --ranks-per-trial 2
same "$trial" two/"$trial"

verdict
