#!/bin/bash
# Results of data that has changed: trials of an earlier version of a source are kept and marked, and are never the best.
source "$(dirname "$0")/../lib.sh"

tiny_csv 300 >first.csv
tiny_csv 300 7 >second.csv
awk -F, -v OFS=, 'NR > 1 && NR < 40 { $7 = 1 - $7 } 1' second.csv >labels.csv
mkdir data
load() { good import "$1" --label kind -o data/tiny.h5:all --force; }
tiny_spec >tiny.yaml
run=(run tiny.yaml -n 1 -t 1)
ids() { (cd results/tiny/trials && printf '%s\n' *.h5 | sed 's/\.h5$//' | sort); }
status_of() { good top "${2:-results/tiny}" --count 0 --csv && "$PYTHON" -c 'import csv, sys
print(next(r["status"] for r in csv.DictReader(sys.stdin) if r["trial"].startswith(sys.argv[1])))' "$1" <stdout; }
lead_of() { good top "$1" --count 0 --csv && "$PYTHON" -c 'import csv, sys
print(next(csv.DictReader(sys.stdin))["trial"])' <stdout; }
model_of() { # the model that score takes of RUN
    rm -f s.h5
    good score "$1" data/tiny.h5:all -o s.h5
    "$PYTHON" -c 'import h5py; print(h5py.File("s.h5").attrs["trial"])' 2>/dev/null || good info s.h5
}

load first.csv
good "${run[@]}" --set train.epochs=40 # trained for longer: it would lead
old=$(ids)
is 'status of the only trial' "$(status_of "$old")" 'done'

# --- other settings on the same data are not stale
good "${run[@]}"
other=$(ids | grep -v "$old")
is 'status of a trial with other settings' "$(status_of "$old")" 'done'

# --- a file that was changed, of which no run knows
cp data/tiny.h5 first.h5
load second.csv
is 'status before a run has seen the new data' "$(status_of "$old")" 'done'

# --- and when one knows
good "${run[@]}"
says stdout '2 trials of before are stale: tiny.h5:all has changed since'
says stdout "^ *1  $(ids | grep -v "$old\|$other" | cut -c 1-8) "
says stdout " ${old:0:8} stale "
says stdout '^2 trials are stale: tiny.h5:all has changed since'
new=$(ids | grep -v "$old\|$other")
cp -r results/tiny apart
for place in results/tiny results/tiny/run.h5 apart/run.h5; do
    is "status of old trials in $place" "$(status_of "$old" $place) $(status_of "$other" $place) $(status_of "$new" $place)" 'stale stale done'
    is "leader of $place" "$(lead_of $place)" "$new"
    model_of $place >model
    grep -q "$new" model || fail "score $place took another model: $(cat model)"
done
good encode results/tiny data/tiny.h5:all -o codes.h5:all
good score "results/tiny:${old:0:8}" data/tiny.h5:all -o s2.h5
good top results/tiny --trial "${new:0:8}"
good status results/tiny
says stdout '^ +2 stale'
good compare results/tiny apart/run.h5 --json
good verify results/tiny

# --- labels only
load labels.csv
good "${run[@]}"
says stdout '3 trials of before are stale'
is 'status of a trial of other labels' "$(status_of "$new")" stale
labels=$(ids | grep -v "$old\|$other\|$new")

# --- during a run on new data the folder knows, while run.h5 does not yet
load first.csv
printf '%s all\n' "$labels" >results/tiny/state/stale
model_of results/tiny >model
grep -q "$labels" model && fail 'score took a model that the folder calls stale'

# --- the first version comes back, and with it its trials
good "${run[@]}"
is 'trials after the first version came back' "$(ids | wc -l)" 4
is 'status when the first version came back' "$(status_of "$old") $(status_of "$other") $(status_of "$new")" 'done done stale'

# --- merged: a run that does not know learns it
mkdir elsewhere
cp -r results/tiny elsewhere/tiny
rm -r elsewhere/tiny/state elsewhere/tiny/run.h5
rm elsewhere/tiny/trials/{"$old","$other","$labels"}.h5
good collect elsewhere/tiny
is 'status where nobody knows' "$(status_of "$new" elsewhere/tiny/run.h5)" 'done'
for order in 'results/tiny elsewhere/tiny' 'elsewhere/tiny/run.h5 results/tiny/run.h5'; do
    # shellcheck disable=SC2086 # two runs
    good merge $order -o merged.h5 --force
    is "merged of $order" "$(status_of "$old" merged.h5) $(status_of "$new" merged.h5)" 'done stale'
    good merge merged.h5 elsewhere/tiny -o again.h5 --force
    is 'merged again' "$(status_of "$old" again.h5) $(status_of "$new" again.h5)" 'done stale'
done

# --- all of them: no best one
load second.csv
sed -i 's/epochs: 3/epochs: 4/' tiny.yaml
for id in $(ids); do echo "$id tiny.h5:all"; done >results/tiny/state/stale
bad 2 'every trial is stale: .*hint: run the experiment again, or name a trial' score results/tiny data/tiny.h5:all -o s3.h5
good top results/tiny
says stdout '4 trials are stale'
grep -q '^Trial  ' stdout && fail 'top names a best trial though all are stale'
verdict
