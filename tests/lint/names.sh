#!/bin/bash
# Names: static functions, structs, enums and unions are called by one name in the whole of src/, so that a search finds one
# place; and the name of a static function is more than one word, because a bare verb says nothing.
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '^src/.*\.[ch]$')
[ ${#sources[@]} -gt 0 ] || { complain 'no .c or .h file'; verdict 'names'; }
names=$(awk -f "$lint_folder/names.awk" "${sources[@]}")

# same KIND WHAT: names of one kind that stand in several places
same() {
    awk -v kind="$1" -v what="$2" '$1 ~ kind {n[$2]++; places[$2] = places[$2] " " $3}
        END {for (name in n) if (n[name] > 1) print what " " name ":" places[name]}' <<<"$names" | sort
}
complain_lines ': one name for one thing' < <(same '^TYPE$' 'struct, enum or union')
complain_lines ': one name for one thing' < <(same '^(STATIC|GLOBAL)$' 'function' | grep -v '/loop_[a-z]*\.c.*/loop_')
complain_lines '() says too little: two words or more' < <(awk '$1 == "STATIC" && $2 !~ /_/ {print $3 ": " $2}' <<<"$names" | grep -v '/loop_')
verdict "$(wc -l <<<"$names") names"
