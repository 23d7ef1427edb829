#!/bin/bash
# Exit code 10 of ranks (score --alert) is no signal, although MPICH's launcher ends with 10 if SIGUSR1 kills a rank: neither if
# the ranks announce it, nor if they cannot, as on other nodes.
source "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1
# a launcher whose ranks are not asked to announce themselves
printf '#!/bin/bash\nexec env -u HOURGLASS_ANNOUNCE %q "$@"\n' "$(command -v "${launcher[0]}")" >far
chmod +x far
# alerts WHICH: the exit code of an alert on two ranks
alerts() {
    bad 10 'alert: share of the rows above the threshold: found' \
        score results/tiny data/tiny.h5:all -o scores.csv --force --alert share=0 -n 2
    if grep 'has died' message; then fail "exit code 10 is a death with $1"; fi
}
alerts 'ranks on this node'
HOURGLASS_MPIEXEC=$folder/far alerts 'ranks elsewhere'
verdict
