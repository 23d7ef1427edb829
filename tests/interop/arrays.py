"""Arrays of NumPy and HDF5, imported and compared: element types, byte and storage orders, transposed arrays, channels,
links, and values packed by the CF conventions as the NetCDF library unpacks them. Usage: arrays.py HOURGLASS"""
import gzip
import itertools
import subprocess
import sys

import h5py
import netCDF4
import numpy as np

RANDOM = np.random.default_rng(1)
failures = []
tried = 0


def hourglass(*arguments):
    global tried
    tried += 1
    return subprocess.run([sys.argv[1], "import", *arguments, "-o", "out.h5:s", "--force"], capture_output=True, text=True)


def check(what, holds, found=""):
    if not holds:
        failures.append(f"{what}: {found}")


def is_imported(what, expected, *arguments, kind=None, says="", never=None):
    """The import must succeed with these values (NaN equals NaN), type and warning, and without that other warning."""
    done = hourglass(*arguments)
    if done.returncode != 0:
        return check(what, False, done.stderr)
    with h5py.File("out.h5") as f:
        found = f["s/x"][...]
    check(what, found.shape == expected.shape, f"found shape {found.shape}, expected {expected.shape}")
    check(what, found.shape == expected.shape and np.array_equal(found, expected, equal_nan=found.dtype.kind == "f"),
          f"found {found.ravel()[:8]}, expected {expected.ravel()[:8]}")
    check(what, kind is None or found.dtype == kind, f"has the type {found.dtype}, expected {kind}")
    check(what, says in done.stderr and (never is None or never not in done.stderr), f"said {done.stderr!r}")


def is_refused(what, message, *arguments):
    done = hourglass(*arguments)
    check(what, done.returncode == 3 and message in done.stderr, f"exit code {done.returncode}: {done.stderr}")


# --- NumPy

KINDS = {"?": "u1", "u1": "u1", "i1": "i1", "u2": "i4", "i2": "i2", "u4": "i8", "i4": "i4", "u8": "i8", "i8": "i8",
         "f2": "f4", "f4": "f4", "f8": "f8"}


def some_values(shape, kind):
    if kind == "?":
        return RANDOM.integers(0, 2, shape).astype("?")
    if kind[0] == "f":
        return RANDOM.normal(0, 100, shape).astype(kind)
    limits = np.iinfo(kind)
    return RANDOM.integers(limits.min, min(limits.max, 2**63 - 1), shape, kind, endpoint=True)


def test_numpy():
    thorough = ("u2", "f8")  # widened, and as it is
    for kind, order, shape in itertools.product(KINDS, "<>", ((7, 5), (7, 2, 3), (5, 2, 3, 2))):
        values = some_values(shape, kind)
        for layout in "CF":
            array = np.asarray(values.astype(values.dtype.newbyteorder(order)), order=layout)
            np.save("x.npy", array)
            np.savez_compressed("x.npz", array)  # its only array, whatever its name
            with gzip.open("x.npy.gz", "wb", 1) as f:
                np.save(f, array)
            expected = values.astype(KINDS[kind])
            for name in ("x.npy", "x.npz", "x.npy.gz")[:3 if kind in thorough and shape[1:] == (5,) else 1]:
                what = f"{name}, {kind}, {order}, {shape}, {layout}"
                is_imported(what, expected, name, kind=KINDS[kind])
                if kind in thorough:
                    is_imported(what + ", transposed", expected.T, name, "--transpose", kind=KINDS[kind])


def test_every_half():
    halves = np.arange(65536, dtype="u2").view("f2")
    halves = halves[~np.isinf(halves)].reshape(-1, 2)
    np.save("x.npy", halves)
    is_imported("every number of 16 bits", halves.astype("f4"), "x.npy", kind="f4")


def test_refused_numpy():
    np.savez("x.npz", np.arange(5.))
    done = hourglass("x.npz")
    check("one row of labels", done.returncode == 2 and "one value per row and no names" in done.stderr, done.stderr)
    for what, array, message in (("0-d", np.array(1.), "a single number"),
                                 ("records", np.zeros(3, "f8, i4"), "an array of records"),
                                 ("objects", np.array([[1, "a"]], "O"), "an array of objects"),
                                 ("u8", np.array([[1, 2], [3, 2**63]], "u8"), "row 1: value 2: found 9223372036854775808")):
        np.save("x.npy", array)
        is_refused(what, message, "x.npy")


