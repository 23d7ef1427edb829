#!/bin/bash
# The status of ten thousand trials comes within seconds: two on a machine that has nothing else to do.
source "$(dirname "$0")/../lib.sh"

mkdir -p results/many/{trials,failed,state}
"$PYTHON" - <<'PYTHON'
for i in range(10000):
    trial = f"{i:016x}"
    with open("results/many/state/plan-0", "a") as f:
        f.write(f"{trial} {1000000 + i}\n")
    if i < 7000:
        with open(f"results/many/trials/{trial}.h5", "wb") as f:
            f.write(b"\x89HDF\r\n\x1a\n" + bytes(4096))
    elif i < 8000:
        with open(f"results/many/failed/{trial}.yaml", "w") as f:
            f.write(f"reason: 'weights and gradients: no memory for {i} x 4 bytes'\nwhen: 2025-01-01T00:00:00Z\n")
process = "pid: 7\nprocess_start: 1\nboot: another\npid_namespace: none\n"
with open("results/many/state/lease-0-3", "w") as f:
    f.write(f"host: elsewhere\n{process}ranks: 500\nstarted: 2025-01-01T00:00:00Z\nended: ''\n")
for rank in range(500):
    with open(f"results/many/state/rank-0-{rank}", "w") as f:
        f.write(f"host: node{rank // 50}\n{process}rank: {rank}\nleader: {rank}\ntrial: {8000 + rank:016x}\nepoch: 5\n"
                "epochs: 10\ntrial_seconds: 3\nseconds: 100\ntrials: 14\noperations: 14500000\n")
PYTHON
# status_within MILLISECONDS STATE
status_within() {
    local began
    began=$(date +%s%N)
    good status results/many --json
    [ $((($(date +%s%N) - began) / 1000000)) -le "$1" ] || fail "status took $((($(date +%s%N) - began) / 1000000)) ms"
    "$PYTHON" - "$2" <<'PYTHON' || fail 'status --json'
import json, sys
s = json.load(open("stdout"))
assert s["state"] == sys.argv[1], s["state"]
assert [s[k] for k in ("trials", "done", "running", "failed", "left")] == [10000, 7000, 500, 1000, 1500], s
assert len(s["running_trials"]) == 500 and len(s["failed_trials"]) == 1000
assert s["state"] == "silent" or abs(s["seconds_left"] / (1750 * 1.009e6 / (500 * 145000)) - 1) < 0.01, s["seconds_left"]
PYTHON
}
status_within 20000 silent # a machine that cannot be asked is given a second and a half
while sleep 0.5; do touch results/many/state/lease-0-3; done &
trap 'kill $!; rm -rf "$folder"' EXIT
status_within 20000 running
verdict
