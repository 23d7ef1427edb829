#!/bin/bash
# Every C file is as clang-format 14 (Debian 12's) leaves it; other versions differ in small things, so they do not judge.
source "$(dirname "$0")/lint.bash"
formatter=$(command -v clang-format-14 || command -v clang-format) || skip "no clang-format: apt-get install clang-format"
version=$("$formatter" --version | sed -E 's/.*version ([0-9]+).*/\1/')
[ "$version" = 14 ] || skip "clang-format $version is not 14"
mapfile -t sources < <(tree_files '^(src|tests)/.*\.[ch]$')
[ ${#sources[@]} -gt 0 ] || complain "no .c or .h file"
complain_lines ': clang-format -i would change it from here on' < <("$formatter" --dry-run -Werror "${sources[@]}" 2>&1 |
    sed -nE 's/^([^ :]+:[0-9]+):[0-9]+: error.*/\1/p' | sort -t: -k1,1 -k2,2n | sort -t: -k1,1 -us)
verdict "${#sources[@]} files"
