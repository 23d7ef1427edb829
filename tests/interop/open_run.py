"""Opens real trials, runs and data sets as their users would, and holds results/README.md to what is in them: every
array and attribute is documented with its type, dimensions and unit, every documented one occurs, and the README's
Python runs.

    open_run.py README FOLDER     FOLDER: data sets data/*.h5, runs */trials/*.h5 and */run.h5
"""
import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import warnings

try:
    import h5netcdf  # noqa: F401 (xarray's engine)
    import h5py
    import netCDF4  # noqa: F401 (xarray's engine)
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}; apt-get install python3-h5py python3-xarray python3-h5netcdf python3-netcdf4")
    sys.exit(77)

SECTIONS = {"Trial file": "trial", "Run file": "run", "Data-set file": "dataset"}
INNER = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "long_name", "units", "calendar", "xxh3"}  # of every array
complaints = []


def complain(text):
    if text not in complaints:
        complaints.append(text)
        print(text)


# --- the reference

class Entry:
    """One documented array or attribute: alternatives of its type, dimensions and unit (of arrays), and the words in
    code of when it is there."""

    def __init__(self, row):
        self.types = row["type"].split(" or ")
        self.dims = [d.split(", ") for d in row.get("dimensions", "").split(" or ")]
        self.units = row.get("unit", "").split(" or ")
        self.when = re.findall(r"`([^`]*)`", row.get("when", ""))
        self.seen = False


def cells(line):
    return [c.strip() for c in line.strip().strip("|").split("|")]


def read_reference(path):
    """{(kind of file, group, "array" or "attribute", name): [Entry]}, one for each row with that name. Groups of one
    heading share their entries: what one of them has need not be in the others, too."""
    entries, kind, groups, header = {}, None, [], None
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            kind = SECTIONS.get(line[3:])
        elif line.startswith("### "):
            groups = [g.strip("/") for g in re.findall(r"`([^`]*)`", line)]
        elif not line.startswith("|"):
            header = None
        elif kind and header is None:
            header = cells(line)
        elif kind and not line.startswith("|---"):
            row = dict(zip(header, cells(line)))
            for name in re.findall(r"`([^`]*)`", row[header[0]]):
                entry = Entry(row)
                for group in groups:
                    entries.setdefault((kind, group, header[0], name), []).append(entry)
    return entries


# --- the files

def type_name(dtype):
    return "text" if h5py.check_string_dtype(dtype) else np.dtype(dtype).name


def attribute_type(value):
    return "text" if isinstance(value, str) else np.asarray(value).dtype.name


def pattern_of(kind, group):
    """The group as the reference calls it."""
    group = re.sub(r"^(scores|errors|ensemble/scores)/[^/]+", r"\1/<set>", group)
    group = re.sub(r"^model/(encoder|decoder)_\d+", r"model/\1_<i>", group)
    return "<split>" if kind == "dataset" and group else group


def array_pattern(kind, group, name, sets, keys):
    if kind == "run" and group in ("leaderboard", "configurations"):
        for s in sets:
            name = name[len(s) + 1:] if name.startswith(f"{s}.") else name
        if name.endswith("_deviation"):
            return "<figure>_deviation"
        if name.startswith("varied."):
            return "varied.<key>"
        return "<key>" if name in keys and name not in ("seconds", "epochs") else name
    return name


def attribute_pattern(group, name):
    if group == "varied":
        return "<key>"
    stem, _, source = name.partition("_")
    is_test = group == "provenance" and stem in ("data", "labels") and source not in ("", "train", "validation")
    return f"{stem}_<set>" if is_test else name


def entry_of(reference, key, group):
    """The documented row; of an array of a layer, that of the layer's type."""
    entries = reference.get(key, [])
    if "layer" in group.attrs and key[2] == "array":
        entries = [e for e in entries if group.attrs["layer"] in e.when]
    if len(entries) > 1:
        complain(f"README: {key[0]}: {key[1]}/: {key[2]} {key[3]}: {len(entries)} rows, and no telling which one holds")
    return entries[0] if entries else None


