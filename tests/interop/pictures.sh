#!/bin/bash
# Imports pictures of every kind of PNG and JPEG, and compares their values with those written and with Pillow's.
source "$(dirname "$0")/../lib.sh"

python=${PYTHON:-python3}
"$python" -c 'import h5py, numpy' 2>message || skip "$(tail -1 message); apt-get install python3-h5py python3-numpy"
"$python" "$source_tree/tests/interop/pictures.py" "$hourglass"
