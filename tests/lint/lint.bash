# What the lints share: the tree to look at, its files, and one way to complain. Sourced, never run.
#   bash tests/lint/NAME.sh [ROOT]
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -u
export LC_ALL=C
# shellcheck disable=SC2034  # for functions.sh
lint_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-${HOURGLASS_SOURCE:-$(dirname "$0")/../..}}" || exit 1
complaints=0

# is_checkout: the tree is a git checkout, not an unpacked archive
is_checkout() { [ "$(git rev-parse --show-prefix 2>&1)" = "" ]; }

# tree_files [PATTERN]: the names of the project's files, those not committed yet too, that match an extended regex
tree_files() {
    if is_checkout; then
        git ls-files --cached --others --exclude-standard
    else
        find . -name .git -prune -o -path './build*' -prune -o -path ./experiments/data -prune -o \
            -path './results/*/*' -prune -o -type f -print |
            sed 's,^\./,,'
    fi | sort -u | grep -E "${1:-.}" | while read -r file; do
        if [ -f "$file" ]; then echo "$file"; fi # deleted, not committed yet
    done
}

complain() {
    echo "$*"
    complaints=$((complaints + 1))
}

# complain_lines TEXT: one complaint for each line of standard input, with TEXT behind it
complain_lines() {
    local line
    while IFS= read -r line; do complain "$line$*"; done
}

skip() {
    echo "skipped: $*"
    exit 77
}

# verdict TEXT: the last call of a lint; TEXT says what was looked at
verdict() {
    echo "$1: $complaints complaints"
    [ $complaints = 0 ]
    exit
}

# modules: "floor module header..." for every row of the table in src/README.md; a header ending in / is a folder
modules() {
    awk -F'|' '$2 ~ /^ *[0-9]+ *$/ {
        gsub(/[` \/]/, "", $3)
        line = $2 + 0 " " $3
        while (match($5, /`[^`]*`/)) {
            line = line " " substr($5, RSTART + 1, RLENGTH - 2)
            $5 = substr($5, RSTART + RLENGTH)
        }
        print line
    }' src/README.md
}

# includes QUOTE MODULE: "file:line header" for each header that MODULE includes in QUOTE (" or <)
includes() {
    grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$1" "src/$2" --include='*.[ch]' |
        sed -E 's/^([^:]*:[0-9]*):[^"<]*["<]([^">]*)[">].*/\1 \2/'
}
