#!/bin/bash
# Scores of files that are no data set: columns by name, hostile CSV, pipes, other formats, and what is written.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1
model=$(trial results/tiny)
good score "$model" data/tiny.h5:all -o split.csv -t 1
is 'columns' "$(head -1 split.csv)" 'row,error,threshold,anomalous,feature_1,share_1,feature_2,share_2,feature_3,share_3'
is 'lines' "$(wc -l <split.csv)" 301

# same_scores ARGUMENT...: scores a file, which must give the same lines as the split
same_scores() {
    good score "$model" "$@" -o found.csv --force -t 1
    cmp split.csv found.csv >comparison 2>&1 || { fail "score $*: other scores"; cat comparison; }
}

# --- no import: the same bits as with one
same_scores tiny.csv
says stdout "^tiny.csv: ignored column 'kind', which the model does not take$"
says stdout '^found.csv: 300 rows of tiny.csv under trial [0-9a-f]{8} '
same_scores - <tiny.csv
gzip -c tiny.csv >tiny.csv.gz
same_scores tiny.csv.gz

# --- columns in another order, and more of them
awk -F, -v OFS=, '{print $7, $6, NR == 1 ? "x,y" : "text", $3, $2, $1, $5, NR == 1 ? "" : NR, $4}' tiny.csv |
    sed '1s/x,y/x/' >order.csv
same_scores order.csv
says stdout "^order.csv: ignored columns 'kind', 'x', '8', which the model does not take$"

# --- quotes, CRLF, old line ends, byte order mark, other delimiters, comments, blank lines, no end of the last line
sed 's/,/","/g; s/.*/"&"/' tiny.csv >quoted.csv
same_scores quoted.csv
awk -F, -v OFS=, '{print (NR == 1 ? "note" : "\"a \"\"b\"\",\nc " NR "\""), $0}' tiny.csv >lines.csv
same_scores lines.csv
sed 's/$/\r/' tiny.csv >crlf.csv
same_scores crlf.csv
tr '\n' '\r' <tiny.csv >cr.csv
same_scores cr.csv
{ printf '\357\273\277' && cat tiny.csv; } >bom.csv
same_scores bom.csv
for delimiter in ';' '\t' '|' '  '; do
    sed "s/,/$delimiter/g" tiny.csv >other.csv
    same_scores other.csv
done
sed 's/,/, /g; s/$/ /' tiny.csv >blanks.csv
same_scores blanks.csv
sed 's/$/,/' tiny.csv >trailing.csv
same_scores trailing.csv
sed 's/,/;/g; s/\./,/g' tiny.csv >comma.csv
same_scores comma.csv --decimal comma
{ echo '# made by a machine' && echo '#' && sed 's/$/\n/' tiny.csv; } >comments.csv
same_scores comments.csv
sed '1s/^/# /' tiny.csv >named.csv
same_scores named.csv
printf %s "$(cat tiny.csv)" >open.csv
same_scores open.csv
awk '{print (NR == 1 ? "" : NR ",") $0}' tiny.csv >r.csv # as R writes the names of rows
same_scores r.csv

# --- without names: the number of columns must fit
sed 1d tiny.csv >bare.csv
same_scores bare.csv --drop 7
sed 1d tiny.csv | cut -d, -f1-6 >six.csv
same_scores six.csv
same_scores six.csv --header no
bad 3 "bare.csv:1: found 7 columns, allowed: 6, which the model takes in their order; hint: --drop NUMBER" score "$model" bare.csv -o x.csv
cut -d, -f1-5 six.csv >five.csv
bad 3 "five.csv:1: found 5 columns, allowed: 6" score "$model" five.csv -o x.csv

# --- a model that is not there, text with zeros
bad 3 '^hourglass: results/nope: no model: No such file or directory, allowed: a run.s folder, or a trial.s file' score results/nope tiny.csv -o x.csv
{ head -5 tiny.csv && printf 'a\0b,1\n'; } >zeros.csv
bad 3 "^hourglass: zeros.csv: found a byte 0 at offset [0-9]+ of what looks like text, allowed in CSV: none; hint: tr -d '.000'" score "$model" zeros.csv -o x.csv
bad 3 '^hourglass: zeros.csv: found a byte 0' import zeros.csv -o zeros.h5:all

