#!/bin/bash
# Files: one name each, a first line that says the purpose, at most 500 lines, no tabs in C, no white space at line ends, no
# conflicts left over; the top of the tree holds what the README maps and no more. The section "The files" of src/README.md
# names every src/MODULE/NAME.c as `NAME` in an entry of its module, and none that does not exist.
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '\.[ch]$')
mapfile -t texts < <(tree_files | tr '\n' '\0' | xargs -0r grep -IlE '.') # those that are not binary
[ ${#sources[@]} -gt 0 ] || complain "no .c or .h file"

# mapped_files PATTERN: "src/MODULE/NAME.c" for each NAME in the section "The files" that PATTERN matches with its backticks
mapped_files() {
    awk -v pattern="$1" '
        /^## / {in_section = $0 == "## The files"}
        !in_section {next}
        /^- / {match($0, /`[a-z]+\/`/); module = substr($0, RSTART + 1, RLENGTH - 2)}
        {
            for (rest = $0; match(rest, pattern); rest = substr(rest, RSTART + RLENGTH)) {
                split(substr(rest, RSTART, RLENGTH), part, "`")
                print "src/" module part[2] ".c"
            }
        }' src/README.md | sort -u
}
module_files() { printf '%s\n' "${sources[@]}" | grep -E '^src/[^/]+/[^/]+\.c$' | sort -u; }

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
complain_lines ': not named in the section "The files" of src/README.md' \
    < <(comm -23 <(module_files) <(mapped_files '`[a-z0-9_]+`'))
complain_lines ': named in the section "The files" of src/README.md, and there is no such file' \
    < <(comm -13 <(module_files) <(mapped_files '`[a-z0-9_]+`:'))
if is_checkout; then
    complain_lines ': not one of the things that stand at the top' < <(git ls-files | sed 's,/.*,,' | sort -u |
        grep -vxE '\..*|CMakeLists.txt|CMakePresets.json|README.md|LICENSE|src|jobs|experiments|results|tests|slurm')
else
    echo "not a git checkout: what stands at the top is not looked at"
fi
verdict "${#sources[@]} source files, ${#texts[@]} texts"
