#!/bin/bash
# Labels are names, not positions: what a name is called in one file's numbering decides nothing.
source "$(dirname "$0")/../lib.sh"
mkdir data

# rows NORMAL-NAME OTHER-NAME NORMAL-ROWS OTHER-ROWS SEED: others lie far from the line that normal rows lie on
rows() {
    awk -v normal="$1" -v other="$2" -v n="$3" -v m="$4" -v x="$5" '
        function uniform() { x = (x * 16807) % 2147483647; return x / 2147483647 }
        BEGIN {
            for (i = 0; i < 10; i++) uniform()
            print "a,b,c,class"
            for (i = 0; i < n + m; i++) {
                u = uniform()
                printf "%.5f,%.5f,%.5f,%s\n", u, i < n ? 2 * u : uniform() - 3, uniform() / 9, i < n ? normal : other
            }
        }'
}

# spec NAME NORMAL TRAIN TEST
spec() {
    cat >"$1.yaml" <<-SPEC
	name: $1
	data: {train: "$3", test: "$4", normal: $2, scale: standard}
	model: {encoder: [{dense: 1}], decoder: [{dense: 3}]}
	train: {epochs: 20, learning_rate: 0.01, seed: 1}
	SPEC
}

# figure RUN NAME: of the only trial
figure() { good top "results/$1" --count 0 --csv && awk -F, -v name="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) k = i} NR == 2 {print $k}' stdout; }

# --- the same rows, once with names that each file numbers in its own way, once with numbers
rows good ok 80 0 1 >train.csv
rows good bad 40 10 2 >test.csv
good import train.csv --label class -o data/d.h5:train
says stdout 'class: good \(80\)'
good import test.csv --label class -o data/d.h5:test
says stdout 'class: bad \(10\), good \(40\)'
sed 's/good/1/; s/bad/0/' train.csv >one.csv
sed 's/good/1/; s/bad/0/' test.csv >two.csv
good import one.csv --label class -o data/n.h5:train
good import two.csv --label class -o data/n.h5:test
spec names '[good]' d.h5:train d.h5:test
spec numbers '[1]' n.h5:train n.h5:test
good run names.yaml -n 1 -t 1
good run numbers.yaml -n 1 -t 1
by_name=$(figure names roc_auc)
is 'ROC AUC by name' "$by_name" "$(figure numbers roc_auc)"
awk -v v="$by_name" 'BEGIN { exit !(v > 0.9) }' || fail "ROC AUC $by_name"

# --- what is listed
good info data/d.h5
says stdout "label_names = bad, good$"
says stdout "label_names = good$"
good info "$(trial results/names)"
says stdout "label_names = bad, good$"
good check names.yaml
says stdout '^Labels +train: good \(80\); test: bad \(10\), good \(40\)$'
good top results/names --by-class --count 1
says stdout '^label bad, highest errors .* bad +yes'

# --- what is refused
spec position '[0]' d.h5:train d.h5:test
bad 3 "position.yaml:2:.*data.normal: found '0', which no source has as a label; .*allowed: 'bad', 'good'" run position.yaml -n 1 -t 1
spec slip '[goood]' d.h5:train d.h5:test
bad 3 "data.normal: found 'goood', .*did you mean 'good'\?" run slip.yaml -n 1 -t 1
bad 3 "data.where: found 'gud', which no source has as a label" check names.yaml --set 'data.where=class != gud'
spec against '[good]' d.h5:train n.h5:test
bad 3 "numbers \(0, 1\) in n.h5:test, but names \('good'\) in d.h5:train: they cannot be matched" check against.yaml
spec other '[bad]' d.h5:train d.h5:test
bad 3 'no row of train is left' check other.yaml

# --- a model and new data: a class that the training data does not have is another class
rows good worm 30 20 3 >new.csv
good import new.csv --label class -o data/new.h5:all
good score results/names data/new.h5:all -o new.h5
says stdout '^ROC AUC (1\.0000|0\.9)'
good info new.h5
says stdout "label_names = good, worm$"
good score results/names data/new.h5:all -o new.h5 --force --normal worm
says stdout '^ROC AUC 0\.'
bad 2 "normal: found 'wurm', .*did you mean 'worm'\?" score results/names data/new.h5:all -o new.h5 --force --normal wurm
good score results/names data/new.h5:all -o new.h5 --force --normal bad
says stdout 'no row has a label that is normal'
bad 3 'labels that are numbers, but the model was trained on labels with names' score results/names data/n.h5:test -o no.h5
good score results/names data/n.h5:test -o numbers.h5 --normal 1
bad 3 'labels with names .*, but the model was trained on labels that are numbers' score results/numbers data/d.h5:test -o no.h5
good score results/numbers data/d.h5:test -o no.h5 --normal good
good encode results/names data/d.h5:test -o codes.h5:all -t 1
good info codes.h5
says stdout 'label_names = bad, good$'

# --- names that need quotes
rows 'New York, NY' 'it is "so"' 40 20 4 | awk -F, -v OFS=, 'NR == 1 {print} NR > 1 {c = $4; for (i = 5; i <= NF; i++) c = c "," $i; gsub(/"/, "\"\"", c); print $1, $2, $3, "\"" c "\""}' >odd.csv
good import odd.csv --label class -o data/odd.h5:all
cat >odd.yaml <<'SPEC'
name: odd
data:
  train: odd.h5:all
  test: odd.h5:all
  where: "class in ['New York, NY', 'it is \"so\"']"
  normal: ["New York, NY"]
  scale: standard
model: {encoder: [{dense: 1}], decoder: [{dense: 3}]}
train: {epochs: 1}
SPEC
good run odd.yaml -n 1 -t 1
says stdout 'it is "so"'

# --- folders of pictures: good of the training folder is good of the test folder; integers stay integers
gray=iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAEklEQVR42mNg4BKRY9AwsvkPAARHAdIIG+byAAAAAElFTkSuQmCC
jpeg=/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAACAAQBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z
mkdir -p mvtec/train/good mvtec/test/{good,broken} digits/{0,2,10,100}
for i in 1 2 3 4; do
    base64 -d <<<$gray >mvtec/train/good/$i.png
    base64 -d <<<$jpeg >mvtec/train/good/x$i.jpg
    base64 -d <<<$gray >mvtec/test/good/$i.png
    base64 -d <<<$jpeg >mvtec/test/broken/$i.jpg
done
for i in 0 2 10 100; do base64 -d <<<$gray >digits/$i/a.png; done
good import mvtec/train -o data/m.h5:train
good import mvtec/test -o data/m.h5:test
says stdout 'folder: broken \(4\), good \(4\)'
good import digits -o data/digits.h5:all
says stdout 'folder: 0 \(1\), 2 \(1\), 10 \(1\), 100 \(1\)'
if good info data/digits.h5 && grep -q label_names stdout; then fail 'folders called by integers have names'; fi
cat >mvtec.yaml <<'SPEC'
name: mvtec
data: {train: m.h5:train, test: m.h5:test, normal: good, scale: unit}
model: {encoder: [{dense: 1}], decoder: [{dense: 8}]}
train: {epochs: 1}
SPEC
good run mvtec.yaml -n 1 -t 1
says stdout 'good'
good check mvtec.yaml
says stdout '^Labels +train: good \(8\); test: broken \(4\), good \(4\)$'
verdict
