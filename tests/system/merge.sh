#!/bin/bash
# Runs of several folders and clusters in one file: no trial lost, none twice, different bits kept apart.
source "$(dirname "$0")/../lib.sh"

command -v h5diff >/dev/null || skip 'no h5diff: apt-get install hdf5-tools'

# equal A B: the files hold the same objects with the same values
equal() { h5diff "$1" "$2" >comparison 2>&1 || { fail "$1 and $2 differ"; head comparison; }; }
rows() {
    good top "$1" --csv --count 0
    tail -n +2 stdout | cut -d, -f1-3 | sort
}

tiny_data
tiny_spec >tiny.yaml
printf 'sweep: {over: {code: [2, 3]}}\n' >>tiny.yaml
HOURGLASS_SITE=one good run tiny.yaml --results one --quiet
HOURGLASS_SITE=two good run tiny.yaml --results two --quiet -n 2
HOURGLASS_SITE=two good run tiny.yaml --results more --quiet --set train.epochs=4 --set name=longer

# --- different trials, equal ones
good merge one/tiny more/longer -o a.h5
says stdout '^a.h5: 4 trials of 4 that were found, 0 with the same bits'
is 'clusters and experiments' "$(rows a.h5 | cut -d, -f2-3 | sort | uniq -c | xargs)" '2 longer,two 2 tiny,one'
good top a.h5
says stdout 'trial +experiment +cluster +code'
good merge one/tiny two/tiny/run.h5 -o b.h5
says stdout '^b.h5: 2 trials of 4 that were found, 2 with the same bits'
for id in $(rows b.h5 | cut -d, -f1); do
    also=$(h5ls -r b.h5 | awk -v id="/trials/$id/also/" 'index($1, id) == 1 {print $1}')
    is "places of $id" "$(for place in "trials/$id/provenance" "$also"; do
        h5dump -a "$place/cluster" b.h5 | sed -n 's/.*(0): "\(.*\)"/\1/p'
    done | sort | xargs)" 'one two'
done

# --- again, in another order, from parts: the same
good merge two/tiny one/tiny -o c.h5
equal b.h5 c.h5
good merge b.h5 two/tiny one/tiny/run.h5 b.h5 -o d.h5
equal b.h5 d.h5
cp b.h5 e.h5
good merge e.h5 more/longer one/tiny -o e2.h5
mv e2.h5 e.h5
good merge a.h5 two/tiny -o f.h5
equal e.h5 f.h5
is 'rows of all' "$(rows e.h5 | wc -l)" 4

# --- opens like run.h5
good verify e.h5
good score e.h5 data/tiny.h5:all -o scores.h5
good top e.h5 --by-class
bad 2 'no trial.s id begins with .x' score e.h5:x data/tiny.h5:all -o scores2.h5

# --- different bits of one spec: other instructions
if HOURGLASS_KERNELS=plain go run tiny.yaml --results plain --quiet; then
    good merge one/tiny plain/tiny two/tiny -o g.h5
    if rows g.h5 | grep -q -- -; then
        is 'trials kept apart' "$(rows g.h5 | grep -cE '^[0-9a-f]{16}-[0-9a-f]{8},')" 4
        good merge plain/tiny g.h5 -o h.h5
        equal g.h5 h.h5
        says stdout '^trial [0-9a-f]{16} has different bits: [0-9a-f]{16}-[0-9a-f]{8} of '
        says stdout '^2 trials with different bits, kept apart as 4'
        good top g.h5 --trial "$(rows g.h5 | head -1 | cut -d, -f1)"
    else
        echo 'here plain loops give the same bits: nothing to keep apart'
    fi
fi

# --- what is refused
bad 2 '--output: missing' merge one/tiny
bad 2 '--output: a.h5 exists; --force replaces it' merge one/tiny -o a.h5
good merge one/tiny -o a.h5 --force
bad 2 'nowhere: no run: No such file' merge one/tiny nowhere -o z.h5
bad 3 'format: found "hourglass-dataset", expected "hourglass-run"' merge data/tiny.h5 -o z.h5
mkdir -p none/trials
bad 2 'none of the runs has a finished trial' merge none -o z.h5
head -c 3000 a.h5 >half.h5
bad 3 'half.h5: not a readable HDF5 file' merge one/tiny half.h5 -o z.h5
head -c 3000 "$(find two/tiny/trials -name '*.h5' | head -1)" >two/tiny/trials/0000000000000000.h5
bad 3 'two/tiny/trials/0000000000000000.h5: not a readable HDF5 file' merge two/tiny -o y.h5
is 'rows beside the bad file' "$(rows y.h5 | wc -l)" 2
bad 74 'none/deep/z.h5: cannot open its temporary' merge one/tiny -o none/deep/z.h5
is 'what a failure leaves' "$(find . -name 'z.h5' -o -name '.*tmp*')" ''
verdict
