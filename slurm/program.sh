# Which program jobs and scripts run. Sourced, never run.

# find_program TREE: prints $HOURGLASS; or the build of a source tree; or the program next to an installed tree; or the one on PATH
find_program() {
    if [ -n "${HOURGLASS:-}" ]; then
        echo "$HOURGLASS"
    elif [ -e "$1/CMakeLists.txt" ]; then
        echo "${1#./}/build/hourglass" | sed 's,^\./,,'
    elif [ -x "$1/../../bin/hourglass" ]; then
        echo "$1/../../bin/hourglass"
    else
        command -v hourglass || echo hourglass
    fi
}
