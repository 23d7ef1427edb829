#!/bin/bash
# The first line of a CSV file: names of columns, or a row of missing values and a label, or the first of the labels.
source "$(dirname "$0")/../lib.sh"

# takes WHAT ROWS TEXT [ARGUMENT...]: imports the text as k.csv: so many rows, and no warning of its first line
takes() {
    local what=$1 rows=$2
    printf "$3" >k.csv
    shift 3
    good import k.csv "$@" -o k.h5:k --force
    says stdout "^k.h5:k: $rows row" || echo "in $what"
}
quiet() { if grep -E 'first line' message; then fail "a warning of the first line: $1"; fi; }
warned() { says message "$1"; }

# --- fault: a first row of missing values and a text label was taken for a header, without a warning
takes 'a label that comes again' 3 '?,NA,good\n1,2,good\n3,5,bad\n' --label 3
quiet 'a label that comes again'
says stdout 'label: bad \(1\), good \(2\); header: no, found'
takes 'a label that does not' 3 '?,NA,fine\n1,2,good\n3,5,bad\n' --label 3
warned 'warning: k.csv: the first line holds no number and is read as data; --header yes if it names the columns'
takes 'empty fields' 3 ',,good\n1,2,good\n3,5,bad\n' --label 3
takes 'empty fields that cannot be names of rows' 3 ',,fine\n1,2,good\n3,5,bad\n' --label 3
warned 'the first line holds no number and is read as data'
takes 'missing values alone' 3 'NA,?\n1,2\n4,3\n'
warned 'the first line holds no number and is read as data'
takes 'one column' 3 'NA\n1\n2\n'
takes 'two equal tokens' 3 'NA,NA\n1,2\n4,3\n'
takes 'an empty field and a label that comes again' 3 ',good\n1,good\n7,bad\n' --label 2

# --- names, and when they could be data
takes 'names' 2 'a,b,class\n1,2,good\n3,5,bad\n' --label class
quiet 'names'
takes 'names, one of which is a token' 2 'EU,NA,kind\n1,2,good\n3,5,bad\n' --label kind
warned "the first line, 'EU, NA, ...', is taken as the names of the columns; --header no reads it as data"
takes 'names above names of rows' 2 ',a,class\nr1,1,good\nr2,3,bad\n' --label class
takes 'names and a last delimiter' 2 'a,b,\n1,2,\n3,5,\n'
quiet 'names and a last delimiter'
printf 'a,b\n1,2\na,b\n3,5\n' >joined.csv
bad 3 "joined.csv:3:1: a: found 'a', allowed: a number" import joined.csv -o k.h5:joined
takes 'a token that the user calls names' 2 '?,NA,good\n1,2,good\n3,5,bad\n' --label 3 --header yes
quiet 'a token that the user calls names'

# --- fault: a file of labels without a header lost its first label, and the hint corrupted the data
printf 'a,b\n1,2\n3,4\n5,7\n' >x.csv
"$PYTHON" -c 'import numpy' 2>message || { echo 'skipped in part: no numpy' && verdict; }
"$PYTHON" -c 'import numpy as np; np.save("w3.npy", np.array([[1., 2], [3, 4], [5, 7]]))
np.save("w23.npy", np.array([[1., 2, 3], [5, 7, 6]])); np.save("y3.npy", np.array(["good", "bad", "fine"]))'
printf 'good\nbad\ngood\n' >again.txt
good import w3.npy again.txt -o w.h5:a
says stdout 'label: bad \(1\), good \(2\)'
quiet 'a label file whose first label comes again'
printf 'good\nbad\nfine\n' >once.txt
bad 3 'once.txt: found 2 labels, but w3.npy has 3 rows; hint: the first line of once.txt was taken as names: --header no reads it as a row$' \
    import w3.npy once.txt -o w.h5:b
good import w3.npy once.txt -o w.h5:b --header no
says stdout 'label: bad \(1\), fine \(1\), good \(1\)'
bad 3 'once.txt: found 2 labels, but x.csv has 3 rows; hint: the first line of once.txt was taken as names: if it is a row, write a line of names above it$' \
    import x.csv once.txt -o w.h5:both
good import x.csv y3.npy -o w.h5:c
printf '1,2\n5,7\n' >bare.csv
bad 3 'y3.npy: found 3 labels, but bare.csv has 2 rows$' import bare.csv y3.npy -o w.h5:bare
printf 'a,b\n1,2\n5,7\n' >named.csv
bad 3 'y3.npy: found 3 labels, but named.csv has 2 rows$' import named.csv y3.npy -o w.h5:named
printf 'kind\ngood\nbad\nfine\ngood\n' >four.txt
bad 3 'four.txt: found 4 labels, but w3.npy has 3 rows$' import w3.npy four.txt -o w.h5:d
printf 'good\nbad\n' >two.txt
good import w23.npy two.txt --header no -o w.h5:e
bad 3 'found 3 labels, but w23.npy has 2 rows; hint: .* --transpose' import w23.npy y3.npy -o w.h5:f
printf 'species\ngood\nbad\n' >species.txt
good import w23.npy species.txt -o w.h5:g
warned "warning: species.txt: the first line, 'species', is taken as the name of the column; --header no reads it as data"
printf 'class\ngood\nbad\n' >class.txt
good import w23.npy class.txt -o w.h5:h
quiet 'a well-known name of labels'
verdict
