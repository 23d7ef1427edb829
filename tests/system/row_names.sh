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
    for (i = 0; i < 40; i++) printf "part %d,2020-03-09T10:%02d:00+01:00,m%d,%g,%g\n", i, i, i % 3, i < 39 ? i % 7 : 99, i % 5 }' >t.csv
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
says stdout 'part 39 +2020-03-09 10:39:00\+01:00 +m0 +d.h5:all'
says stdout '14 +d.h5:odd'

# --- scores of new data carry them, whether the data were imported or not
good score x d.h5:all -o s.h5
is 'names in scores' "$(array s.h5 scores/all/id | cut -c1-13)" 'part 0 part 1'
is 'times in scores' "$(array s.h5 scores/all/time | cut -d' ' -f1,2)" '1583744400000000 1583744460000000'
is 'groups in scores' "$(array s.h5 scores/all/group | cut -d' ' -f1-4)" '0 1 2 0'
good score x t.csv -o raw.h5
is 'names in scores of a file' "$(array raw.h5 scores/new/id)" "$(array s.h5 scores/all/id)"
is 'times in scores of a file' "$(array raw.h5 scores/new/time)" "$(array s.h5 scores/all/time)"
good score x t.csv --id machine -o machine.h5
is 'other names' "$(array machine.h5 scores/new/id | cut -d' ' -f1-4)" 'm0 m1 m2 m0'
good top raw.h5 --list 3
says stdout 'part 3[0-9]|part [0-9]'

# --- and those of pictures
cat >p.yaml <<'SPEC'
data: {train: "p.h5:all", scale: unit}
model: {encoder: [{dense: 1}], decoder: [{dense: 8}]}
train: {epochs: 1}
SPEC
"$PYTHON" - photos/cat <<'PY'
import struct, sys, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
for i in range(1, 4):
    rows = b"".join(b"\0" + bytes((40 * i + 10 * r + c) % 256 for c in range(4)) for r in range(2))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 2, 8, 0, 0, 0, 0))
    open(f"{sys.argv[1]}/{i}.png", "wb").write(png + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PY
good import photos -o p.h5:all --force
good run p.yaml --results .
good score p photos -o p.csv
says p.csv '^id,row,error'
says p.csv '^cat/2.png,1,'
good score p photos/cat -o pictures.h5
is 'names of pictures in scores' "$(array pictures.h5 scores/new/id)" '1.png 2.png 3.png 4.png 5.png 6.png'

# --- the same on any ranks
mkdir two
good run x.yaml --results two -n 2 --ranks-per-trial 2
same "$trial" two/"$trial"

verdict
