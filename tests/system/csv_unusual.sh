#!/bin/bash
# CSV files as other programs write them: each is read as its author meant it, or refused with what to do. Names that hold
# escape sequences reach the terminal escaped.
source "$(dirname "$0")/../lib.sh"
have_h5py() { "$PYTHON" -c 'import h5py' 2>/dev/null; }

# read_as ROWS FEATURES: what is in x.h5, by another program
read_as() {
    have_h5py || return 0
    "$PYTHON" - >rows_and_names <<-'SCRIPT'
	import h5py
	split = h5py.File("x.h5")["s"]
	print(split["x"][...].tolist())
	print([name.decode() for name in split["feature"][...]])
	SCRIPT
    is "rows" "$(sed -n 1p rows_and_names)" "$1"
    is "features" "$(sed -n 2p rows_and_names)" "$2"
}
# table TEXT OPTION...: imports a file of that text
table() {
    printf '%b' "$1" >t.csv
    shift
    rm -f x.h5
    good import t.csv -o x.h5:s "$@"
}

# --missing compares numbers as numbers.
table 'a,b\n1,-999\n-999.0,5\n7,-9.99e2\n' --missing=-999
says stdout '3 missing values'
table 'a,b\n1,n/a\n2,5\n' --missing=n/a
says stdout '1 missing value;'

# A header of numbers, and a first row that only looks like one.
table '0,1,2\n5.1,6.2,7.3\n8.4,9.5,1.6\n'
says stdout 'header: yes, found'
says message "first line, '0, 1, ...', is taken as the names"
read_as '[[5.1, 6.2, 7.3], [8.4, 9.5, 1.6]]' "['0', '1', '2']"
table '0,1,2\n5.1,6.2,7.3\n8.4,9.5,1.6\n' --header no
says stdout '3 rows of 3 f8; header: no, as told'
table '1,2,3\n2,5,1\n4,1,9\n'
says stdout '3 rows of 3 f8; header: no, found'
says message 'counts the columns and is read as data'
table 'id,2019,2020\n1,0.3,0.4\n2,0.5,0.1\n3,0.2,0.2\n' --drop id
says stdout '3 rows of 2 f8; header: yes, found'
table '2019,2020\n0.3,0.4\n0.5,0.1\n0.2,0.2\n'
says stdout '3 rows of 2 f8; header: yes, found'
table '1,0\n0,1\n1,1\n0,0\n'
says stdout '4 rows of 2 f8; header: no, found'
printf '1,x3\n2,4\n3,5\n' >t.csv
bad 3 "found 'x3'.*or --header yes if this line names the columns" import t.csv -o y.h5:s

# Columns that count or label the rows.
table ',a,b\n0,5,6\n1,8,7\n2,9,9\n'
says message "column 'column_1' counts the rows"
table 'a,b,Class\n4,5,0\n1,8,1\n2,9,0\n'
says message "column 'Class' looks like a label"
table 'a,b,Class\n4,5,0\n1,8,1\n2,9,0\n' --label Class
[ ! -s message ] || fail "a named label is warned about"

