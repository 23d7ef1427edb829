#!/bin/bash
# A file that is replaced keeps its mode, and its owner if possible; a symbolic link stays, and the file that it leads to is
# written, in its own folder.
source "$(dirname "$0")/../lib.sh"

umask 022
tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --quiet -n 1 -t 1 || exit 1
model=$(trial results/tiny)
run=results/tiny/run.h5
good top results/tiny
gallery=$(find results/tiny -name '*.png' | head -1)
mode() { stat -c %a "$1"; }

# --- the mode of every kind of file that a command replaces or adds to
declare -A replace=(
    [x.h5]="import tiny.csv -o x.h5:b --force"
    [codes.h5]="encode $model data/tiny.h5:all -o codes.h5:b --force -t 1"
    [back.h5]="decode $model codes.h5:b -o back.h5:b --force -t 1"
    [scores.h5]="score $model data/tiny.h5:all -o scores.h5 --force"
    [ranks.h5]="score $model data/tiny.h5:all -o ranks.h5 --force -n 2 -t 1"
    [merged.h5]="merge results/tiny -o merged.h5 --force"
    [collected.h5]="collect results/tiny -o collected.h5 --force"
    [$run]="collect results/tiny"
    [$gallery]="top results/tiny"
)
files=(x.h5 codes.h5 back.h5 scores.h5 ranks.h5 merged.h5 collected.h5 "$run" "$gallery")
for file in "${files[@]}"; do
    rm -f "$file"
    # shellcheck disable=SC2086 # words of a command
    good ${replace[$file]}
    is "mode of a new $file" "$(mode "$file")" 644
    for mode in 600 640 664 400; do
        chmod $mode "$file"
        inode=$(stat -c %i "$file")
        # shellcheck disable=SC2086 # words of a command
        good ${replace[$file]}
        [ "$(stat -c %i "$file")" = "$inode" ] && fail "$file was not replaced: nothing is tried"
        is "mode of $file, which had $mode" "$(mode "$file")" $mode
    done
    chmod 644 "$file"
done

# --- while it is written, private data is no more readable than before
awk 'BEGIN {print "a,b"; for (i = 0; i < 300000; i++) print i "," i * i}' >long.csv
chmod 600 x.h5
"$hourglass" import long.csv -o x.h5:long >stdout 2>message &
job=$!
until modes=$(stat -c %a .x.h5.tmp-* 2>/dev/null) || ! kill -0 $job 2>/dev/null; do :; done
wait $job
is 'mode of the temporary of a file of mode 600' "$modes" 600
chmod 644 x.h5

# --- the owner, as far as this user may give files away
if [ "$(id -u)" = 0 ]; then
    chown 12345:23456 x.h5
    good import tiny.csv -o x.h5:c
    is 'owner and group' "$(stat -c %u:%g x.h5)" 12345:23456
    chown 0:0 x.h5
fi

# --- symbolic links: relative, absolute, of links, to nothing; the file next to them and the links stay what they are
mkdir -p real links
for file in "${files[@]}"; do
    target=real/$(basename "$file")
    mv "$file" "$target"
    ln -s "$PWD/$target" links/second
    ln -s "$PWD/links/second" "$file"
    inode=$(stat -c %i "$target")
    # shellcheck disable=SC2086 # words of a command
    good ${replace[$file]}
    [ -L "$file" ] && [ -L links/second ] || fail "$file: the link was replaced"
    [ "$(stat -c %i "$target")" = "$inode" ] && fail "$file: its target was not written"
    # a link that leads nowhere
    rm -f "$target"
    # shellcheck disable=SC2086 # words of a command
    good ${replace[$file]}
    [ -L "$file" ] && [ -f "$target" ] && [ ! -L "$target" ] || fail "$file: the target was not made"
    rm links/second "$file"
    mv "$target" "$file"
done
good import tiny.csv -o real/y.h5:a
ln -s real/y.h5 y.h5
good import tiny.csv -o y.h5:b
good info real/y.h5
is 'splits' "$(grep -oE '^ *[ab]/' stdout | xargs)" 'a/ b/'
is 'what a relative link leads to' "$(readlink y.h5)" real/y.h5
ln -s ../nowhere/y.h5 links/y.h5
bad 74 '^hourglass: links/y.h5: .*No such file or directory' import tiny.csv -o links/y.h5:b
ln -s loop.h5 loop.h5
bad 2 '^hourglass: loop.h5: exists: ' import tiny.csv -o loop.h5:b
bad 2 '^hourglass: loop.h5: exists: ' merge results/tiny -o loop.h5
is 'temporaries and locks' "$(find . -name '.*.tmp-*' -o -name '.*.lock')" ''
verdict