# --- columns that are missing, twice, misspelled
cut -d, -f1,3- tiny.csv >missing.csv
bad 3 "missing.csv:1: found no column 'b', which the model takes; the columns are 'a', 'c', 'd', 'e', 'f', 'kind'" score "$model" missing.csv -o x.csv
sed '1s/b,c/Bb,cc/' tiny.csv >misspelled.csv
bad 3 "found no column 'b', 'c', which the model takes; the columns are 'a', 'Bb', 'cc'" score "$model" misspelled.csv -o x.csv
sed '1s/b,c/b,b/' tiny.csv >twice.csv
bad 3 "twice.csv:1:3: name 'b' stands for columns 2 and 3" score "$model" twice.csv -o x.csv
sed '1s/kind/a/' tiny.csv >again.csv
bad 3 "name 'a' stands for columns 1 and 7" score "$model" again.csv -o x.csv
same_scores again.csv --drop 7
sed '1s/.*/p,q,r,s,t,u,v/' tiny.csv >stranger.csv
bad 3 "found no column 'a', 'b', .*the columns are 'p', .*--header no" score "$model" stranger.csv -o x.csv

# --- no rows, no table
: >empty.csv
bad 3 'empty.csv: the file is empty' score "$model" empty.csv -o x.csv
bad 3 'standard input: the file is empty' score "$model" - -o x.csv </dev/null
head -1 tiny.csv >header.csv
bad 3 'header.csv: no rows' score "$model" header.csv -o x.csv
printf '\n\n \n' >blank.csv
bad 3 'blank.csv: no rows' score "$model" blank.csv -o x.csv
bad 3 'none.csv: no such file|none.csv: ' score "$model" none.csv -o x.csv
iconv -f UTF-8 -t UTF-16 tiny.csv >wide.csv
bad 3 'UTF-16' score "$model" wide.csv -o x.csv
bad 3 'standard input: found gzip data, allowed: CSV; hint: gzip -dc' score "$model" - -o x.csv <tiny.csv.gz
head -c 5000 /dev/urandom >noise.bin
bad 3 'noise.bin: ' score "$model" noise.bin -o x.csv
bad 2 "found 'data/tiny.h5', allowed: FILE.h5:SPLIT" score "$model" data/tiny.h5 -o x.csv
bad 2 'found a split among 2 arguments' score "$model" tiny.csv data/tiny.h5:all -o x.csv
bad 2 "found '-' among 2 arguments" score "$model" - tiny.csv -o x.csv
bad 2 "output: found 'x.json', allowed: FILE.h5, FILE.csv, FILE.jsonl" score "$model" tiny.csv -o x.json
bad 2 'save: found with text' score "$model" tiny.csv -o x.csv --save code

# --- rows of another length, quotes that are wrong
sed '200s/,/;/' tiny.csv >short.csv
bad 3 'short.csv:200: found 6 fields, allowed: 7' score "$model" short.csv -o x.csv
sed '299s/$/,1/' tiny.csv >longer.csv
bad 3 'longer.csv:299: found 8 fields, allowed: 7' score "$model" longer.csv -o x.csv
sed '100s/^/"/' tiny.csv >unclosed.csv
bad 3 'unclosed.csv:100: a quote opens here and is never closed' score "$model" unclosed.csv -o x.csv
sed '50s/,/"",/' tiny.csv >within.csv
bad 3 'within.csv:50: a quote stands within a field' score "$model" within.csv -o x.csv
[ ! -e x.csv ] || fail 'a refused file leaves scores'

