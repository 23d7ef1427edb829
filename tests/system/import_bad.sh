#!/bin/bash
# Every bad file, option or name given to `hourglass import` ends with the right exit code, a message that says what was
# found, and nothing left behind.
source "$(dirname "$0")/../lib.sh"
mkdir out

# bad CODE PATTERN ARGUMENT...: import must fail with this code and a message that matches, and leave nothing
bad() {
    local code=$1 pattern=$2 got
    shift 2
    go import "$@"
    got=$?
    [ $got = "$code" ] || fail "import $*: exit code $got, expected $code"
    grep -qE -- "$pattern" message || fail "import $*: no message matches /$pattern/"
    grep -qvE '^hourglass: ' message && fail "import $*: a line that is no message of ours"
    [ -z "$(ls -A out)" ] || { fail "import $*: left $(ls -A out)"; rm -rf out; mkdir out; }
}

# good ARGUMENT...: the same machinery must be able to succeed, or the table proves nothing
good() {
    go import "$@" || fail "import $*: exit code $?, expected 0"
    rm -rf out
    mkdir out
}

# --- generators
be32() { printf "\\x$(printf %02x $(($1 >> 24 & 255)))\\x$(printf %02x $(($1 >> 16 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))\\x$(printf %02x $(($1 & 255)))"; }
bytes() { head -c "$1" /dev/zero | tr '\0' "${2:-\\1}"; }
# idx TYPE DIMENSION...: a header; the values follow from elsewhere
idx() {
    printf "\\0\\0\\x$1\\x$(printf %02x $(($# - 1)))"
    shift
    for d; do be32 "$d"; done
}
# npy DICTIONARY: a header of version 1, its length as given
npy() {
    printf "\\x93NUMPY\\x01\\x00\\x$(printf %02x $((${#1} & 255)))\\x$(printf %02x $((${#1} >> 8)))"
    printf %s "$1"
}

# --- options
bad 2 'no SRC given' -o out/x.h5:a
bad 2 '--output: missing' nothing
bad 2 'no such option' nothing -o out/x.h5:a --frobnicate
bad 2 '--label: needs a value' -o out/x.h5:a --label
bad 2 "--header: found 'maybe', allowed: one of auto, yes, no" nothing -o out/x.h5:a --header maybe
bad 2 "--type: found 'f16'" nothing -o out/x.h5:a --type f16
printf 'a,b\n1,2\n3,4\n' >two.csv
good two.csv -o out/x.h5:a
bad 2 "--output: found 'out/x.h5', allowed: FILE.h5:SPLIT" two.csv -o out/x.h5
bad 2 "--output: found 'out/x.h5:a/b'" two.csv -o out/x.h5:a/b
bad 2 'two.csv: found twice among SRC .also as ./two.csv., allowed: each file once' ./two.csv two.csv -o out/x.h5:a
printf '\0\0\x08\x02\0\0\0\1\0\0\0\2\1\2' >pair.idx
cp pair.idx other.idx
bad 2 'two sources of the same kind' pair.idx other.idx -o out/x.h5:a
rm pair.idx other.idx
bad 2 "--label: found 'c', allowed: the name of a column" two.csv -o out/x.h5:a --label c
bad 2 "--drop: found '3', allowed: .* from 1 to 2" two.csv -o out/x.h5:a --drop 3
# fault: a column that is named twice was kept once, in silence
bad 2 "--columns: found column 2, 'b', twice, allowed: every column once" two.csv -o out/x.h5:a --columns b,a,2
bad 2 'no column is left' two.csv -o out/x.h5:a --drop a,b
bad 2 "--delimiter: found '::'" two.csv -o out/x.h5:a --delimiter ::
bad 2 '--x: names an array of an .npz' two.csv -o out/x.h5:a --x X
bad 74 'none/x.h5' two.csv -o none/x.h5:a
seq 40000 >long.csv
trap '' XFSZ # then a write beyond the limit fails as on a full disk
(ulimit -f 100 && bad 74 'out/x.h5' long.csv -o out/x.h5:a && [ "$failures" = 0 ]) || failures=$((failures + 1))
trap - XFSZ

