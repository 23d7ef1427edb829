#!/bin/bash
# Files form no circle: if a.c calls functions of b.c, neither b.c nor what it calls calls functions of a.c. Headers form none.
# And a .c file includes the header of every function that it calls, by itself or through its own header or *_impl.h.
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '^src/.*\.[ch]$')
[ ${#sources[@]} -gt 0 ] || { complain 'no .c or .h file'; verdict 'circles'; }
uses=$(awk -f "$lint_folder/uses.awk" <(awk -f "$lint_folder/names.awk" "${sources[@]}") "${sources[@]}")

edges=$(awk '$1 == "CALL" {print $2, $4} $1 == "INCLUDE" && $2 ~ /\.h$/ {print $2, $3}' <<<"$uses" | sort -u)
circle=''
while IFS= read -r line; do # tsort prints "tsort: -: input contains a loop:" and then the files of it
    line=${line#tsort: }
    case $line in
    *loop:) [ -z "$circle" ] || complain "a circle:$circle"; circle='' ;;
    *) circle="$circle $line" ;;
    esac
done < <(tsort <<<"$edges" 2>&1 >/dev/null)
[ -z "$circle" ] || complain "a circle:$circle"

complain_lines '' < <(awk '
    $1 == "INCLUDE" {has[$2, $3] = 1; list[$2] = list[$2] " " $3; next}
    {call[++n] = $0}
    END {
        for (i = 1; i <= n; i++) {
            split(call[i], c, " ")
            own = c[2]
            sub(/c$/, "h", own)
            found = has[c[2], c[5]] || has[own, c[5]] || c[5] == own
            m = split(list[c[2]], header, " ")
            for (k = 1; k <= m && !found; k++)
                found = header[k] ~ /_impl\.h$/ && has[header[k], c[5]]
            if (!found)
                print c[2] ": calls " c[3] "() and does not include \"" substr(c[5], 5) "\""
        }
    }' <<<"$uses")
verdict "${#sources[@]} files, $(wc -l <<<"$edges") uses"