# --- gaps, infinite values and strings: those rows have no error, and say which column it is
awk -F, -v OFS=, 'NR == 3 {$2 = ""} NR == 4 {$1 = "NA"; $3 = "inf"} NR == 5 {$6 = "oops"} 1' tiny.csv >gaps.csv
good score "$model" gaps.csv -o gaps.out.csv -t 1
says message "warning: gaps.csv:5: column 'f': found 'oops', allowed: numbers; 1 value like this counts as missing"
says message 'gaps.csv: 3 of 300 rows have missing or infinite values.*the first is row 1'
is 'line of a gap' "$(sed -n 3p gaps.out.csv | sed 's/,0\.[0-9]*,/,T,/')" '1,,T,,b,,,,,'
is 'line of two' "$(sed -n 4p gaps.out.csv | cut -d, -f1,2,4-)" '2,,,a,,c,,,'
is 'line of a text' "$(sed -n 5p gaps.out.csv | cut -d, -f5)" f
is 'all other lines' "$(diff gaps.out.csv split.csv | grep -c '^<')" 3
sed '2,$s/[^,]*/x/2' tiny.csv >texts.csv
bad 3 'no row has an error: each of the 300 rows' score "$model" texts.csv -o x.csv
[ ! -e x.csv ] || fail 'no scores, but a file'

# a model that fills missing values says how many it has filled; a column of categories is named once
tiny_spec | sed 's/scale: min_max/scale: min_max\n  fill: mean/; s/^name: tiny/name: filled/' >filled.yaml
good run filled.yaml -n 1 -t 1 --quiet
{ cat gaps.csv; echo ,,,,,,0; } >filled.csv
good score results/filled filled.csv -o x.csv -t 1
says stdout 'filled.csv: rows with missing values, which the model fills: 3; without any value: 1'
rm x.csv

# --- id and time, in their own spelling
awk -F, -v OFS=, 'NR == 1 {print $0, "serial", "when"; next} {print $0, NR == 2 ? "\"a \"\"b\"\", c\"" : "s" NR, "2020-03-09 10:14:" NR}' tiny.csv >ids.csv
good score "$model" ids.csv --id serial --time when -o ids.out.csv -t 1
is 'id and time' "$(sed -n 1,3p ids.out.csv | cut -d, -f1-4 | cut -c1-40 | sed 's/2,0$/2/; s/,1,0.*//' | tr '\n' '|')" \
    'id,time,row,error|"a ""b"", c",2020-03-09 10:14:2|s3,2020-03-09 10:14:3|'
cut -d, -f3- ids.out.csv | sed '2s/^.*:2,//' >rest.csv
cmp rest.csv split.csv >message 2>&1 || fail 'id and time change scores'
# HDF5 keeps the offset of times that all have, or says that they are in UTC
for case in +01:00,+01:00,+01:00 Z,Z,Z +01:00,+02:00,Z +01:00,,Z ,,none; do
    IFS=, read -r one other zone <<<"$case"
    awk -F, -v OFS=, -v a="$one" -v b="$other" 'NR == 1 {print $0, "when"; next}
        {print $0, "2020-03-09T10:" 10 + NR % 50 ":00" (NR % 2 ? a : b)}' tiny.csv >zoned.csv
    good score "$model" zoned.csv --time when -o zoned.h5 --force -t 1
    found=$("$PYTHON" -c 'import h5py; print(h5py.File("zoned.h5")["scores/new"].attrs.get("time_zone", "none"))')
    is "zone of times with '$one' and '$other'" "$found" "$zone"
done
good score "$model" ids.csv --id serial --time when -o ids.out.csv --force -t 1
bad 2 "ids.csv: --id: found 'seral', allowed: the name of a column, or its number from 1 to 9; did you mean 'serial'" score "$model" ids.csv --id seral -o x.csv
bad 2 "column 'a' is one that the model takes" score "$model" ids.csv --id a -o x.csv
bad 2 'found with a split, allowed: with CSV files' score "$model" data/tiny.h5:all --id a -o x.csv

# --- several files: each with its own header, rows counted per file
{ head -1 tiny.csv && sed -n '102,$p' tiny.csv; } >second.csv
head -101 tiny.csv >first.csv
good score "$model" first.csv second.csv -o both.csv -t 1
is 'files' "$(cut -d, -f1 both.csv | uniq -c | awk '{print $1, $2}' | tr '\n' '|')" '1 file|100 first.csv|200 second.csv|'
mkdir parts && cp first.csv second.csv parts
good score "$model" 'parts/*.csv' -o pattern.csv -t 1
is 'errors of the files of a pattern' "$(cut -d, -f3 pattern.csv | cksum)" "$(cut -d, -f3 both.csv | cksum)"
bad 2 'other/\*.csv: no file matches this pattern' score "$model" 'other/*.csv' -o x.csv
is 'rows of the second file' "$(sed -n '102p;301p' both.csv | cut -d, -f2 | xargs)" '0 199'
is 'errors of both' "$(cut -d, -f3 both.csv | cksum)" "$(cut -d, -f2 split.csv | cksum)"