# --- pictures in arrays

def test_channels():
    for channels in (1, 3, 4):
        first = RANDOM.integers(0, 256, (5, channels, 8, 9)).astype("u1")
        last = np.moveaxis(first, 1, -1)
        hint = "are channels first? --channels first makes them 8 x 9 x"
        np.save("x.npy", first)
        np.savez("x.npz", x=first)
        with h5py.File("x.h5", "w") as f:
            f["x"] = first
        for name in ("x.npy", "x.npz", "x.h5:/x"):
            is_imported(f"{name}, channels first", last, name, "--channels", "first", never="first?")
            is_imported(f"{name}, channels as they are", first, name, "--channels", "last", never="first?")
            is_imported(f"{name}, channels not said", first, name, says=hint)
        np.save("x.npy", last)
        is_imported("channels last", last, "x.npy", never="first?")


# --- HDF5

def test_transposed_hdf5():
    """As MATLAB's v7.3 files: in the array's own and in chunks, larger than a block, packed values, too."""
    for shape, chunks in itertools.product(((4, 11), (3, 4, 11), (2, 3, 4, 11), (2, 2500000)), (None, True)):
        values = RANDOM.integers(-30000, 30000, shape).astype("i2" if shape[0] > 2 else "f8")
        with h5py.File("x.h5", "w") as f:
            data = f.create_dataset("x", data=values, chunks=chunks, compression=1 if chunks and len(shape) == 2 else None)
            f["y"] = np.arange(shape[-1], dtype="f8")
            data.attrs["MATLAB_class"] = np.bytes_("int16")
        what = f"HDF5 {shape}, chunks {chunks}"
        is_imported(what + ", transposed", values.T, "x.h5:/x", "--transpose", "--label", "/y")
        is_refused(what + ", labels", "as many columns as there are labels: --transpose", "x.h5:/x", "--label", "/y")
    is_imported(what + ", not transposed", values, "x.h5:/x", says="--transpose reads them")


def test_row_of_labels():
    """As MATLAB has them: y of 7 x 1 is 1 x 7 in HDF5, and belongs to the columns of x."""
    values, labels = RANDOM.normal(size=(3, 7)), np.arange(7.)[None]
    with h5py.File("x.h5", "w") as f:
        f["x"], f["rows"], f["y"] = values, values.T, labels
    np.save("x.npy", values)
    np.save("y.npy", labels)
    for what, expected, arguments in (("transposed", values.T, ("x.h5:/x", "x.h5:/y", "--transpose")),
                                      ("as it is", values.T, ("x.h5:/rows", "--label", "/y")),
                                      ("NumPy's", values.T, ("x.npy", "y.npy", "--transpose"))):
        is_imported(f"a row of labels, {what}", expected, *arguments)
        with h5py.File("out.h5") as f:
            check(f"a row of labels, {what}", np.array_equal(f["s/label"][...], labels[0]), "other labels")


def test_links():
    with h5py.File("x.h5", "w") as f:
        f["entry/data"] = np.arange(6.).reshape(3, 2)
        f["soft"] = h5py.SoftLink("/entry/data")
        f["entry/near"] = h5py.SoftLink("data")
        f["folder"] = h5py.SoftLink("/entry")
        f["loop"] = h5py.SoftLink("/loop")
        f["far"] = h5py.ExternalLink("y.h5", "/a/b")
    for name, message in (("/soft", "/soft is a soft link to /entry/data: say x.h5:/entry/data"),
                          ("/entry/near", "is a soft link to /entry/data: say x.h5:/entry/data"),
                          ("/folder/data", "/folder is a soft link to /entry: say x.h5:/entry/data"),
                          ("/loop", "/loop is a soft link to /loop"),
                          ("/far", "/far is an external link to y.h5:/a/b: say y.h5:/a/b"),
                          ("/nothing", "found no dataset '/nothing'; the file holds /entry")):
        is_refused(f"link {name}", message, f"x.h5:{name}")