# Lines before the table, comments within it, names of rows.
table '# made by logger 1\n# at noon\na,b\n5,6\n8,9\n'
says stdout '2 lines of comments left out'
read_as '[[5.0, 6.0], [8.0, 9.0]]' "['a', 'b']"
table '# a, b\n5, 6\n8, 9\n'
read_as '[[5.0, 6.0], [8.0, 9.0]]' "['a', 'b']"
table 'made by\nlogger 1\na,b\n5,6\n' --skip 2
read_as '[[5.0, 6.0]]' "['a', 'b']"
table 'a,b\n5,6\n%% 7,8\n9,1\n' --comment %
read_as '[[5.0, 6.0], [9.0, 1.0]]' "['a', 'b']"
table 'a,b\nr1,5,6\nr2,8,9\n'
says message 'first column has no name: it is left out'
read_as '[[5.0, 6.0], [8.0, 9.0]]' "['a', 'b']"
table '"","a","b"\n"r1",5,6\n"r2",8,9\n'
read_as '[[5.0, 6.0], [8.0, 9.0]]' "['a', 'b']"
# A shorter header alone does not make the first column the names of rows: nothing may move in silence.
table 'a,b\n1,5,6\n3,8,9\n' # rows 1 and 3 of a larger table of R
read_as '[[5.0, 6.0], [8.0, 9.0]]' "['a', 'b']"
for delimiter in ',' ';'; do # a delimiter at the ends of lines, of the header's or not
    for text in 'a,b\n1,2,\n3,5,\n' 'a,b,\n1,2,\n3,5,\n' 'a,b,\r\n1,2,\r\n3,5,\r\n'; do
        table "${text//,/$delimiter}" --delimiter "$delimiter"
        read_as '[[1.0, 2.0], [3.0, 5.0]]' "['a', 'b']"
        says stdout '0 missing values'
        [ ! -s message ] || fail "a delimiter at the ends of lines is warned about"
    done
done
table '1.5,2,\n3,5,\n'
read_as '[[1.5, 2.0], [3.0, 5.0]]' "['column_1', 'column_2']"
table 'a,b,\n1,2,\n3,5,\n' --columns 3,a
read_as '[[nan, 1.0], [nan, 3.0]]' "['column_3', 'a']"
refused() { # CODE PATTERN TEXT: not read as something else
    printf '%b' "$3" >t.csv
    bad "$1" "$2" import t.csv -o y.h5:s
}
refused 3 't.csv:2: found 3 fields, allowed: 2 as in the first line' 'a,b\n1.5,2,3\n2.5,4,5\n1.5,6,7\n'
refused 3 't.csv:3: found 3 fields, allowed: 2' 'a,b\n2,4,5\n1,2,3\n'
{ echo a,b,; yes 1,2, | head -100; echo 3,4,5; } >t.csv
bad 3 "t.csv:102:3: column_3: found '5', allowed: nothing, as in the first rows; --columns" import t.csv -o y.h5:s
# The index of pandas above columns without names.
table ',0,1,2\n0,1.5,2,1\n1,3.5,5,2\n2,4.5,1,3\n'
says stdout '3 rows of 4 f8; header: yes, found'
says message "column 'column_1' counts the rows"
table ',0,1\n,1,0\n3,0,1\n' # a first row with a gap
says stdout '3 rows of 3 f8; header: no, found'
bad 2 "--comment: found '##', allowed: one character" import t.csv -o y.h5:s --comment '##'

# Decimal commas.
table 'A;B\n1,3;2,5\n2,1;3,75\n' --decimal comma
read_as '[[1.3, 2.5], [2.1, 3.75]]' "['A', 'B']"
bad 3 'decimal comma\? --decimal comma reads them' import t.csv -o y.h5:s
bad 2 "--delimiter: found ',' with --decimal comma" import t.csv -o y.h5:s --decimal comma --delimiter ,
printf 'A;B\n1.300,5;2,5\n' >t.csv
bad 3 "A: found '1.300,5'" import t.csv -o y.h5:s --decimal comma

# Commas between thousands: no hint leads to another number.
printf 'A,B\n"1,234",2\n"12,345,678.5",3\n' >t.csv
bad 3 'commas between thousands\? They are not read: remove them; --decimal comma reads 1,234 as 1.234' import t.csv -o y.h5:s
grep -q 'decimal comma?' message && fail 'a hint that changes the numbers'
printf 'A;B\n"1,23";2\n"1,234";3\n' >t.csv
bad 3 'decimal comma\? --decimal comma reads them' import t.csv -o y.h5:s

# Numbers with signs become categories only with a warning.
for column in '0.5%|1.5%|12%' '$1|$2.50|$3'; do
    { echo A,B && tr '|' '\n' <<<"$column" | sed 's/$/,1/'; } >t.csv
    good import t.csv -o signs.h5:s --one-hot auto --force
    says message "t.csv: column 'A': its 3 values look like numbers with a sign or commas, such as '.*', and become categories; hint: "
