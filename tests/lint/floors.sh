#!/bin/bash
# A module includes its own headers and those of lower floors: the table in src/README.md says which floor is whose.
source "$(dirname "$0")/lint.bash"
declare -A floor=()
while read -r level module _; do
    floor[$module]=$level
done < <(modules)
[ ${#floor[@]} -gt 0 ] || complain "src/README.md: no table of floors"

for folder in src/*/; do
    module=$(basename "$folder")
    [ -n "${floor[$module]:-}" ] || complain "src/README.md: no row for $module/"
done
for module in "${!floor[@]}"; do
    [ -d "src/$module" ] || { complain "src/README.md: there is no src/$module/"; continue; }
    while read -r place header; do
        other=${header%%/*}
        if [ "$other" = "$header" ] || [ -z "${floor[$other]:-}" ]; then
            complain "$place: \"$header\": a header is named by its module: \"module/file.h\""
        elif [ "$other" != "$module" ] && [ "${floor[$other]}" -ge "${floor[$module]}" ]; then
            complain "$place: $module/ (floor ${floor[$module]}) includes \"$header\" (floor ${floor[$other]})"
        elif [ "$other" != "$module" ] && [[ $header == *_impl.h ]]; then
            complain "$place: \"$header\" is for the files of $other/ only"
        fi
    done < <(includes '"' "$module")
done
verdict "${#floor[@]} modules"
