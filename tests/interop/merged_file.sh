#!/bin/bash
# A merged file and a collected one, opened labelled by h5py, xarray and h5dump.
source "$(dirname "$0")/../lib.sh"

python=${PYTHON:-python3}
"$python" -c 'import h5py, h5netcdf, netCDF4, xarray' 2>message || skip "$(tail -1 message); apt-get install python3-h5py python3-xarray python3-h5netcdf python3-netcdf4"
command -v h5dump >/dev/null || skip 'no h5dump: apt-get install hdf5-tools'

tiny_data
tiny_spec >tiny.yaml
printf 'sweep:\n  over:\n    code: [2, 3]\n    model.encoder[0].activation: [tanh, relu]\n' >>tiny.yaml
HOURGLASS_SITE=one good run tiny.yaml --results one --quiet
HOURGLASS_SITE=two good run tiny.yaml --results two --quiet
HOURGLASS_SITE=two good run tiny.yaml --results more --quiet --set train.epochs=4 --set name=longer
good collect one/tiny -o collected.h5
good merge one/tiny two/tiny more/longer -o merged.h5
for path in collected.h5 merged.h5; do
    h5dump -H "$path" >header 2>message || fail "h5dump cannot read $path"
    says header 'ATTRIBUTE "DIMENSION_LIST"'
done
"$python" - collected.h5 4 merged.h5 8 <<'PYTHON' || fail 'the files do not open as they should'
import sys
import h5py
import xarray as xr

for path, trials in zip(sys.argv[1::2], map(int, sys.argv[2::2])):
    is_merged = path.startswith("merged")
    with h5py.File(path) as f:
        ids = list(f["leaderboard/trial"].asstr()[...])
        assert len(ids) == trials and sorted(ids) == sorted(f["trials"]), ids
        assert f["leaderboard/seconds"].attrs["units"] == "s"
        assert f["leaderboard/code"].dtype == float and set(f["leaderboard/code"][...]) == {2, 3}
        assert set(f["leaderboard"].attrs["varied"].split("\n")) == {"code", "model.encoder[0].activation"}
        for column in f["leaderboard"].values():
            if column.name != "/leaderboard/trial":
                assert [d[0].name for d in column.dims] == ["/leaderboard/trial"], column.name

        def check(name, item):  # every scale is one of the same trial
            if isinstance(item, h5py.Dataset) and not h5py.h5ds.is_scale(item.id):
                assert all(d[0].name.startswith(trial.name + "/") for d in item.dims), item.name
            if isinstance(item, h5py.Dataset) and h5py.h5ds.is_scale(item.id):
                for user, _ in item.attrs.get("REFERENCE_LIST", []):
                    assert f[user].name.startswith(trial.name + "/"), item.name
        for trial in f["trials"].values():
            trial.visititems(check)
        also = [t for t in f["trials"].values() if "also" in t]
        assert len(also) == (4 if is_merged else 0)
        for t in also:
            clusters = {t["provenance"].attrs["cluster"]} | {g.attrs["cluster"] for g in t["also"].values()}
            assert clusters == {"one", "two"}, clusters
    for engine in ["h5netcdf", "netcdf4"]:
        with xr.open_dataset(path, group="leaderboard", engine=engine) as board:
            assert board["roc_auc"].dims == ("trial",) and board.sizes["trial"] == trials
            best = str(board["trial"].values[0])
            clusters = set(board["cluster"].values)  # of equal trials that of the earlier one
            assert clusters == {"one"} if not is_merged else {"two"} <= clusters <= {"one", "two"}, clusters
        with xr.open_dataset(path, group=f"trials/{best}/scores/test", engine=engine) as scores:
            assert scores["code"].dims == ("sample", "unit") and float(scores["error"].max()) > 0
PYTHON
verdict
