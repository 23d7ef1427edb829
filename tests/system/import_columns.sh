#!/bin/bash
# Tables with text, names and times, given to `hourglass import`: what each column becomes, that another file becomes the
# same features, and that nothing is turned into numbers without being asked for.
source "$(dirname "$0")/../lib.sh"

# values SPLIT [ARRAY]: the values of an array, one row a line
values() {
    "$PYTHON" - d.h5 "$1/${2:-x}" <<'PY'
import sys, h5py
a = h5py.File(sys.argv[1])[sys.argv[2]]
rows = a.asstr()[...] if h5py.check_string_dtype(a.dtype) else a[...]
for row in rows:
    print(row if rows.ndim == 1 else " ".join(f"{v:g}" for v in row))
PY
}
# holds SPLIT ARRAY LINE...: the array is these lines
holds() {
    local split=$1 array=$2
    shift 2
    count=$((count + 1))
    [ "$(values "$split" "$array")" = "$(printf '%s\n' "$@")" ] || {
        values "$split" "$array" >message
        fail "$split/$array is not: $*"
    }
}

cat >t.csv <<'CSV'
host,proto,up,bytes,when,machine
a,tcp,yes,5,2020-03-09 10:14:33.123+01:00,m1
b,udp,no,6,2020-03-09 10:15:33+01:00,m2
"c, d",icmp,yes,7,2020-03-09 10:13:33+01:00,m1
c,?,no,7,,
CSV

# --- text is refused unless an option says what it means; one line per column, with all that could be meant
bad 3 "t.csv:2:2: proto: found 'tcp'" import t.csv -o d.h5:none
says message "'proto' .3 values., 'up' .2 values."
says message "--time 'when' makes"
says message '--one-hot auto makes features of their values'
says message '--drop host,proto,up,when,machine'
bad 3 "column 'when' holds times; hint: --time 'when'" import t.csv --one-hot auto -o d.h5:none

# --- categories, two values, a missing value, id, time, group and features of the time
good import t.csv --id host --time when --group machine --one-hot auto --time-features hour,weekday -o d.h5:a
says stdout 'proto: one feature for each of 4 values: icmp, tcp, udp, .missing.; 1 missing'
says stdout 'up: 0 for no, 1 for yes'
says message 'times go backwards in 1 row, the first is row 2'
says message '1 row without a time'
holds a feature proto=icmp proto=tcp proto=udp 'proto=(missing)' up=yes bytes when.hour when.weekday
holds a x '0 1 0 0 1 5 10.2425 0' '0 0 1 0 0 6 10.2592 0' '1 0 0 0 1 7 10.2258 0' '0 0 0 1 0 7 nan nan'
holds a id a b 'c, d' c
holds a time 1583745273123000 1583745333000000 1583745213000000 -9223372036854775808
holds a group 0 1 0 -1
holds a column proto up bytes when when
holds a column_kind one_hot binary number hour weekday
holds a feature_column 0 0 0 0 1 2 3 4
good import t.csv --columns bytes,up,proto --one-hot proto,up --missing-category nan -o d.h5:nan
holds nan feature bytes up=yes proto=icmp proto=tcp proto=udp
holds nan x '5 1 0 1 0' '6 0 0 0 1' '7 1 1 0 0' '7 0 nan nan nan'

# --- another file becomes the same features: other order, unknown values, a column too much; one that is missing
printf 'up,proto,extra,bytes,when,host\nyes,sctp,1,3,2020-03-09T23:30Z,x\nmaybe,tcp,1,4,,y\n' >u.csv
good import u.csv --like d.h5:a -o d.h5:u
says message "columns that --like does not have are ignored: extra"
says message "column 'proto': 1 row with a value that --like does not have, 0 in all features: 1 value: sctp"
says message "column 'up': 1 row with a value that --like does not have, taken as missing: 1 value: maybe"
holds u x '0 0 0 0 1 3 23.5 0' '0 1 0 0 nan 4 nan nan'
holds u id x y
printf 'up,bytes,when\nyes,3,2020-03-09T23:30Z\n' >v.csv
bad 3 "found no column 'proto', allowed: all columns of --like" import v.csv --like d.h5:a -o d.h5:v
bad 2 '--like: found together with' import u.csv --like d.h5:a --drop up -o d.h5:v
bad 3 "no split 'b' in d.h5" import u.csv --like d.h5:b -o d.h5:v

# --- a model knows its columns, too
cat >x.yaml <<'SPEC'
data: {train: "d.h5:a", test: "d.h5:u", missing: ignore}
model: {encoder: [{dense: 2}], decoder: [{dense: 8}]}
train: {epochs: 1}
SPEC
good run x.yaml --results .
good import u.csv --like x -o d.h5:model
holds model x '0 0 0 0 1 3 23.5 0' '0 1 0 0 nan 4 nan nan'
# the same scores from the file itself, whose name, time and features of the time are found by name
good score x u.csv -o raw.csv
good score x d.h5:u -o imported.csv
# without the last column of the file, unknown: an import has made its values part of the data
shares() { sed -n 's/.*\([01],[0-9.]*,[0-9.]*,[01],.*\)/\1/p'; }
is 'scores of a file and of its import' "$(sed 's/,[0-9]*$//' raw.csv | shares)" "$(shares <imported.csv)"
is 'unknown values of each row of the file' "$(awk -F, 'NR > 1 {print $NF}' raw.csv | xargs)" '1 1'
says raw.csv '^id,time,row,error'
says raw.csv '^x,2020-03-09T23:30Z,0,'
printf 'up,proto,bytes\nyes,tcp,3\n' >w.csv
bad 3 "w.csv: found no column 'when', of which the model takes the hour; hint: --time" score x w.csv -o none.csv
# sets with other categories do not mix
sed 's/icmp/sctp/' t.csv >sctp.csv
good import sctp.csv --drop host,machine --time when --one-hot auto --time-features hour,weekday -o d.h5:other
sed 's/d.h5:u/d.h5:other/' x.yaml >y.yaml
bad 3 "d.h5:other .here. than in d.h5:a .there., .*: column 'proto' has the value 'icmp' there and not here; hint: import --like d.h5:a" check y.yaml

