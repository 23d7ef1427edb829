#!/bin/bash
# A FIFO, a socket, a device or a folder in place of a file: every command that reads says what it found and ends. None
# of them blocks, which `timeout` would show as exit code 124.
. "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
good run tiny.yaml --results results -n 1 -t 1 --quiet
run=results/tiny
model=$(trial $run)

mkfifo fifo fifo.h5
mkdir folder.h5
"$PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")' || fail 'no socket can be made'
ln -s /dev/zero device
ln -s fifo link

# --- each kind, in place of a specification and of data
kinds=(fifo 'found a FIFO' link 'found a FIFO' socket 'found a socket' device 'found a device' /dev/null 'found a device')
for ((i = 0; i < ${#kinds[@]}; i += 2)); do
    file=${kinds[i]} found=${kinds[i + 1]}
    bad 2 "$file: cannot be read: $found" check "$file"
    bad 2 "$file: cannot be read: $found" run "$file" --results other -n 1 -t 1
    bad 3 "$file: $found" import "$file" -o out.h5:all
    bad 3 "$file: $found" import tiny.csv "$file" -o out.h5:all
    bad 3 "$found" info "$file"
    go verify "$file"
    is "verify $file: exit code" $? 3
    says stdout "$file: .*$found"
    bad 3 "$found" score "$file" data/tiny.h5:all -o out.h5
    bad 3 "$found" score "$model" "$file":all -o out.h5
    bad 3 "$found" encode "$model" "$file":all -o out.h5:all
    bad 3 "$found" top "$file"
    bad 3 "$found" compare "$file"
    bad 3 "$found" merge "$file" -o out.h5
done
bad 2 'cannot be read: found a folder' check folder.h5
[ ! -e out.h5 ] || fail 'out.h5 was written'

# --- process substitution is a FIFO; a redirected regular file is none
bad 2 'found a FIFO .* write its content to a file first' check <(cat tiny.yaml)
(cd data && timeout 600 "$hourglass" check /dev/stdin <../tiny.yaml >../stdout 2>../message) ||
    fail 'a regular file as standard input is refused'

# --- in an experiment's data
sed 's/tiny\.h5:all/fifo.h5:all/' tiny.yaml >fifo.yaml
mkfifo data/fifo.h5
bad 3 'data.train: .*found a FIFO' check fifo.yaml
rm data/fifo.h5

# --- in folders
mkdir pictures
mkfifo pictures/a.png
bad 3 'pictures/a.png: found a FIFO' import pictures -o out.h5:all
mkfifo $run/trials/0000000000000000.h5
go verify $run
is 'verify of a folder with a FIFO: exit code' $? 3
says stdout 'trials/0000000000000000.h5: .*found a FIFO'
bad 3 'trials/0000000000000000.h5: .*found a FIFO' collect $run -o collected.h5
go top $run
[ $? != 124 ] || fail 'top blocks on a FIFO among the trials'
go status $run
[ $? != 124 ] || fail 'status blocks on a FIFO among the trials'
rm $run/trials/0000000000000000.h5

# --- in place of the files of a run's folder
mkdir kept
for file in $run/state/* $run/run.h5; do
    [ -f "$file" ] || continue
    mv "$file" kept/
    mkfifo "$file"
    for command in "status $run" "top $run" "verify $run" "collect $run" 'run tiny.yaml --results results -n 1 -t 1'; do
        read -ra arguments <<<"$command"
        go "${arguments[@]}"
        code=$?
        [ $code != 124 ] && [ $code -lt 128 ] || fail "$command: exit code $code with a FIFO at $file"
    done
    rm -f "$file"
    mv "kept/$(basename "$file")" "$file"
done
good run tiny.yaml --results results -n 1 -t 1 --quiet
verdict