# --- any file
bad 3 'no-such-file: no such file' no-such-file -o out/x.h5:a
mkdir none-of-them
bad 3 'no PNG or JPEG file .* in this folder' none-of-them -o out/x.h5:a
: >empty
bad 3 'empty: the file is empty' empty -o out/x.h5:a
gzip -nc empty >empty.gz
bad 3 'the file is empty' empty.gz -o out/x.h5:a
bytes 100 '\377' >noise
printf '\0\1\2' >>noise
bad 3 'of no known format; allowed: IDX, CSV, NumPy' noise -o out/x.h5:a
bad 3 'after the name of a file of format CSV' two.csv:/a -o out/x.h5:a

# --- IDX
{ idx 08 3 2 2; bytes 12; } >good.idx
{ idx 08 3; bytes 3; } >good-labels.idx
good good.idx good-labels.idx -o out/x.h5:a
bad 2 'one value per row and no names: labels' good-labels.idx -o out/x.h5:a
bad 2 'for CSV; found a source of format IDX' good.idx -o out/x.h5:a --drop b
head -c 20 good.idx >cut.idx
bad 3 'promises 12 bytes of values, but 4 follow it: is it truncated' cut.idx -o out/x.h5:a
head -c 10 good.idx >header.idx
bad 3 'ends within its header' header.idx -o out/x.h5:a
{ cat good.idx; bytes 1; } >long.idx
# fault: a file that is too long was said to be truncated
bad 3 'promises 12 bytes of values, but 13 follow it: is the header damaged, or was something appended' long.idx -o out/x.h5:a
{ idx 08 0 2 2; } >none.idx
bad 3 'the data are empty' none.idx -o out/x.h5:a
{ idx 08 3 0 2; } >flat.idx
bad 3 'the data are empty' flat.idx -o out/x.h5:a
{ idx 08 4294967295 65535 65535; } >huge.idx
bad 3 'more values than can be' huge.idx -o out/x.h5:a
{ idx 0E 4294967295 8191 8191; } >huge8.idx
bad 3 'more values than can be|promises .* but 0 follow' huge8.idx -o out/x.h5:a
{ idx 08 1 1 1 1 1; bytes 1; } >five.idx
bad 3 'found 5 dimensions, allowed: 1 to 4' five.idx -o out/x.h5:a
{ idx 08 2; bytes 2; } >few-labels.idx
bad 3 'found 2 labels, but good.idx has 3 rows' good.idx few-labels.idx -o out/x.h5:a
{ idx 0D 3; bytes 12 '\77'; } >half-labels.idx
bad 3 'row 0: label: found 0\.7.*, allowed: an integer' good.idx half-labels.idx -o out/x.h5:a
{ idx 0D 1 2; printf '\x7f\x80\0\0\0\0\0\0'; } >inf.idx
good inf.idx -o out/inf.h5:a
says message 'warning: inf.idx: 1 infinite value, the first in row 0: training refuses such rows'
{ idx 0E 1 2; printf '\x7e\x37\xe4\x3c\x88\0\x75\x9c\0\0\0\0\0\0\0\0'; } >big.idx
good big.idx -o out/x.h5:a
# fault: a large number was called infinite, and an infinite one refused, which other types keep
bad 3 'row 0: value 1: found 1e\+300, allowed: numbers up to 3.4e38, which f4 can hold; hint: --type f8' big.idx -o out/x.h5:a --type f4
{ idx 0E 2 2; printf '\x7f\xf0\0\0\0\0\0\0'; bytes 24; } >inf8.idx
good inf8.idx -o out/x.h5:a --type f4 --force
says message 'warning: inf8.idx: 1 infinite value, the first in row 0: training refuses such rows'

