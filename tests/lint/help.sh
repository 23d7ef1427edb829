#!/bin/bash
# Every script that a user starts prints what it does with --help, and does nothing else.
source "$(dirname "$0")/lint.bash"
mapfile -t scripts < <(tree_files '^(jobs|slurm|tests/bench|tests/lint)/[^/]*\.sh$|^tests/run\.sh$|^\.ci/packages\.sh$' | grep -v '^slurm/program\.sh$')
for script in "${scripts[@]}"; do
    grep -qE -- '--help|lint/?\.bash|^exec bash slurm/launch\.sh' "$script" || {
        complain "$script: does not know --help"
        continue
    }
    said=$(timeout 600 bash "$script" --help </dev/null 2>&1) || complain "$script --help: exit code $?"
    [ ${#said} -gt 20 ] || complain "$script --help: says nothing"
done
[ ${#scripts[@]} -gt 0 ] || complain "no script"
verdict "${#scripts[@]} scripts"
