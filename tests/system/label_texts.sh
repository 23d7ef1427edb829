#!/bin/bash
# Names as labels in every format that can hold them: .npz, .npy, HDF5, a file of one column; and single rows of labels.
source "$(dirname "$0")/../lib.sh"
"$PYTHON" -c 'import numpy, h5py' 2>message || skip 'no numpy or h5py'
"$PYTHON" - <<'PY'
import h5py
import numpy as np

x = np.arange(8.0).reshape(4, 2)
names = ["good", "b\u00e9d, 1", "good", "good"]
np.save("x.npy", x)
np.save("wide.npy", np.array(names))
np.save("swapped.npy", np.array(names).astype(">U9"))
np.save("bytes.npy", np.array([n.encode() for n in names]))
np.save("row.npy", np.array([[0, 1, 0, 0]]))
np.save("digits.npy", np.array(["0", "10", "2", "0"]))
np.save("short.npy", np.array(names[:3]))
np.save("table.npy", np.array([names, names]))
np.savez("xy.npz", X=x, y=np.array(names))
np.savez_compressed("row.npz", X=x, y=np.array([names]))
np.savez("only.npz", anything=x)
np.savez("y.npz", anything=np.array(names))
with h5py.File("t.h5", "w") as f:
    f["x"] = x
    f.create_dataset("y", data=names, dtype=h5py.string_dtype())
    f["row"] = np.array([[0, 1, 0, 0]], dtype="u1")
    f["fixed"] = np.array([n.encode() for n in names])
with open("y.csv", "w") as f:
    f.write("state\n" + "".join('"%s"\n' % n for n in names))
with open("x.csv", "w") as f:
    f.write("a,b\n1,2\n3,4\n5,6\n7,9\n")
PY

# takes WHAT ARGUMENT...: imports, with these names
takes() {
    local what=$1
    shift
    good import "$@" -o out.h5:all --force
    says stdout ': béd, 1 \(1\), good \(3\);' || echo "in $what"
    good info out.h5
    says stdout 'label_names = béd, 1, good$'
}
takes 'an archive' xy.npz
takes 'a single row in an archive' row.npz
takes 'an array' x.npy wide.npy
takes 'an array of another byte order' x.npy --label swapped.npy
takes 'an array of bytes' x.npy bytes.npy
takes 'an archive for an array' x.npy --label y.npz
takes 'an archive for CSV' x.csv --label y.npz
takes 'an array for CSV' x.csv --label wide.npy
takes 'a column for an array' x.npy y.csv
takes 'a column for CSV' x.csv --label y.csv
takes 'HDF5' t.h5:/x --label /y
takes 'HDF5 for CSV' x.csv --label t.h5:/y
good import only.npz -o out.h5:only
good import x.npy row.npy -o out.h5:row
says stdout 'label: 0 \(3\), 1 \(1\)'
good import t.h5:/x --label /row -o out.h5:mrow
says stdout 'label: 0 \(3\), 1 \(1\)'
good import x.npy t.h5:/row -o out.h5:mrow2
says stdout 'label: 0 \(3\), 1 \(1\)'
good import t.h5:/x --label /fixed -o out.h5:fixed
says stdout ': béd, 1 \(1\), good \(3\);'
good import x.npy digits.npy -o out.h5:digits
says stdout 'label: 0 \(2\), 2 \(1\), 10 \(1\)'
bad 3 'short.npy: found 3 labels, but x.npy has 4 rows' import x.npy short.npy -o out.h5:bad
bad 3 'strings with 2 dimensions' import x.npy table.npy -o out.h5:bad
bad 3 'found an array of another type' import wide.npy -o out.h5:bad
bad 2 "label: found 'z', allowed: the name of a column" import x.csv --label z -o out.h5:bad
verdict