# --- gzip
gzip -nc good.idx >good.idx.gz
good good.idx.gz good-labels.idx -o out/x.h5:a
{ idx 08 400 20 20; seq 100000 | head -c 160000; } | gzip -nc >whole.gz
good whole.gz -o out/x.h5:a
size=$(stat -c %s whole.gz)
head -c $((size / 2)) whole.gz >cut.gz
bad 3 'cut.gz: truncated gzip data' cut.gz -o out/x.h5:a
head -c 25 good.idx.gz >short.gz
bad 3 'truncated gzip data' short.gz -o out/x.h5:a
{ cat good.idx.gz; echo more; } >tail.gz
bad 3 'other bytes follow the end of its gzip data' tail.gz -o out/x.h5:a
{ head -c $((size - 8)) whole.gz; printf '\1\2\3\4'; tail -c 4 whole.gz; } >sum.gz
bad 3 'damaged gzip data .*incorrect data check' sum.gz -o out/x.h5:a
{ head -c 5000 whole.gz; bytes 100 '\252'; tail -c +5101 whole.gz; } >hole.gz
bad 3 'damaged gzip data|truncated gzip data' hole.gz -o out/x.h5:a
head -c 20 good.idx | gzip -nc >cutidx.gz
bad 3 'the data end in row 2 of 3' cutidx.gz -o out/x.h5:a
gzip -nc long.idx >longidx.gz
bad 3 'more bytes follow the 28 that its header promises' longidx.gz -o out/x.h5:a

# --- CSV
# csv CODE PATTERN TEXT [ARGUMENT...]
csv() {
    local code=$1 pattern=$2 text=$3
    shift 3
    printf "$text" >x.csv
    bad "$code" "$pattern" x.csv -o out/x.h5:a "$@"
}
csv 3 "x.csv:3:2: b: found 'abc', allowed: a number or one of the missing-value tokens" 'a,b\n1,2\n3,abc\n'
csv 3 'x.csv:3: found 1 field, allowed: 2' 'a,b\n1,2\n3\n4,5\n6,7\n8,9\n'
csv 3 'x.csv:2: found 3 fields, allowed: 2' 'a,b\n1,2,3\n3,4\n5,6\n7,8\n9,0\n'
csv 3 "found '1e999', allowed: numbers below 1.8e308" 'a,b\n1,1e999\n'
csv 3 "found 'info', allowed: a number" 'a,b\n1,info\n'
csv 3 "found '1e999', allowed: numbers below" 'a,b\n1,1e999\n'
csv 3 "found '0x10'" 'a,b\n1,0x10\n'
csv 3 "found '1 2'" 'a,b\n1,1 2\n'
csv 3 "found 'NA'" 'a,b\n1,NA\n' --missing '?'
csv 3 'no rows: the data are empty' 'a,b\n'
csv 3 'no rows: the data are empty' '\n\n'
csv 3 "x.csv:3:2: b: found '', allowed: a label in every row" 'a,b\n1,2\n3,\n' --label b
csv 3 "x.csv:3:2: b: found '1.5', allowed as labels: 64-bit integers, or names" 'a,b\n1,2\n3,1.5\n' --label b
csv 3 'x.csv:1:2: name .a. stands for columns 1 and 2' 'a,a\n1,2\n'
csv 3 'is not UTF-8' 'a,\351t\351\n1,2\n'
csv 3 'x.csv:2: a quote stands within a field' 'a,b\n1,2"3\n'
# fault: a quote that is never closed was reported where the file ends, and "no rows" with it
csv 3 'x.csv:3: a quote opens here and is never closed' 'a,b\n1,2\n3,"4\n5,6\n7,8\n'
csv 3 'x.csv:2: a quote opens here and is never closed' 'a,b\n1,"2\n3,""4""\n5,6\n'
if grep 'no rows' message; then fail 'no rows, because of a quote'; fi
csv 3 'x.csv:4: a quote opens here' 'a,b\n1,"2"\n3,"""4"\n5,"6\n'
csv 3 'x.csv:2: a quote stands within a field' 'a,b\n1,2"3\n'
if grep 'no rows' message; then fail 'no rows, because of a quote'; fi
csv 3 'leave them out: --drop when' 'when,v\nmonday,1\ntuesday,2\n'
csv 3 'found a byte 0 at offset 6 of what looks like text' 'a,b\n1,\0002\n'
csv 3 "x.csv:2:1: a: found '1;2'" 'a,b\n1;2,3\n'
{ echo a,b; yes 'p,q' | head -1000; } >many.csv
bad 3 'and 1998 more fields or rows like these' many.csv -o out/x.h5:a
{ echo a,b; bytes 2000000 2; } >wide.csv
bad 3 'a field of more than a million characters' wide.csv -o out/x.h5:a
{ echo a,b; yes 'p,name' | head -3; seq -f 'p,name%g' 1001; } >names.csv
bad 3 'more than 1000 different names' names.csv -o out/x.h5:a --label b

