#!/bin/bash
# Files: one name each, a first line that says the purpose, at most 500 lines, no tabs in C, no white space at line ends, no
# conflicts left over; the top of the tree holds what the README maps and no more.
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '\.[ch]$')
mapfile -t texts < <(tree_files | tr '\n' '\0' | xargs -0r grep -IlE '.') # those that are not binary
[ ${#sources[@]} -gt 0 ] || complain "no .c or .h file"

complain_lines ': a second file of this name' < <(printf '%s\n' "${sources[@]##*/}" | sort | uniq -d)
complain_lines ': the first line is no // comment that says what the file is for' \
    < <(awk 'FNR == 1 && !/^\/\/ ./ {print FILENAME}' "${sources[@]}")
complain_lines ' lines are two ideas: at most 500' \
    < <(awk 'FNR == 501 {print FILENAME}' "${sources[@]}" | grep -v '^tests/parity/.*_reference\.h$' |
        while read -r file; do echo "$file: $(wc -l <"$file")"; done)
complain_lines ': a header without #pragma once' < <(printf '%s\n' "${sources[@]}" | grep '\.h$' | xargs -r grep -L '^#pragma once')
complain_lines ': a tab in C' < <(grep -nP '\t' "${sources[@]}" /dev/null | cut -d: -f1,2)
complain_lines ': white space at the end of a line' < <(grep -nE '[[:space:]]+$' "${texts[@]}" | cut -d: -f1,2)
complain_lines ': a conflict that is not resolved' < <(grep -nE '^(<{7}|>{7}) ' "${texts[@]}" /dev/null | cut -d: -f1,2)
complain_lines ': no newline at the end' < <(for file in "${texts[@]}"; do [ -z "$(tail -c 1 "$file")" ] || echo "$file"; done)
if is_checkout; then
    complain_lines ': not one of the things that stand at the top' < <(git ls-files | sed 's,/.*,,' | sort -u |
        grep -vxE '\..*|CMakeLists.txt|CMakePresets.json|README.md|LICENSE|src|jobs|experiments|results|tests|slurm')
else
    echo "not a git checkout: what stands at the top is not looked at"
fi
verdict "${#sources[@]} source files, ${#texts[@]} texts"
