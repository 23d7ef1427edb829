"""Opens the files that test_store_interop writes as a user would, and checks that all dimensions are labelled."""
import shutil
import subprocess
import sys
import warnings

try:
    import h5netcdf  # noqa: F401 (xarray's engine)
    import h5py
    import netCDF4
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}; apt-get install python3-h5py python3-xarray python3-h5netcdf python3-netcdf4")
    sys.exit(77)

NAMES = ["seven", "two", "Stiefel größer", ""]
CODE = np.array([[10 * i + k for k in range(4)] for i in range(4)], np.float32)
ERROR = np.array([0.02, 0.01, 0.5, 0.04], np.float32)


def equal(found, expected, what):
    if not np.array_equal(np.asarray(found), np.asarray(expected)):
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")


def check_h5py(path, prefix):
    with h5py.File(path, "r") as f:
        trial = f[prefix]
        equal(trial.attrs["format"], "hourglass-trial", "format")
        equal(trial.attrs["format_version"], 1, "format_version")
        equal(trial.attrs["about"], "größer\nthan one line", "text attribute")
        scores = trial["scores/test"]
        equal(scores.attrs["roc_auc"], 0.75, "roc_auc")
        equal(scores["code"][...], CODE, "code")
        equal(scores["is_anomaly"].dtype, np.int8, "is_anomaly's type")
        equal(scores["name"].asstr()[...], NAMES, "names")
        for name, dims in {"code": ["sample", "unit"], "error": ["sample"], "code_scale": ["unit"]}.items():
            equal([d[0].name for d in scores[name].dims], [f"{scores.name}/{d}" for d in dims], f"scales of {name}")
        equal(trial["history/seconds"].attrs["units"], "s", "units")

        def checked(name, item):
            if isinstance(item, h5py.Dataset):
                equal(len(item.attrs["xxh3"]), 16, f"checksum of {name}")
                is_scale = h5py.h5ds.is_scale(item.id)
                equal(is_scale, name.split("/")[-1] in ("epoch", "sample", "unit", "feature"), f"{name} is a scale")
                equal([len(d) for d in item.dims], [0] if is_scale else [1] * item.ndim, f"scales of {name}")
        trial.visititems(checked)


def check_xarray(path, prefix, engine):
    with xr.open_dataset(path, group=f"{prefix}/history", engine=engine) as history:
        equal(history["train_loss"].dims, ("epoch",), f"{engine}: dimensions of train_loss")
        equal(history["epoch"], range(5), f"{engine}: epoch")
        equal(float(history["train_loss"].sel(epoch=3)), 0.25, f"{engine}: loss of epoch 3")
        equal(history["seconds"].attrs["units"], "s", f"{engine}: units")
    with xr.open_dataset(path, group=f"{prefix}/scores/test", engine=engine) as scores:
        equal(scores["code"].dims, ("sample", "unit"), f"{engine}: dimensions of code")
        equal(scores["code_scale"].dims, ("unit",), f"{engine}: dimensions of code_scale")
        equal(scores["threshold"].dims, (), f"{engine}: dimensions of threshold")
        equal(sorted(scores.coords), ["sample", "unit"], f"{engine}: coordinates")
        equal(scores["code"].sel(sample=2, unit=1), 21, f"{engine}: one element")
        equal(scores["error"], ERROR, f"{engine}: error")
        equal(list(scores["name"].values), NAMES, f"{engine}: names")
        equal(scores["name"].dims, ("sample",), f"{engine}: dimensions of name")
        equal(scores.attrs["roc_auc"], 0.75, f"{engine}: roc_auc")
        worst = scores.isel(sample=int(scores["error"].argmax()))
        equal((int(worst["label"]), int(worst["is_anomaly"])), (9, 1), f"{engine}: the most anomalous")
    with xr.open_dataset(path, group=f"{prefix}/none", engine=engine) as none:
        equal(none["x"].dims, ("sample", "feature"), f"{engine}: dimensions of an empty array")
        equal(none["x"].shape, (0, 2), f"{engine}: shape of an empty array")
        equal(list(none["feature"].values), ["width", "height"], f"{engine}: feature names")


def check_netcdf4(path, prefix):
    with netCDF4.Dataset(path) as f:
        scores = f[f"{prefix}/scores/test"]
        equal(scores["code"].dimensions, ("sample", "unit"), "netCDF4: dimensions of code")
        equal({n: len(d) for n, d in scores.dimensions.items()} == {"sample": 4, "unit": 4}, True, "netCDF4: dimensions")
        equal(list(scores["name"][:]), NAMES, "netCDF4: names")


def check_h5dump(path, prefix):
    if not shutil.which("h5dump"):
        print("h5dump is not here: apt-get install hdf5-tools")
        return
    text = subprocess.run(["h5dump", "-H", path], check=True, capture_output=True, text=True).stdout
    for part in ['DATASET "is_anomaly"', "H5T_STD_I8LE", "STRSIZE H5T_VARIABLE", "CSET H5T_CSET_UTF8", 'ATTRIBUTE "xxh3"',
                 'ATTRIBUTE "DIMENSION_LIST"', "SIMPLE { ( 4, 4 ) / ( 4, 4 ) }", "SIMPLE { ( 0, 2 ) / ( 0, 2 ) }"]:
        equal(part in text, True, f"h5dump: {part}")
    layout = subprocess.run(["h5dump", "-p", "-H", "-d", f"{prefix}/scores/test/code", path], check=True,
                            capture_output=True, text=True).stdout
    for part in ["CONTIGUOUS", "FILL_TIME H5D_FILL_TIME_NEVER", "H5D_ALLOC_TIME_EARLY"]:
        equal(part in layout, True, f"h5dump -p: {part}")


def main():
    warnings.simplefilter("error")  # a library that only grumbles has not understood the file
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    sample, run = sys.argv[1:3]
    for path, prefix in [(sample, "/"), (run, "/trials/one"), (run, "/trials/two")]:
        check_h5py(path, prefix)
        for engine in ["h5netcdf", "netcdf4"]:
            check_xarray(path, prefix, engine)
        check_netcdf4(path, prefix)
        check_h5dump(path, prefix)
    print("h5py, xarray with h5netcdf and netcdf4, netCDF4 and h5dump open it labelled")


main()