# --- NumPy
fields="'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), "
{ npy "{$fields}"; bytes 32 '\0'; } >good.npy
good good.npy -o out/x.h5:a
# npy_bad PATTERN DICTIONARY [BYTES]
npy_bad() {
    { npy "$2"; bytes "${3:-32}" '\0'; } >x.npy
    bad 3 "$1" x.npy -o out/x.h5:a
}
npy_bad 'promises 32 bytes of values, but 31 follow' "{$fields}" 31
npy_bad 'promises 32 bytes of values, but 33 follow' "{$fields}" 33
npy_bad "array of objects \('\|O'\)" "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }"
npy_bad "array of another type \('<U3'\)" "{'descr': '<U3', 'fortran_order': False, 'shape': (2, 2), }"
npy_bad "another type \('<c16'\)" "{'descr': '<c16', 'fortran_order': False, 'shape': (2, 2), }"
npy_bad "another type \('<f16'\)" "{'descr': '<f16', 'fortran_order': False, 'shape': (2, 2), }"
npy_bad 'array of records' "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2, 2), }"
npy_bad 'expected True or False' "{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 2), }"
npy_bad 'expected a tuple' "{'descr': '<f8', 'fortran_order': False, 'shape': 4, }"
npy_bad 'expected a dimension' "{'descr': '<f8', 'fortran_order': False, 'shape': (2, -2), }"
npy_bad 'expected , or \)' "{'descr': '<f8', 'fortran_order': False, 'shape': (2 2), }"
npy_bad 'beyond all bounds' "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 2), }"
npy_bad 'more values than can be' "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4), }"
npy_bad 'more values than can be' "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 4611686018427387904), }"
npy_bad 'the data are empty' "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 2), }" 0
npy_bad 'the data are empty' "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 0), }" 0
npy_bad 'a single number' "{'descr': '<f8', 'fortran_order': False, 'shape': (), }" 8
npy_bad 'more than 4 dimensions' "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1, 1, 4), }"
npy_bad 'once each' "{$fields'shape': (2, 2), }"
npy_bad 'once each' "{$fields'more': 1}"
npy_bad 'and no more' "{'descr': '<f8', 'shape': (2, 2)}"
npy_bad 'and no more' "{$fields} + {}"
npy_bad 'expected a short quoted string' "{descr: '<f8'}"
npy_bad 'expected \{' "[$fields]"
npy_bad 'expected , or \}' "{'descr': '<f8' 'fortran_order': False}"
{ npy "{'descr': '<u8', 'fortran_order': False, 'shape': (2, 2), }"; bytes 23 '\0'; bytes 9 '\377'; } >u8.npy
bad 3 'u8.npy: row 1: value 1: found 18374686479671623680 \(u8\), allowed: integers up to 9223372036854775807' u8.npy -o out/x.h5:a
{ npy "{'descr': '>u8', 'fortran_order': True, 'shape': (2, 2), }"; bytes 8 '\377'; bytes 24 '\0'; } >u8.npy
bad 3 'u8.npy: row 0: value 1: found 18446744073709551615' u8.npy -o out/x.h5:a
bad 2 '--transpose, --channels: are for arrays .*; found a source of format CSV' two.csv -o out/x.h5:a --transpose
bad 3 'good.npy: --channels first: found an array of 2 dimensions, allowed: 4' good.npy -o out/x.h5:a --channels first
{ npy "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"; bytes 48 '\0'; } >wide.npy
bad 3 'found 3 labels, but wide.npy has 2 rows; hint: .* --transpose' wide.npy good-labels.idx -o out/x.h5:a
good wide.npy good-labels.idx -o out/x.h5:a --transpose
{ printf '\x93NUMPY\x09\x00\x04\x00{}\n '; } >version.npy
bad 3 'found .npy version 9, allowed: 1 to 3' version.npy -o out/x.h5:a
{ printf '\x93NUMPY\x02\x00\xff\xff\xff\x7f{}'; } >length.npy
bad 3 'found 2147483647 bytes, allowed: at most' length.npy -o out/x.h5:a
head -c 30 good.npy >cut.npy
bad 3 'ends within its header' cut.npy -o out/x.h5:a
{ npy "{$fields}"; printf '\0\0\0\0\0\0\xf0\x7f'; bytes 24 '\0'; } >inf.npy
good inf.npy -o out/inf.h5:b
says message 'warning: inf.npy: 1 infinite value, the first in row 0'
printf 'PK\3\4 and so on' >damaged.npz
bad 3 'not a readable zip archive' damaged.npz -o out/x.h5:a

