#!/bin/bash
# Labels are 64-bit integers: none is rounded on the way from text to a filter, and a text among them is reported.
source "$(dirname "$0")/../lib.sh"

# labels FILE: imports l.csv with the labels of the second column; what the summary says of them
labels() {
    good import "$1" --label class -o out.h5:all --force
    sed -n 's/.*class: \(.*\); header.*/\1/p' stdout
}

# --- fault: labels beyond 2^53 in text were merged
printf 'x,class\n1,9007199254740993\n3,9007199254740992\n5,9007199254740992\n' >big.csv
is 'labels beyond 2^53' "$(labels big.csv)" '9007199254740992 (2), 9007199254740993 (1)'
printf 'x,class\n1,9223372036854775807\n2,-9223372036854775808\n' >ends.csv
is 'the ends of the range' "$(labels ends.csv)" '-9223372036854775808 (1), 9223372036854775807 (1)'
printf 'x,class\n1,9007199254740993.0\n2,9.007199254740993e15\n3,9.0071992547409930000e+15\n' >spelled.csv
is 'spellings of one integer' "$(labels spelled.csv)" '9007199254740993 (3)'
printf 'class\n9007199254740993\n9007199254740992\n9007199254740992\n' >file.csv
printf 'a,b\n1,2\n3,4\n5,7\n' >x.csv
good import x.csv file.csv -o out.h5:file
says stdout 'class: 9007199254740992 \(2\), 9007199254740993 \(1\)'
if "$PYTHON" -c 'import numpy' 2>/dev/null; then
    "$PYTHON" -c 'import numpy as np
np.save("y.npy", np.array(["9007199254740993", "9007199254740992", "5"]))
np.save("half.npy", np.array(["1", "2.5", "3.5"]))
np.save("odd.npy", np.array(["1", "1.0", "nan"]))'
    good import x.csv y.npy -o out.h5:text
    says stdout 'label: 5 \(1\), 9007199254740992 \(1\), 9007199254740993 \(1\)'
    bad 3 "half.npy: row 1: label: found '2.5', allowed as labels: 64-bit integers, or names; 1 more" import x.csv half.npy -o o.h5:a
    good import x.csv odd.npy -o out.h5:odd
    says message "warning: odd.npy: row 2: label: found 'nan', which is no number, among numbers: .* '1' and '1.0', are"
else
    echo 'skipped in part: no numpy'
fi

# --- fault: filters compared 64-bit integers as doubles
good import big.csv --label class -o big.h5:all
cat >big.yaml <<'SPEC'
name: big
data: {train: big.h5:all, where: "class == 9007199254740993"}
model: {encoder: [{dense: 1}], decoder: [{dense: 1}]}
SPEC
good check big.yaml --set 'data.where=class == 9007199254740992'
says stdout 'train: 9007199254740992 \(2\)'
good check big.yaml --set 'data.where=class < 9007199254740993'
says stdout 'train: 9007199254740992 \(2\)'

# --- fault: a message said neither which label is no integer nor where
printf 'x,class\n1,2\n3,1.5\n5,1e300\n' >half.csv
bad 3 "half.csv:3:2: class: found '1.5', allowed as labels: 64-bit integers, or names; 1 more" \
    import half.csv --label class -o out.h5:half
printf 'x,class\n1,9223372036854775808\n' >over.csv
bad 3 "over.csv:2:2: class: found '9223372036854775808', allowed as labels: 64-bit integers" \
    import over.csv --label class -o out.h5:over

# --- fault: one odd text made the spellings of one number different classes, without a warning
printf 'x,class\n1,1.0\n2,1\n3,2.\n4,oops\n5,1e0\n' >odd.csv
is 'an odd text' "$(labels odd.csv)" '1 (1), 1.0 (1), 1e0 (1), 2. (1), oops (1)'
says message "warning: odd.csv:5:2: class: found 'oops', which is no number, among numbers: all labels are kept as names, and the spellings of one number, such as '1' and '1.0', are different labels"
printf 'x,class\n1,good\n2,1\n3,bad\n' >odd.csv
is 'an odd number' "$(labels odd.csv)" '1 (1), bad (1), good (1)'
says message "warning: odd.csv:3:2: class: found '1', a number, among names: all labels are kept as names$"
printf 'x,class\n1,good\n2,good\n7,bad\n' >even.csv
is 'names alone' "$(labels even.csv)" 'bad (1), good (2)'
is 'warnings of names alone' "$(cat message)" ''
verdict
