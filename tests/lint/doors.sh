#!/bin/bash
# One door per third party: who may include which header is the last column of the table in src/README.md.
source "$(dirname "$0")/lint.bash"
# What C11, POSIX and glibc bring.
standard="assert complex ctype dirent dlfcn endian errno fcntl fenv float fnmatch getopt glob inttypes langinfo libgen \
limits locale malloc math poll pthread pwd regex sched setjmp signal spawn stdalign stdarg stdatomic stdbool stddef \
stdint stdio stdlib stdnoreturn string strings sys/* syslog termios tgmath time unistd wchar wctype"

is_standard() {
    local name
    set -f
    for name in $standard; do
        # shellcheck disable=SC2053  # names are patterns
        [[ ${1%.h} != $name ]] || return 0
    done
    return 1
}

declare -A doors=() # header or folder/ -> modules
while read -r _ module headers; do
    for header in $headers; do
        doors[$header]="${doors[$header]:-} $module"
    done
done < <(modules)
[ ${#doors[@]} -gt 0 ] || complain "src/README.md: no table of doors"

while read -r _ module _; do
    while read -r place header; do
        key=$header
        [[ $header != */* ]] || [ -z "${doors[${header%%/*}/]:-}" ] || key=${header%%/*}/
        owners=${doors[$key]:-}
        if [ -z "$owners" ]; then
            is_standard "$header" || complain "$place: <$header>: not the C library's, and no row of src/README.md names it"
        elif [[ " $owners " != *" $module "* ]]; then
            complain "$place: <$header>: its door is src/${owners# }/"
        fi
    done < <(includes '<' "$module")
done < <(modules)

# outside PATTERN PLACES: "file:line" where the pattern stands in another place
outside() { grep -rnE "$1" src --include='*.[ch]' | grep -vE "^($2)" | sed -E 's/^([^:]*:[0-9]*):.*/\1/'; }
complain_lines ': MPI_COMM_WORLD: take the communicator as a parameter' < <(outside '\<MPI_COMM_WORLD\>' 'src/comm/comm\.c:')
readers=$(grep -rlE 'include *<yaml\.h>' src --include='*.[ch]')
[ "$(wc -w <<<"$readers")" = 1 ] || complain "<yaml.h> is for one file, not for ${readers//$'\n'/ and }"
verdict "${#doors[@]} third-party headers"