# --- HDF5
printf '\x89HDF\r\n\x1a\n and so on' >damaged.h5
bad 3 'damaged.h5' damaged.h5:/x -o out/x.h5:a
"$hourglass" import two.csv -o two.h5:a >/dev/null 2>&1 || fail 'cannot make two.h5'
good two.h5:/a/x two.h5:/a/sample -o out/x.h5:a
good two.h5:/a/x --label /a/sample -o out/x.h5:a
bad 3 'which dataset of this HDF5 file\? Say two.h5:/NAME; it holds /a' two.h5 -o out/x.h5:a
bad 3 "found no dataset '/b'; the file holds /a" two.h5:/b -o out/x.h5:a
bad 3 'found strings, allowed: numbers' two.h5:/a/feature -o out/x.h5:a
bad 3 'two.h5: /a' two.h5:/a -o out/x.h5:a
if [ -n "${HOURGLASS_DATA:-}" ] && [ -d "$HOURGLASS_DATA/hdf5-malformed" ]; then
    for file in "$HOURGLASS_DATA"/hdf5-malformed/*; do # some are refused whole, of others a dataset is missing
        bad 3 'hourglass: ' "$file:/none" -o out/x.h5:a
    done
else
    echo 'no $HOURGLASS_DATA/hdf5-malformed: malformed HDF5 files are not tried'
fi

# --- what exists stays as it is
before=$(cksum <two.h5)
bad 2 "two.h5: has a split 'a' already; --force replaces it" two.csv -o two.h5:a
printf 'a,b\n1,abc\n' >x.csv
bad 3 "found 'abc'" x.csv -o two.h5:b
bad 3 "found 'abc'" x.csv -o two.h5:a --force
bad 3 'truncated gzip data' cut.gz -o two.h5:a --force
[ "$before" = "$(cksum <two.h5)" ] || fail 'two.h5 was changed'
cp two.csv foreign.h5
bad 2 'foreign.h5: exists' two.csv -o foreign.h5:a
cmp -s two.csv foreign.h5 || fail 'foreign.h5 was changed'
[ -z "$(find . -name '.*tmp*')" ] || fail "temporary files were left: $(find . -name '.*tmp*')"
"$hourglass" import two.csv -o two.h5:a --force >stdout 2>message || fail 'two.h5 cannot be replaced with --force'

verdict
