# awk -f uses.awk NAMES SOURCE...: NAMES is what names.awk prints. One line for each use of another file:
#   CALL file function file-that-defines-it header-that-declares-it
#   INCLUDE file header
FNR == NR {
    if ($1 == "GLOBAL") defined[$2] = substr($3, 1, index($3, ":") - 1)
    if ($1 == "DECLARED") declared[$2] = substr($3, 1, index($3, ":") - 1)
    next
}
FNR == 1 { split("", seen) }
/^ *# *include *"/ {
    split($0, part, "\"")
    print "INCLUDE " FILENAME " src/" part[2]
    next
}
FILENAME ~ /\.c$/ {
    gsub(/\\\\/, "")
    gsub(/\\"/, "")
    gsub(/"[^"]*"/, " ")
    sub(/\/\/.*/, "")
    gsub(/->[a-z_0-9]+|\.[a-z_0-9]+/, " ") # members
    n = split($0, word, /[^A-Za-z_0-9]+/)
    for (i = 1; i <= n; i++) {
        w = word[i]
        if ((w in defined) && !(w in seen) && defined[w] != FILENAME) {
            seen[w] = 1
            print "CALL " FILENAME " " w " " defined[w] " " declared[w]
        }
    }
}
