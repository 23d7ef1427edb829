#!/bin/bash
# An installed program works from another folder: it runs trials on several ranks, jobs find it, and its man page and
# completions name every subcommand and option. The revision is that of the build.
source "$(dirname "$0")/../lib.sh"
build=$(dirname "$hourglass")
[ -e "$build/cmake_install.cmake" ] || skip "$build is no build folder"
[ -e "$build/generated/hourglass.1" ] || skip "the man page was not built (cross-compiled?)"
prefix=$folder/prefix
cmake --install "$build" --prefix "$prefix" >message 2>&1 || { fail "cmake --install"; verdict; }

# Every word on every command's help is also in the man page and the completions.
share=$prefix/share
man_page=$share/man/man1/hourglass.1
bash_file=$share/bash-completion/completions/hourglass
zsh_file=$share/zsh/site-functions/_hourglass
hourglass=$prefix/bin/hourglass
good --help
commands=$(sed -n 's/^  \([a-z]*\) .*/\1/p' stdout)
[ "$(wc -w <<<"$commands")" -ge 15 ] || fail "--help lists: $commands"
for command in $commands; do
    says "$man_page" "^\.SS hourglass $command\$"
    says "$bash_file" "^    $command\)"
    says "$zsh_file" "^    $command\)"
    good "$command" --help
    for option in $(sed -nE 's/^ +(-[a-z], )?--([a-z-]+).*/\2/p' stdout); do
escaped=$(sed 's/-/\\\\-/g' <<<"--$option") # as a regex: \\-\\-self\\-test
        says "$man_page" "$escaped\\\\fR"
        says "$bash_file" "--$option "
        says "$zsh_file" "--${option}[[}]"
    done
done
bad 2 "found 'html', allowed: nothing, or one of man, bash, zsh" --help=html
bad 2 "found 'html', allowed: nothing, or one of man, bash, zsh" run --help=html

if command -v groff >/dev/null; then
    warnings=$(groff -man -Tascii -ww "$man_page" 2>&1 >page)
    is "groff's warnings" "$warnings" ""
    says page "reconstruction"
fi
! command -v zsh >/dev/null || zsh -n "$zsh_file" 2>message || fail "zsh cannot read $zsh_file"

# complete WORD...: what bash proposes for the last word
complete_words() {
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hourglass; echo "${COMPREPLY[*]}"' _ "$bash_file" "$@"
}
is "completion of a command" "$(complete_words hourglass gen)" "generate"
is "completion of an option" "$(complete_words hourglass run --retry)" "--retry-failed"
is "completion of a choice" "$(complete_words hourglass import --header n)" "no"
: >x.yaml
is "completion of a file" "$(complete_words hourglass run x.y)" "x.yaml"

# The tree to copy: a run on two ranks, and a job.
cp -r "$share/hourglass" mine && cd mine || exit 1
mkdir -p experiments/data
cp ../message . # where fail() looks
tiny_csv 300 >tiny.csv
good import tiny.csv --label kind -o experiments/data/tiny.h5:all
sed 's/^name: tiny/name: installed/' < <(tiny_spec) >experiments/installed.yaml
good run experiments/installed.yaml -n 2
trial results/installed >/dev/null
sed 's/mnist-shoe/installed/g' jobs/mnist-shoe.sh >jobs/installed.sh
rm -rf results/installed
env -u HOURGLASS PATH="$prefix/bin:$PATH" bash jobs/installed.sh --quiet >message 2>&1 || fail "bash jobs/installed.sh"
trial results/installed >/dev/null
env -u HOURGLASS PATH=/usr/bin:/bin bash slurm/launch.sh experiments/installed.yaml >message 2>&1
is "exit code of a job without a program" $? 2
says message 'no program hourglass: put it on PATH'
cd .. || exit 1

# The revision follows the source from build to build, and an unchanged one is left alone.
revision() { cmake -DSOURCE="$folder/checkout" -DOUTPUT="$folder/revision.h" -P "$source_tree/src/base/revision.cmake" && cat revision.h; }
git init -q checkout
is "revision without a commit" "$(revision)" '#define HOURGLASS_REVISION "unknown"'
commit() { git -C checkout -c user.name=x -c user.email=x@example.org commit -q --allow-empty -m "$1"; }
commit one
is "revision" "$(revision)" "#define HOURGLASS_REVISION \"$(git -C checkout rev-parse --short=12 HEAD)\""
before=$(stat -c %y revision.h)
revision >/dev/null
is "time of an unchanged header" "$(stat -c %y revision.h)" "$before"
commit two
is "the next revision" "$(revision)" "#define HOURGLASS_REVISION \"$(git -C checkout rev-parse --short=12 HEAD)\""

good --version
says stdout '^hourglass [0-9.]+ \('
says stdout '^(GCC|.*clang)'
says stdout '^(Open MPI|MPICH)'
says stdout '^HDF5 '
says stdout '^OpenBLAS '
says stdout '^kernels '
verdict