def check_array(entry, array, where):
    if type_name(array.dtype) not in entry.types:
        complain(f"{where}: type {type_name(array.dtype)}, documented {entry.types}")
    is_scale = h5py.h5ds.is_scale(array.id)
    dims = [array.name.split("/")[-1]] if is_scale else [d[0].name.split("/")[-1] for d in array.dims if len(d) == 1]
    if dims not in entry.dims:
        complain(f"{where}: dimensions {dims}, documented {entry.dims}")
    if array.attrs.get("units", "-") not in entry.units:
        complain(f"{where}: units {array.attrs.get('units', '-')}, documented {entry.units}")
    if not array.attrs.get("long_name") or not re.fullmatch("[0-9a-f]{16}", array.attrs.get("xxh3", "")):
        complain(f"{where}: without long_name or checksum")
    for name in set(array.attrs) - INNER:
        complain(f"{where}: attribute {name} is of no array")
    for name in [d[0].name for d in array.dims if len(d)]:
        if name.rsplit("/", 1)[0] != array.name.rsplit("/", 1)[0]:
            complain(f"{where}: its scale {name} lies in another group")


def check_object(reference, kind, path, item, sets, keys):
    """One group or array of a file against the reference."""
    is_array = isinstance(item, h5py.Dataset)
    group, _, name = path.rpartition("/") if is_array else (path, "", "")
    place = pattern_of(kind, group)
    if is_array:
        entry = entry_of(reference, (kind, place, "array", array_pattern(kind, group, name, sets, keys)), item.parent)
        if not entry:
            return complain(f"{kind}: {place}/{name}: an array that is documented nowhere")
        entry.seen = True
        return check_array(entry, item, f"{kind}: {place}/{name}")
    for name, value in item.attrs.items():
        entry = entry_of(reference, (kind, place, "attribute", attribute_pattern(group, name)), item)
        if not entry:
            complain(f"{kind}: {place}: attribute {name} is documented nowhere")
            continue
        entry.seen = True
        if attribute_type(value) not in entry.types:
            complain(f"{kind}: {place}: attribute {name}: type {attribute_type(value)}, documented {entry.types}")


def check_tree(reference, kind, tree):
    """A file, or a trial inside a run's; returns the names of its test sets and the keys that it varies."""
    sets, keys = set(tree.get("scores", [])), set(tree["varied"].attrs) if "varied" in tree else set()
    if kind == "run":
        sets = set(tree["leaderboard"].attrs["sets"].split("\n")) - {""}
        keys = set(tree["leaderboard"].attrs["varied"].split("\n")) - {""}
        for trial in tree.get("trials", {}).values():
            s, k = check_tree(reference, "trial", trial)
            sets, keys = sets | s, keys | k
        check_stacks(tree)
    check_object(reference, kind, "", tree, sets, keys)

    def visit(path, item):
        if kind != "run" or path.split("/")[0] != "trials":
            check_object(reference, kind, path, item, sets, keys)
    tree.visititems(visit)
    return sets, keys


def check_stacks(tree):
    """Row i of curves/ and errors/<set>/ is the trial in row i of the leaderboard."""
    for i, trial in enumerate(tree["leaderboard/trial"].asstr()[...]):
        if f"trials/{trial}" not in tree:
            continue
        for name in ["train_loss", "validation_loss"]:
            curve = tree.get(f"trials/{trial}/history/{name}", np.zeros(0))[...]
            row = tree[f"curves/{name}"][i] if f"curves/{name}" in tree else np.full(len(curve), np.nan)
            if len(curve) and not (np.array_equal(row[:len(curve)], curve, equal_nan=True) and np.isnan(row[len(curve):]).all()):
                complain(f"run: curves/{name}: row {i} is not that of trial {trial}")
        for name, group in tree.get("errors", {}).items():
            errors = tree.get(f"trials/{trial}/scores/{name}/error", np.full(group["error"].shape[1], np.nan))[...]
            if not np.isnan(group["error"][i]).all() and not np.array_equal(group["error"][i], errors, equal_nan=True):
                complain(f"run: errors/{name}: row {i} is not that of trial {trial}")


def same(a, b):
    return np.array_equal(a, b) if a.dtype.kind in "OSU" or b.dtype.kind in "OSU" else \
        np.array_equal(a, b, equal_nan=True)


