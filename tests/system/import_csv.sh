#!/bin/bash
# CSV files as programs and people write them, given to `hourglass import` as a new user would: what is understood comes
# out right, and what is not is refused with the option that reads it.
source "$(dirname "$0")/../lib.sh"

# --- columns are put in the order that --columns gives, and columns without names fit those of an array
printf 'temp,press,flow\n1,2,3\n4,5,6\n7,8,10\n' >train.csv
printf 'flow,press,temp\n3,2,1\n6,5,4\n10,8,7\n' >other.csv
printf '1.5,2,3\n2,5,1\n4,1,9\n' >headless.csv
{
    dictionary="{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }"
    printf "\\x93NUMPY\\x01\\x00\\x$(printf %02x ${#dictionary})\\x00%s\\1\\2\\3\\4\\5\\7" "$dictionary"
} >array.npy
good import train.csv -o d.h5:train
good import other.csv -o d.h5:other
good import other.csv --columns temp,press,flow -o d.h5:ordered
good import headless.csv -o d.h5:headless
good import array.npy -o d.h5:array
# check_pair TRAIN TEST: an experiment that trains on one split and tests on another
check_pair() {
    cat >pair.yaml <<-SPEC
	data: {train: "d.h5:$1", test: "d.h5:$2", scale: standard}
	model: {encoder: [{dense: 2}], decoder: [{dense: 3}]}
	SPEC
}
check_pair train other
bad 3 "data.test: found column 0 'flow' in d.h5:other, allowed: 'temp'" check pair.yaml
check_pair train ordered
good check pair.yaml
check_pair headless array
good check pair.yaml
check_pair array headless
good check pair.yaml
check_pair train array
bad 3 "found column 0 'feature_1' in d.h5:array, allowed: 'temp'" check pair.yaml

verdict