done
printf 'A,B\nx,1\ny1,2\n2%%,3\n' >t.csv
good import t.csv -o signs.h5:s --one-hot auto --force
grep -q 'look like numbers' message && fail 'a warning of text'

# Comments among the rows; a table that begins further down.
printf 'a,b\n1,2\n# a note\n3,4\n' >t.csv
bad 3 "comments among the rows\? --comment '#' leaves them out" import t.csv -o y.h5:s
table 'a,b\n1,2\n# a note\n3,4\n' --comment '#'
says stdout '2 rows of 2 f8'
printf 'Exported today\na,b\n1,2\n' >t.csv
bad 3 'does the table begin further down\? --skip N' import t.csv -o y.h5:s
table 'Exported today\na,b\n1,2\n' --skip 1
says stdout '1 row of 2 f8'

# Order and names of columns; names that hold a comma; files that name none.
table 'a,b,c\n1,2,3\n' --columns c,a
read_as '[[3.0, 1.0]]' "['c', 'a']"
table '"a,b",c\n1,2\n' --drop '"a,b"'
read_as '[[2.0]]' "['c']"
if have_h5py; then
    "$PYTHON" -c 'import numpy; numpy.save("n.npy", numpy.array([[1., 2.5], [3., 4.], [5., 7.]]))'
    good import n.npy -o both.h5:npy
    table '1.5,2\n2,5\n4,1\n'
    good import t.csv -o both.h5:csv
    printf 'name: n\ndata: {train: "both.h5:csv", test: "both.h5:npy"}\nmodel: {encoder: [{dense: 1}], decoder: [{dense: 2}]}\n' >n.yaml
    good check n.yaml
fi

# UTF-16, and names that a terminal would obey.
printf '\xff\xfea\x00,\x00b\x00\n\x00' >t.csv
bad 3 'found UTF-16, allowed: UTF-8; hint: iconv' import t.csv -o y.h5:s
escape=$(printf '\033')
raw() { if grep -q "$escape" stdout message; then fail "$1 prints an escape sequence"; fi; }
table 'a\033[31m,b,kind\n1,2,x\033]0;t\007\n1,3,y\n' --label kind
raw import
says message 'a\\x1b\[31m'
good info x.h5
raw info
printf 'name: e\ndata: {train: "x.h5:s", test: "x.h5:s"}\nmodel: {encoder: [{dense: 1}], decoder: [{dense: 3}]}\n' >e.yaml
go check e.yaml
raw check
printf 'name: e\ndata: {train: "x.h5:s", test: "x.h5:s", scale: standard}\nmodel: {encoder: [{dense: 1}], decoder: [{dense: 2}]}\ntrain: {epochs: 1}\n' >e.yaml
good run e.yaml --results r
raw run
good top r/e
raw top
good score r/e x.h5:s -o scores.h5
raw score
bad 2 'found ..x1b' import t.csv -o y.h5:s --columns "${escape}[31m,q"
raw "an error"
bad 2 'x1b.31m: no such command' "${escape}[31m"
raw "an unknown command"
table 'a,b,kind\n1,2,x\xe2\x80\xae\n1,3,y\n2,5,y\n' --label kind
printf 'name: e\ndata: {train: "x.h5:s", test: "x.h5:s", normal: ["y"]}\nmodel: {encoder: [{dense: 1}], decoder: [{dense: 2}]}\n' >e.yaml
good check e.yaml
says stdout '^Labels .*xe2'
if grep -q "$(printf '\xe2\x80\xae')" stdout message; then fail 'check turns the direction of writing'; fi
if have_h5py; then
    "$PYTHON" -c 'import h5py; h5py.File("line.h5", "w").create_group("g\nhourglass: all is well")'
    good info line.h5
    if grep -q '^hourglass' stdout; then fail 'a name in HDF5 begins a line of its own'; fi
fi
verdict