# --- any ranks and threads, any length of a piece; a pipe in and out
for how in '1 2' '2 1' '3 2'; do
    read -r ranks threads <<<"$how"
    good score "$model" tiny.csv -o ranks.csv --force -n "$ranks" -t "$threads"
    cmp split.csv ranks.csv >comparison 2>&1 || fail "scores on $ranks x $threads"
    good score "$model" - -o - -n "$ranks" -t "$threads" <tiny.csv
    cmp split.csv stdout >comparison 2>&1 || fail "scores through a pipe on $ranks x $threads"
    says message '^standard output: 300 rows of standard input under trial'
done
{ head -1 tiny.csv && for _ in {1..200}; do sed 1d tiny.csv; done; } >long.csv
good score "$model" long.csv -o long.out.csv -t 2
is 'errors of a long file' "$(sed 1d long.out.csv | cut -d, -f2 | sort | uniq -c | awk '{print $1 % 200}' | sort -u)" 0
good score "$model" - -o - -t 1 <long.csv
cmp long.out.csv stdout >comparison 2>&1 || fail 'a long file through a pipe'

# --- JSON lines and HDF5
good score "$model" gaps.csv -o gaps.jsonl -t 1
good score "$model" ids.csv --id serial --time when -o ids.jsonl -t 1
good score "$model" first.csv second.csv -o both.h5 -t 1
good score "$model" data/tiny.h5:all -o split.h5 -t 1
if [ -n "${PYTHON:-}" ]; then
    cat >read.py <<'PY'
import csv, json
rows = [json.loads(line) for line in open("gaps.jsonl")]
lines = list(csv.DictReader(open("gaps.out.csv", newline="")))
same = lambda v, text: text == "" if v is None else float(text) == v if not isinstance(v, str) else text == v
print(len(rows), list(rows[0]) == list(lines[0]), all(same(r[k], l[k]) for r, l in zip(rows, lines) for k in r))
ids = [json.loads(line) for line in open("ids.jsonl")]
print(ids[0]["id"] == 'a "b", c', ids[1]["time"] == "2020-03-09 10:14:3", ids[0]["anomalous"] in (True, False))
print(list(csv.DictReader(open("ids.out.csv", newline="")))[0]["id"] == 'a "b", c')
PY
    "$PYTHON" read.py >stdout 2>message
    is 'CSV and JSON lines' "$(xargs <stdout)" '300 True True True True True True'
fi
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import h5py' 2>/dev/null; then
    "$PYTHON" -c 'import h5py, numpy as np, csv
a, b = h5py.File("both.h5")["scores/new"], h5py.File("split.h5")["scores/all"]
rows = list(csv.DictReader(open("split.csv")))
print(np.array_equal(a["error"], b["error"]), a["index"][99:102].tolist(), a["source"][99:102].tolist(), a.attrs["sources"].split(),
      all(np.float32(r["error"]) == e for r, e in zip(rows, b["error"])), a["top_name"].asstr()[...].tolist(),
      a["top_sample"][...].tolist() == [i for i, r in enumerate(rows) if r["anomalous"] == "1"],
      all([a["top_name"].asstr()[f] for f in fs] == [rows[i][f"feature_{k}"] for k in (1, 2, 3)] for i, fs in zip(a["top_sample"], a["top_feature"])),
      all([np.float32(rows[i][f"share_{k}"]) for k in (1, 2, 3)] == s.tolist() for i, s in zip(a["top_sample"], a["top_share"])))' >stdout 2>message
    is 'HDF5' "$(cat stdout)" "True [99, 0, 1] [0, 1, 1] ['first.csv', 'second.csv'] True ['a', 'b', 'c', 'd', 'e', 'f'] True True True"
    good score "$model" tiny.csv -o saves.h5 --save code --save reconstruction --save feature_error -t 1
    good score "$model" data/tiny.h5:all -o saved.h5 --save code --save reconstruction --save feature_error -t 1
    "$PYTHON" -c 'import h5py, numpy as np
