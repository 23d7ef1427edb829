# The prose of a file, one line "FILE:LINE:text" each: comments and strings of C, comments of shell and CMake, Markdown without
# its code. Names in backticks and %-formats are no prose.
FNR == 1 { is_fenced = 0 }
FILENAME ~ /\.[ch]$/ {
    text = ""
    line = $0
    if (line ~ /^ *#include/)
        next
    while (match(line, /"([^"\\]|\\.)*"/)) {
        text = text " " substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, 1, RSTART - 1) " " substr(line, RSTART + RLENGTH)
    }
    if (match(line, /\/\//))
        text = text " " substr(line, RSTART + 2)
}
FILENAME ~ /\.(sh|bash|cmake|txt|awk)$/ {
    text = match($0, /(^|[ \t])# /) ? substr($0, RSTART) : ""
    if (FILENAME ~ /\.awk$/ && $0 !~ /^ *#/)
        text = ""
}
FILENAME ~ /\.md$/ {
    if ($0 ~ /^ *```/) {
        is_fenced = !is_fenced
        next
    }
    text = is_fenced ? "" : $0
}
{
    gsub(/`[^`]*`/, "", text)
    if (text ~ /[a-z]/)
        print FILENAME ":" FNR ":" text
}
