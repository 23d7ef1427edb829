# One line "lines name file:line" for each function: from its first line to its closing brace, both at column 0.
FNR == 1 {
    first = 0
    inside = 0
}
!inside && /^[A-Za-z_]/ {
    first = FNR
    head = $0
}
!inside && /^{/ && first && last ~ /\)$/ {
    inside = 1
}
inside && /^}/ {
    inside = 0
    gsub(/__attribute__ *\(\([^)]*\)+/, "", head)
    sub(/\(.*/, "", head)
    sub(/.*[ *]/, "", head)
    print FNR - first + 1, head, FILENAME ":" first
    first = 0
}
{
    last = $0
    sub(/ *\/\/.*/, "", last)
}
