#!/bin/bash
# A file that is read is opened by base/input.h, which refuses FIFOs, sockets and devices. No other module opens one for
# reading, except below /proc, /sys, /etc and /dev (named on that line or at most 20 lines before it).
source "$(dirname "$0")/lint.bash"
mapfile -t sources < <(tree_files '^src/.*\.c$' | grep -v '^src/base/')
complain_lines ': opens a file for reading without base/input.h' < <(
    awk '
        FNR == 1 { system_path = -99 }
        /"\/(proc|sys|etc|dev)\// { system_path = FNR }
        /(^|[^[:alnum:]_])(fopen|freopen)\([^)]*, *"r|(^|[^[:alnum:]_])open(at)?\(.*O_RDONLY/ {
            if (FNR - system_path > 20) print FILENAME ":" FNR
        }' "${sources[@]}" /dev/null
)
verdict "${#sources[@]} sources"
