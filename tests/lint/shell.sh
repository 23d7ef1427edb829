#!/bin/bash
# No shell script earns a warning of shellcheck.
source "$(dirname "$0")/lint.bash"
command -v shellcheck >/dev/null || skip "no shellcheck: apt-get install shellcheck"
mapfile -t scripts < <(tree_files | tr '\n' '\0' | xargs -0r awk 'FNR == 1 && (/^#!.*sh$/ || FILENAME ~ /\.(sh|bash)$/) {print FILENAME}')
[ ${#scripts[@]} -gt 0 ] || complain "no script"
complain_lines '' < <(shellcheck -x -P SCRIPTDIR -s bash -S warning -f gcc "${scripts[@]}")
verdict "${#scripts[@]} scripts"
