# One line "KIND NAME FILE:LINE" for each function that a file defines (STATIC, GLOBAL), each struct, enum and union that has a
# name (TYPE), and each function that a header declares (DECLARED).
FNR == 1 { inside = 0; first = 0; head = ""; is_header = FILENAME ~ /\.h$/ }
!inside && /^(static |typedef )?(const )?(struct|enum|union) [a-z_0-9]+ *\{/ {
    name = $0
    sub(/ *\{.*/, "", name)
    sub(/.* /, "", name)
    print "TYPE " name " " FILENAME ":" FNR
}
!inside && /^[A-Za-z_]/ && !/^#/ { first = FNR; head = "" }
!inside && first {
    line = $0
    sub(/\/\/.*/, "", line)
    head = head " " line
}
!inside && first && (/^{/ || /; *(\/\/.*)?$/) {
    is_definition = /^{/
    text = head
    gsub(/__attribute__ *\(\([^)]*\)*/, "", text)
    if (text ~ /^[^=]*[a-z_0-9]+\(.*\)/ && text !~ /^ *(struct|enum|union) [a-z_0-9]+ *\{/ && text !~ /^ *typedef/ && text !~ /^[^(]*=/) {
        name = text
        sub(/\(.*/, "", name)
        sub(/.*[ *]/, "", name)
        if (is_definition)
            print (text ~ /^ *(static|INLINE)/ ? "STATIC " : "GLOBAL ") name " " FILENAME ":" first
        else if (is_header && name != "")
            print "DECLARED " name " " FILENAME ":" first
    }
    if (is_definition)
        inside = 1
    else
        first = 0
}
inside && /^}/ { inside = 0; first = 0 }
