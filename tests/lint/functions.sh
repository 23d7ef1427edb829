#!/bin/bash
# Functions are short: median at most 12 lines, 90 % under 30, none over 60 (the hot loops kernels/loop_*.c excepted).
source "$(dirname "$0")/lint.bash"

# measure PATTERN: the functions of the files that match, the longest first
measure() { tree_files "$1" | grep -v '/loop_[^/]*$' | tr '\n' '\0' | xargs -0r awk -f "$lint_folder/functions.awk" | sort -rn; }

functions=$(measure '^src/.*\.[ch]$')
[ -n "$functions" ] || { complain "no function found in src/"; verdict "functions"; }
count=$(wc -l <<<"$functions")
median=$(sed -n "$(((count + 1) / 2))s/ .*//p" <<<"$functions")
short=$(awk '$1 < 30' <<<"$functions" | wc -l)
percent=$((100 * short / count))
echo "The ten longest functions of src/:"
head -n 10 <<<"$functions" | while read -r lines name place; do printf '%5d %-32s %s\n' "$lines" "$name" "$place"; done
[ "$median" -le 12 ] || complain "median $median lines: at most 12"
[ $percent -ge 90 ] || complain "$percent % under 30 lines: at least 90 %"
complain_lines ' over 60 lines' < <({ echo "$functions"; measure '^tests/.*\.[ch]$'; } | awk '$1 > 60 {print $3 ": " $2 ": " $1 " lines,"}')
verdict "$count functions, median $median lines, $percent % under 30"