def check_xarray(path, engine):
    """Every group opens; dimensions, coordinates and values are those that h5py sees."""
    with h5py.File(path) as f:
        groups = ["/"]
        f.visititems(lambda name, item: groups.append(f"/{name}") if isinstance(item, h5py.Group) else None)
        for group in groups:
            arrays = {n: a for n, a in f[group].items() if isinstance(a, h5py.Dataset)}
            scales = {n for n, a in arrays.items() if h5py.h5ds.is_scale(a.id)}
            with xr.open_dataset(path, group=group, engine=engine) as opened:
                where = f"{engine}: {pathlib.Path(path).name}: {group}"
                if set(opened.variables) != set(arrays) or set(opened.coords) != scales:
                    complain(f"{where}: variables {sorted(opened.variables)}, coordinates {sorted(opened.coords)}")
                    continue
                if set(opened.attrs) - {"_NCProperties"} != set(f[group].attrs) - {"_NCProperties"}:
                    complain(f"{where}: attributes {sorted(opened.attrs)}")
                for name, array in arrays.items():
                    labels = (name,) if name in scales else tuple(d[0].name.split("/")[-1] for d in array.dims)
                    found = array.asstr()[...] if type_name(array.dtype) == "text" else array[...]
                    if "calendar" in array.attrs:  # xarray makes dates of them
                        found = found.astype("datetime64[us]")
                    if opened[name].dims != labels:
                        complain(f"{where}: {name}: dimensions {opened[name].dims}, h5py finds {labels}")
                    if not same(np.asarray(opened[name].values), np.asarray(found)):
                        complain(f"{where}: {name}: other values than h5py's")


def check_h5dump(path):
    if not shutil.which("h5dump"):
        return print("h5dump is not here: apt-get install hdf5-tools")
    text = subprocess.run(["h5dump", "-H", path], check=True, capture_output=True, text=True).stdout
    names = set()
    with h5py.File(path) as f:
        f.visititems(lambda name, item: names.add(name.split("/")[-1]))
    for name in names:
        if f'"{name}"' not in text:
            complain(f"h5dump: {path}: does not show {name}")


# --- the examples

def run_examples(readme, folder, run):
    """Runs the README's Python in a folder with trial.h5 and run.h5."""
    trial = sorted((folder / run / "trials").glob("*.h5"))[0]
    shutil.copy(trial, folder / "trial.h5")
    shutil.copy(folder / run / "run.h5", folder / "run.h5")
    os.chdir(folder)
    examples = re.findall(r"```python\n(.*?)```", readme.read_text(), re.S)
    for code in examples:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(code, "example", "exec"), {})
        except ModuleNotFoundError as missing:
            print(f"an example was not run: {missing}")
        except Exception as error:
            complain(f"an example fails: {type(error).__name__}: {error}\n{code}")
    if not examples:
        complain("README: no example in Python")


def main():
    warnings.simplefilter("error")  # a library that only grumbles has not understood the file
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    readme, folder = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    reference = read_reference(readme)
    files = [("dataset", p) for p in sorted(folder.glob("data/*.h5"))]
    files += [("trial", p) for p in sorted(folder.glob("*/trials/*.h5"))]
    files += [("run", p) for p in sorted(folder.glob("*/run.h5"))]
    for kind, path in files:
        with h5py.File(path) as f:
            if f.attrs["format"] != f"hourglass-{kind}" or f.attrs["format_version"] != (2 if kind == "run" else 1):
                complain(f"{path}: format {f.attrs['format']} {f.attrs['format_version']}")
            check_tree(reference, kind, f)
        for engine in ["h5netcdf", "netcdf4"]:
            check_xarray(str(path), engine)
        check_h5dump(str(path))
    for (kind, group, what, name), entries in reference.items():
        for entry in entries:
            if not entry.seen and name != "failure":  # a run whose memory lacks for metrics is not made here
                complain(f"README: {kind}: {group}/: {what} {name}: no file has it {' '.join(entry.when)}".rstrip())
    run_examples(readme, folder, "images")
    kinds = [kind for kind, _ in files]
    if not all(kind in kinds for kind in SECTIONS.values()):
        complain(f"{folder}: no files of some kind: {kinds}")
    print(f"{len(files)} files, {len(reference)} documented arrays and attributes, {len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


main()
