# What is measured on the page of C: one line for each finding, "KIND FILE:LINE what", and at the end of all files
#   TOTAL lines-of-functions blank-lines-inside assertions lines
# A function begins and ends at column 0, as clang-format leaves it. Strings, characters and comments do not count as code.
function strip(line) {
    gsub(/\\\\/, "", line)
    gsub(/\\"/, "", line)
    gsub(/'[^']*'/, "0", line)
    gsub(/"[^"]*"/, "0", line)
    sub(/\/\/.*/, "", line)
    return line
}
function end_statement() {
    if (questions > 1 && FILENAME !~ /\/loop_/)
        print "QUESTIONS " FILENAME ":" statement ": " questions " conditional operators in one statement"
    questions = 0
    statement = 0
}
function count_parameters(text,    depth, i, c, n) {
    sub(/^[^(]*\(/, "", text)
    sub(/\) *$/, "", text)
    gsub(/\(\([^)]*\)\)/, "", text)
    if (text ~ /^ *(void)? *$/)
        return 0
    sub(/, *\.\.\. *$/, "", text) # what a format needs
    n = 1
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        depth += (c == "(" || c == "[") - (c == ")" || c == "]")
        n += c == "," && depth == 0
    }
    return n
}
FNR == 1 {
    inside = first = questions = statement = 0
    head = ""
    most = FILENAME ~ /(^|\/)kernels\// ? 8 : 6
}
{
    code = strip($0)
    lines++
    asserts += code ~ /(^|[^A-Z_])ASSERT\(/
}
!inside && /^[A-Za-z_]/ && !/^(#|enum|struct [a-z_]+ \{|typedef)/ { first = FNR; head = "" }
!inside && first { head = head " " code }
!inside && /^{/ && first && head ~ /\)[^)=;]*{ *$/ {
    inside = 1
    blank = 0
    name = head
    sub(/ *{ *$/, "", name)
    n = count_parameters(name)
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    if (n > most)
        print "PARAMETERS " FILENAME ":" first ": " name ": " n " parameters, at most " most
    next
}
inside && /^}/ {
    size = FNR - first + 1
    body += FNR - first - 1
    if (size >= 18 && blank == 0 && FILENAME !~ /\/loop_/)
        print "BLANK " FILENAME ":" first ": " name ": " size " lines without a blank line"
    if (size > 60)
        print "LENGTH " FILENAME ":" first ": " name ": " size " lines, at most 60"
    blanks += blank
    inside = first = 0
    end_statement()
    next
}
inside {
    blank += /^ *$/
    rest = code
    while (match(rest, /[?;{}]/)) {
        c = substr(rest, RSTART, 1)
        rest = substr(rest, RSTART + 1)
        if (c == "?") {
            questions++
            statement = statement ? statement : FNR
        } else
            end_statement()
    }
}
END { print "TOTAL " body " " blanks " " asserts " " lines }
