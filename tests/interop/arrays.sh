#!/bin/bash
# Imports arrays of NumPy and HDF5 in every type and order, and compares their values with those of NumPy and NetCDF.
source "$(dirname "$0")/../lib.sh"

python=${PYTHON:-python3}
"$python" -c 'import h5py, netCDF4, numpy' 2>message ||
    skip "$(tail -1 message); apt-get install python3-h5py python3-netcdf4 python3-numpy"
"$python" "$source_tree/tests/interop/arrays.py" "$hourglass"
