#!/bin/bash
# Trials in journals: every command finds in them what it finds in files, to the last bit.
source "$(dirname "$0")/../lib.sh"

tiny_data
{ tiny_spec | sed 's/  save:.*/  save: [code]/' | grep -v '^variables'; echo 'sweep: {over: {code: [2, 3, 4, 5]}}'; } >tiny.yaml
good run tiny.yaml --quiet --trials files --results files
good run tiny.yaml --quiet --trials journal --results journal -n 2 -t 1
of_files=files/tiny of_journal=journal/tiny
is 'trial files of a run with journals' "$(ls $of_journal/trials)" ''
is 'journals of a run with files' "$(ls $of_files/journal)" ''
same_run $of_files $of_journal 4

# --- leaderboards, with run.h5, without it and from run.h5 alone
board() {
    good top "$1" --csv --count 0
    "$PYTHON" -c '
import csv
for row in csv.DictReader(open("stdout")):
    print(*[k + "=" + v for k, v in row.items() if "second" not in k and k not in ("ranks", "threads")])'
}
board $of_files >expected
is 'rows of the leaderboard' "$(wc -l <expected)" 4
board $of_journal >found && cmp expected found || fail 'the leaderboard of journals'
cp $of_journal/run.h5 taken.h5
board taken.h5 >found && cmp expected found || fail 'the leaderboard of run.h5'
rm $of_journal/run.h5
board $of_journal >found && cmp expected found || fail 'the leaderboard of journals without run.h5'
good status $of_journal
says stdout '^ +4 done'
id=$(sed -n '3s/^trial=\([0-9a-f]*\) .*/\1/p' expected)
good top $of_journal --trial "$id"
says stdout '^most anomalous'
says stdout "^Trial        $of_journal:$id"

good top "$of_journal:$id" --samples 2
says stdout "^Trial        $of_journal:$id"
bad 2 "found with --trial" top "$of_journal:$id" --trial "$id"
good info "taken.h5:$id"
says stdout "^taken.h5:$id"
says stdout 'encoder_0'

# --- info lists the trials of a journal, and names what is damaged in it
for j in $of_journal/journal/*.hgj; do
    good info "$j" && cat stdout
done >listed
is 'trials of two journals' "$(grep -cE '^    [0-9a-f]{16}/$' listed)" 4
says listed "^    $id/$"
says listed "^      trial = $id"
says listed '^      scores/$'
cp "$j" bad.hgj
printf '!' | dd of=bad.hgj bs=1 seek=$(($(stat -c %s bad.hgj) - 100)) conv=notrunc 2>/dev/null
bad 3 '^hourglass: bad.hgj: damaged: trial [0-9a-f]+ at byte [0-9]+ is not what was written' info bad.hgj
is 'trials of a damaged journal' "$(grep -cE '^    [0-9a-f]{16}/$' stdout)" "$(($(good info "$j" && grep -cE '^    [0-9a-f]{16}/$' stdout) - 1))"
echo notes >notes.hgj
bad 3 '^hourglass: notes.hgj: damaged: its first bytes are not those of a journal' info notes.hgj
bad 3 '^hourglass: none.hgj: No such file' info none.hgj

# --- models
good score $of_files/run.h5:"$id" data/tiny.h5:all -o files.csv
good score taken.h5:"$id" data/tiny.h5:all -o taken.csv
good score "$(echo $of_journal/journal/0-*.hgj | tr ' ' '\n' | while read -r j; do grep -qa "$id" "$j" && echo "$j"; done | head -1):$id" \
    data/tiny.h5:all -o journal.csv
cmp files.csv taken.csv || fail 'scores of a trial in run.h5'
cmp files.csv journal.csv || fail 'scores of a trial in a journal'
holder=$(grep -la "$id" $of_journal/journal/*.hgj | head -1)
good score "$holder:$id" data/tiny.h5:all -o journal.h5
good top journal.h5 --list 2 --above -1 --gallery journal.png
good explain taken.h5:"$id" data/tiny.h5:all --count 2
good encode taken.h5 data/tiny.h5:all -o codes.h5:all
bad 2 "no trial's id begins with 'ffff'" score taken.h5:ffff data/tiny.h5:all -o none.csv
good info taken.h5
says stdout 'curves'

# --- run.h5: groups instead of records
good collect $of_journal
good collect $of_journal -o groups.h5 --groups
"$h5same" $of_files/run.h5 groups.h5 >comparison
grep '^differs' comparison | grep -vE 'second|provenance|an attribute more|leaderboard/(ranks|threads)' && fail 'groups of records differ from those of files'
good verify journal groups.h5
says stdout '4 trials of journals'

# --- merge and compare
good merge $of_journal $of_files -o merged.h5
good merge $of_journal -o once.h5
good merge once.h5 merged.h5 taken.h5 -o all.h5
says stdout '^all.h5: 4 trials of 12 that were found, 8 with the same bits as another'
good compare $of_files once.h5
says stdout 'with the same bits: 4'
board once.h5 >found && cmp expected found || fail 'the leaderboard of a merged file of records'

# --- the run continues, whatever the places of its trials
good run tiny.yaml --trials journal --results journal
says stdout '^4 of 4 trials were finished before'
good run tiny.yaml --trials files --results journal
says stdout '^4 of 4 trials were finished before'
sed 's/\[2, 3, 4, 5\]/[2, 3, 4, 5, 6]/' tiny.yaml >more.yaml
good run more.yaml --trials journal --results files
says stdout '^4 of 5 trials were finished before'
is 'trial files and journals of a run with both' "$(find $of_files/trials -name '*.h5' | wc -l) $(find $of_files/journal -name '*.hgj' | wc -l)" '4 1'
board $of_files >found
is 'rows of files and journals together' "$(wc -l <found)" 5

# --- a search learns from journals, and continues with them
sed 's/^name: tiny/name: search/;s/^sweep.*/sweep: {method: tpe, trials: 6, over: {code: {from: 1, to: 6, step: 1}}, objective: test.roc_auc}/' tiny.yaml >search.yaml
if "$hourglass" check search.yaml >/dev/null 2>&1; then
    good run search.yaml -n 1 -t 1 --trials journal
    good run search.yaml -n 1 -t 1 --trials journal
    good run search.yaml -n 1 -t 1 --results files
    good top results/search --csv --count 0
    cp stdout first
    good top files/search --csv --count 0
    is 'trials of a search' "$(cut -d, -f1 first)" "$(cut -d, -f1 stdout)"
fi

# --- by default the trials of a large sweep go to a journal, but no large trial does
# seeds NAME N: an experiment of N trials
seeds() {
    { tiny_spec | sed "s/^name: .*/name: $1/;s/epochs: 3/epochs: 1/"; echo "sweep: {over: {train.seed: [$(seq -s , "$2")]}}"; } >"$1.yaml"
}
seeds seeds 51
good run seeds.yaml --quiet
is 'trial files of 51 trials' "$(find results/seeds/trials -name '*.h5' | wc -l)" 0
seeds fewer 50
good run fewer.yaml --quiet
is 'trial files of 50 trials' "$(find results/fewer/trials -name '*.h5' | wc -l)" 50
sed 's/dense: 4, /dense: 40000, /;s/\[2, 3, 4, 5\]/[2]/;s/^name: tiny/name: large/;s/epochs: 3/epochs: 1/' tiny.yaml >large.yaml
good run large.yaml --quiet --trials journal
is 'trial files of a large model' "$(find results/large/trials -name '*.h5' | wc -l)" 1
bad 2 "trials" run tiny.yaml --trials elsewhere
verdict