bad 3 "d.h5:other: found other columns .here. than those of the model .there.*: column 'proto' has the value 'icmp' there" score x d.h5:other -o none.h5

# --- an order; a model knows it, because the features alone do not show it
printf 'size,n\nM,1\nS,2\n,3\nL,4\n' >s.csv
good import s.csv --ordinal 'size=S<M<L' -o d.h5:s
holds s x '1 1' '0 2' 'nan 3' '2 4'
good import s.csv --ordinal 'size=L<M<S' -o d.h5:turned
cat >s.yaml <<'SPEC'
data: {train: "d.h5:s", missing: ignore}
model: {encoder: [{dense: 1}], decoder: [{dense: 2}]}
train: {epochs: 1}
SPEC
good run s.yaml --results .
bad 3 "the values of column 'size' have another order" score s d.h5:turned -o none.h5
good score s d.h5:s -o s.csv.h5
bad 3 "s.csv:5:1: size: found 'L', allowed: the values that --ordinal lists" import s.csv --ordinal 'size=S<M' -o d.h5:none
bad 2 "found the value 'S' of column 'size' twice" import s.csv --ordinal 'size=S<S' -o d.h5:none
bad 2 "found 'weight', allowed: the name of a column" import s.csv --one-hot weight -o d.h5:none

# --- too many values, numbers among text, names that are no UTF-8, features that would have one name
awk 'BEGIN { print "v,n"; for (i = 0; i < 65; i++) print "v" i "," i }' >many.csv
bad 3 "column 'v' has 65 different values, allowed with --one-hot auto: up to 64; hint: --ordinal" import many.csv --one-hot auto -o d.h5:none
good import many.csv --one-hot v -o d.h5:many
head -65 many.csv >most.csv
good import most.csv --one-hot auto -o d.h5:most
printf 'v,n\na,1\n2,3\nb,4\n' >mixed.csv
bad 3 "mixed.csv:2: column 'v' holds 1 numbers, and text such as 'a' in 2 rows" import mixed.csv --one-hot auto -o d.h5:none
good import mixed.csv --one-hot v -o d.h5:mixed
holds mixed feature v=2 v=a v=b n
printf 'v,n\na\xff,1\nb,2\n' >latin.csv
bad 3 'which is not UTF-8' import latin.csv --one-hot auto -o d.h5:none
printf 'a,"a=b"\nb=c,c\nd,e\nf,g\n' >equal.csv
bad 3 "two features would be called 'a=b=c'" import equal.csv --one-hot auto --header yes -o d.h5:none
printf 'v,n\n"x, y",1\n"line\nbreak",2\n\xc3\xa9,3\n' >quoted.csv
good import quoted.csv --one-hot auto -o d.h5:quoted
holds quoted feature $'v=line\nbreak' 'v=x, y' $'v=\xc3\xa9' n
printf 'v,n\n?,1\n,2\n' >empty.csv
good import empty.csv --one-hot v -o d.h5:empty
holds empty x '1 1' '1 2'
good import empty.csv --one-hot auto -o d.h5:numbers
holds numbers x 'nan 1' 'nan 2'

# --- names and times that are wrong
printf 'id,at,v\na,2020-02-30,1\na,2020-03-01,2\n' >w.csv
bad 3 "w.csv:2:2: at: found '2020-02-30', allowed: a date and time that exist" import w.csv --id id --time at -o d.h5:none
printf 'id,at,v\na,03/04/2020,1\na,05/06/2020,2\n' >w.csv
good import w.csv --id id --time at -o d.h5:w
says message '1 rows have an id that another row has, the first in line 3'
says message 'in no date is it clear which number is the day'
good import w.csv --id id --time at --date-order day-first -o d.h5:w --force
holds w time 1585872000000000 1591315200000000
bad 2 "column 'at' has another use already" import w.csv --id at --time at -o d.h5:none
bad 2 'found no --time COLUMN' import w.csv --drop id,at --time-features hour -o d.h5:none
bad 2 "found 'moon', allowed: hour, weekday" import w.csv --drop id --time at --time-features moon -o d.h5:none
printf '\x93NUMPY' >n.npy
printf '\0\0\x08\x01\0\0\0\x02\1\2' >n.idx
bad 2 '--one-hot, --ordinal, --missing-category: are for CSV' import n.idx --one-hot auto -o d.h5:none

# --- thousands of columns, some of text
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%sc%d", i ? "," : "", i; print ""
    for (r = 0; r < 4; r++) { for (i = 0; i < 5000; i++) printf "%s%s", i ? "," : "", i % 50 ? i + r : "t" r % 2; print "" } }' >wide.csv
good import wide.csv --one-hot auto -o d.h5:wide
says stdout '4 rows of 5000 f8'
says stdout 'and 70 more columns of text'

verdict