a, b = h5py.File("saves.h5")["scores/new"], h5py.File("saved.h5")["scores/all"]
print(all(a[k][...].tobytes() == b[k][...].tobytes() for k in a), sorted(set(b) - set(a)))' >stdout 2>message
    is 'what is saved' "$(cat stdout)" "True ['is_anomaly', 'label']"
    good verify saves.h5
fi

# --- other formats: arrays, and the shares of rows of an array without names
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import numpy' 2>/dev/null; then
    "$PYTHON" -c 'import numpy as np
x = np.genfromtxt("tiny.csv", delimiter=",", skip_header=1)
np.save("x.npy", x[:, :6]); np.savez("x.npz", x[:, :6]); np.save("wide.npy", x); np.save("f4.npy", x[:, :6].astype("f4"))'
    same_scores x.npy
    same_scores x.npz
    good score "$model" f4.npy -o f4.csv -t 1
    bad 3 'wide.npy: found rows of shape \(7\), allowed: \(6\), which the model takes' score "$model" wide.npy -o x.csv
fi
good encode "$model" data/tiny.h5:all -o codes.h5:all -t 1
bad 3 'rows of shape \(3\), allowed: \(6\)' score "$model" codes.h5:/all/x -o x.csv
same_scores data/tiny.h5:/all/x

# --- what is replaced
good score "$model" tiny.csv -o split2.csv -t 1
bad 2 'split2.csv: is there already; --force replaces it' score "$model" tiny.csv -o split2.csv
bad 2 'the output is one of the inputs: tiny.csv' score "$model" tiny.csv -o tiny.csv --force
cp six.csv notes.csv
bad 2 'notes.csv: exists: found other text than scores' score "$model" tiny.csv -o notes.csv --force
cmp six.csv notes.csv || fail 'another file was replaced'
bad 74 '' score "$model" tiny.csv -o nowhere/x.csv
good score "$model" tiny.csv -o split2.csv --force
if [ -w /dev/full ]; then
    timeout 60 "$hourglass" score "$model" tiny.csv -o - >/dev/full 2>message
    is 'exit code of a full disk' $? 74
    says message 'standard output: cannot write'
fi
is 'temporaries' "$(find . -name '.*tmp*' -o -name '.*lock*' | wc -l)" 0

# --- a model of pictures is given a table
cat >pictures.yaml <<'SPEC'
data: {train: pictures.h5:all, scale: unit}
model: {encoder: [{dense: 3, activation: relu}], decoder: [{dense: 16, activation: sigmoid}]}
train: {loss: mse, epochs: 1}
SPEC
if [ -n "${PYTHON:-}" ] && "$PYTHON" -c 'import PIL' 2>/dev/null; then
    mkdir -p photos large
    "$PYTHON" -c 'from PIL import Image
for i in range(20):
    Image.new("L", (4, 4), 10 * i).save(f"photos/p{i:02}.png"); Image.new("RGB", (9, 7), (9 * i, 0, 0)).save(f"large/p{i:02}.png")'
    good import photos -o data/pictures.h5:all
    good run pictures.yaml --quiet -n 1 -t 1
    good score results/pictures data/pictures.h5:all -o pictures.csv
    good score results/pictures photos -o photos.csv
    cmp pictures.csv photos.csv >comparison 2>&1 || fail 'a folder of pictures has other scores than its import'
    good score results/pictures large/p03.png -o large.csv # resized and made gray
    says large.csv '^0,[0-9.e-]+,[0-9.e-]+,[01],[0-3]:[0-3],'
    bad 3 'tiny.csv: found a table \(CSV\), allowed: pictures or arrays of shape \(4, 4\)' score results/pictures tiny.csv -o x.csv
    bad 3 'found rows of shape \(4, 4\), allowed: \(6\)|photos' score "$model" photos -o x.csv
fi

verdict