def test_large_integers():
    values = np.arange(40, dtype="u8").reshape(20, 2)
    values[13, 1] = 2**63
    with h5py.File("x.h5", "w") as f:
        f["plain"] = values
        f.create_dataset("packed", data=values, chunks=(3, 2), compression=1)
        f["good"] = values[:13]
    for name in ("plain", "packed"):
        is_refused(f"u8 beyond i8, {name}", f"/{name}: row 13: found a value that i8", f"x.h5:/{name}")
        is_refused(f"u8 beyond i8, {name}, transposed", "found a value that i8", f"x.h5:/{name}", "--transpose")
    is_imported("u8 within i8, beside some that are not", values[:13].astype("i8"), "x.h5:/good", kind="i8")


# --- the CF conventions

CASES = (  # stored type, attributes, type of the result
    ("i2", {"scale_factor": np.float32(0.01), "add_offset": np.float32(273.15), "_FillValue": np.int16(-5)}, "f4"),
    ("i2", {"scale_factor": 0.01, "add_offset": 273.15, "missing_value": np.int16(-5)}, "f8"),
    ("i4", {"scale_factor": 0.5}, "f8"),
    ("u1", {"_FillValue": np.uint8(7)}, "f4"),
    ("i8", {"add_offset": 10.0, "missing_value": np.int64(3)}, "f8"),
    ("f4", {"_FillValue": np.float32(-999.9)}, "f4"),
    ("f4", {"missing_value": np.float32([-999.9, 3])}, "f4"),
    ("f8", {"missing_value": np.array([-999.9, 3.])}, "f8"),
    ("i2", {"valid_min": np.int16(-3), "valid_max": np.int16(4), "scale_factor": 2.0}, "f8"),
    ("i2", {"valid_range": np.array([-3, 4], "i2")}, "f4"),
    ("f8", {"valid_range": np.array([-2.5, 4.])}, "f8"),
    ("i1", {"_Unsigned": "true", "_FillValue": np.int8(-1), "scale_factor": np.float32(0.5)}, "f4"),
    ("i2", {"_Unsigned": "true", "valid_min": np.int16(0), "valid_max": np.int16(-4)}, "f4"),
)


def test_packed_values():
    for n, (kind, attributes, result) in enumerate(CASES):
        stored = np.resize([-999.9, -5, -4, -3, -1, 0, 3, 4, 7, 100], (5, 4))
        stored = stored.astype(kind) if kind[0] == "f" else np.clip(stored, *((0, 255) if kind == "u1" else (-100, 100))).astype(kind)
        attributes = dict(attributes)
        with netCDF4.Dataset("x.nc", "w") as f:
            f.createDimension("row", 5)
            f.createDimension("column", 4)
            x = f.createVariable("x", kind, ("row", "column"), fill_value=attributes.pop("_FillValue", None))
            x.set_auto_maskandscale(False)
            x.setncatts(attributes)
            x[:] = stored
        with netCDF4.Dataset("x.nc") as f:
            f["x"].set_always_mask(True)
            expected = f["x"][:]
        expected = np.ma.filled(expected.astype("f8"), np.nan)
        done = hourglass("x.nc:/x")
        what = f"packed values {n}: {CASES[n]}"
        check(what, done.returncode == 0, done.stderr)
        with h5py.File("out.h5") as f:
            found = f["s/x"][...]
        check(what, found.dtype == result, f"has the type {found.dtype}")
        check(what, np.isnan(expected).any() or "scale_factor" in attributes, "tests nothing")
        check(what, np.allclose(found, expected, rtol=1e-6, equal_nan=True), f"found {found}, expected {expected}")
        is_imported(what + ", transposed", found.T, "x.nc:/x", "--transpose")


def test_packing_that_cannot_be_applied():
    for attributes, message in (({"_FillValue": "none"}, "attribute _FillValue: found no number"),
                                ({"scale_factor": [1., 2.]}, "attribute scale_factor: found no number, or too many"),
                                ({"scale_factor": 0.}, "attribute scale_factor: found 0, allowed: a finite number other"),
                                ({"add_offset": np.nan}, "attribute add_offset: found nan"),
                                ({"valid_range": [1.]}, "attribute valid_range: found 1 number, allowed: 2"),
                                ({"missing_value": np.arange(99)}, "attribute missing_value: found no number, or too")):
        with h5py.File("x.h5", "w") as f:
            f["x"] = np.arange(6.).reshape(3, 2)
            f["x"].attrs.update(attributes)
        is_refused(f"{attributes}", message, "x.h5:/x")


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
print(f"{tried} arrays, {len(failures)} failures")
if failures:
    print("\n".join(failures[:20]))
    sys.exit(1)
