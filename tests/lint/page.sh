#!/bin/bash
# The page: functions of 18 lines or more have blank lines between their steps, 4 to 9 % of all lines inside functions are
# blank, a statement has at most one conditional operator, a function at most 6 parameters (8 in kernels/) and 60 lines, and
# there are at least 10 assertions per 1000 lines. The hot loops kernels/loop_*.c are free to nest and to fill the page.
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '^src/.*\.[ch]$')
[ ${#sources[@]} -gt 0 ] || { complain 'no .c or .h file'; verdict 'pages'; }
findings=$(awk -f "$lint_folder/page.awk" "${sources[@]}")

complain_lines '' < <(sed -nE 's/^(QUESTIONS|BLANK|LENGTH|PARAMETERS) //p' <<<"$findings")
read -r _ body blanks asserts lines <<<"$(grep '^TOTAL' <<<"$findings")"
tenths=$((1000 * blanks / (body > 0 ? body : 1)))
if [ "$body" -ge 500 ]; then # a share of less says nothing
    [ $tenths -ge 40 ] && [ $tenths -le 90 ] || complain "$((tenths / 10)).$((tenths % 10)) % of the lines inside functions are blank: 4 to 9 %"
    [ $((1000 * asserts / lines)) -ge 10 ] || complain "$((1000 * asserts / lines)) assertions per 1000 lines: at least 10"
fi
verdict "${#sources[@]} files, $((tenths / 10)).$((tenths % 10)) % blank lines inside functions, $asserts assertions in $lines lines"
