#!/bin/bash
# Every mistake in an experiment, an option or a data-set file ends with the right exit code and a message that names
# file, line, column, key, what was found and what is allowed; under mpirun as well, once, and no rank waits.
source "$(dirname "$0")/../lib.sh"

# Two hundred starts of MPI: leave out the search for networks.
export OMPI_MCA_plm=isolated OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader

# What HDF5 says of malformed files may hold addresses, or depend on the memory behind a damaged one.
ours() {
    grep '^hourglass: ' message | sed -e 's/\(not a readable HDF5 file\): .*/\1/' -e 's,\(data/cve-[^:]*\): .*,\1: refused,' | sort
}

# refused CODE PATTERN FILE OPTION...: `check` refuses it so; `run` on two ranks does the same in the same words
refused() {
    local code=$1 pattern=$2 got said
    shift 2
    bad "$code" "^hourglass: $pattern" check "$@"
    grep -vE '^hourglass: ' message && fail "check $*: a line that is no message of ours"
    said=$(ours)
    go_ranks 2 run "$@"
    got=$?
    [ $got = "$code" ] || fail "mpirun -n 2 hourglass run $*: exit code $got, expected $code"
    [ "$(ours)" = "$said" ] || fail "mpirun -n 2 hourglass run $*: other messages than those of check: $said"
    [ ! -e results ] || { fail "run $*: left a folder results/"; rm -rf results; }
}

# spec CODE PATTERN SED OPTION...: the good experiment, changed by a script of sed, is refused; PATTERN begins behind "x.yaml:"
spec() {
    local code=$1 pattern=$2
    sed "$3" good.yaml >x.yaml
    shift 3
    refused "$code" "x.yaml:$pattern" x.yaml "$@"
}

tiny_data
tiny_spec >good.yaml
good check good.yaml
good run good.yaml --quiet
rm -rf results

# --- keys
spec 2 "16:3: train.epoches: unknown key; did you mean 'epochs'" 's/epochs:/epoches:/'
spec 2 "13:1: trian: unknown key; did you mean 'train'" 's/^train:/trian:/'
spec 2 '9:18: model.encoder\[0\].foo: unknown key, allowed: dense, .*activation' 's/activation: tanh/foo: tanh/'
spec 2 "4:3: data.spilt: unknown key; did you mean 'split'" 's/split:/spilt:/'
spec 2 '1:1: data: missing' 2,6d
spec 2 '1:1: model: missing' '7,12d;19d'
spec 2 '3:3: data.train: missing' 3d
spec 2 '8:3: model.decoder: missing' '/decoder:/,/sigmoid/d'
spec 2 '17:3: epochs: this key is in line 16 already' '16a\  epochs: 3'

# --- values
spec 2 "16:11: train.epochs: found 'three', allowed: an integer in \[0, 16777216\]" 's/epochs: 3/epochs: three/'
spec 2 "16:11: train.epochs: found '2.5', allowed: an integer" 's/epochs: 3/epochs: 2.5/'
spec 2 '16:11: train.epochs: found a list, allowed: an integer' 's/epochs: 3/epochs: [3]/'
spec 2 '16:11: train.epochs: found a section, allowed: an integer' 's/epochs: 3/epochs: {a: 3}/'
spec 2 '16:10: train.epochs: found nothing, allowed: an integer' 's/epochs: 3/epochs:/'
spec 2 "15:15: train.batch_size: found '0', allowed: an integer in \[1, " 's/batch_size: 18/batch_size: 0/'
spec 2 "17:9: train.seed: found '-1', allowed: an integer" 's/  seed: 1$/  seed: -1/'
spec 2 "18:11: train.shards: found '3', allowed: one of 1, 2, 4, 8" 's/shards: 4/shards: 3/'
spec 2 '18:11: train.shards: 4 shards of a batch of 2 samples: at most one shard per sample' 's/batch_size: 18/batch_size: 2/'
spec 2 "4:17: data.split.test: found '1', allowed: a number in \[0, 1\)" 's/test: 0.3/test: 1/'
spec 2 "4:17: data.split.test: found '.nan', allowed: a number" 's/test: 0.3/test: .nan/'
spec 2 "21:10: score.save\[0\]: found 'codes', allowed: code, reconstruction" 's/\[code/[codes/'
spec 2 "1:7: name: found '\.\./up', allowed: a name for a folder" 's,tiny$,../up,'
spec 2 '3:10: data.train: found no source' 's/tiny.h5:all/[]/'
spec 2 "3:10: data.train: found 'tiny.h5', allowed: FILE.h5:SPLIT" 's/tiny.h5:all/tiny.h5/'

# --- models
spec 2 '12:5: model.decoder: its output has shape \(5\) = 5 values, the data \(6\) = 6' 's/dense: 6/dense: 5/'
spec 2 '12:5: model.decoder: the last activation is relu, but loss binary_crossentropy needs sigmoid' 's/sigmoid/relu/'
spec 2 "9:8: model.encoder\[0\].dnse: no layer of that name; did you mean 'dense'" 's/dense: 4/dnse: 4/'
spec 2 '9:8: model.encoder\[0\].lambda: no layer of that name, allowed: dense' 's/dense: 4/lambda: 4/'
spec 2 "9:30: model.encoder\[0\].activation: found 'tahn', allowed: one of linear, .*; did you mean 'tanh'" 's/tanh/tahn/'
spec 2 "9:15: model.encoder\[0\].dense: found '0', allowed: an integer in \[1, " 's/dense: 4/dense: 0/'
spec 2 '10:7: model.encoder\[1\]: 1000000 inputs x 1000000 outputs' 's/dense: 4/dense: 1000000/;s/code: 3/code: 1000000/'
spec 2 '9:7: model.encoder\[0\]: a layer is a map' 's/- {dense: 4, activation: tanh}/- dense/'
spec 2 '7:8: model: found .deep., allowed: a section' 's/^model:/model: deep/;8,12d;19d'

# --- optimizers and scores
spec 2 "19:14: train.optimizer: found 'adamm', allowed: one of sgd, .*; did you mean 'adam'" '18a\  optimizer: adamm'
spec 2 '20:3: train.beta_1: optimizer sgd has no such setting' '18a\  optimizer: sgd\n  beta_1: 0.9'
spec 2 '19:3: train.momentum: optimizer adam has no such setting' '18a\  momentum: 0.9'
spec 2 "19:18: train.learning_rate: found 'nan', allowed: a number in" '18a\  learning_rate: nan'
# fault: a number too small for a double was taken for 0, and nothing was learned
spec 2 "19:18: train.learning_rate: found '1e-400', allowed: a number .*, and if not 0, of a size from 1.2e-38" \
    '18a\  learning_rate: 1e-400'
spec 2 "19:18: train.learning_rate: found '1e-42', allowed: a number .*, and if not 0" '18a\  learning_rate: 1e-42'
spec 2 "4:15: data.validation: found '1e-400', allowed: a fraction" '3a\  validation: 1e-400'
spec 2 "19:31: train.feature_weights\[5\]: found '1e-400', allowed: 0, or a number in" '18a\  feature_weights: [1,1,1,1,1,1e-400]'
spec 2 "22:75: .*: found '1e-400', allowed: a number" '$a\sweep: {method: random, trials: 2, over: {train.learning_rate: {uniform: [1e-400, 1]}}}'
spec 2 '21:10: score.error: binary_crossentropy as an error needs a model that is trained' \
    's/binary_crossentropy/mse/;20a\  error: binary_crossentropy'
spec 2 '21:10: score.error: elbo and reconstruction_probability as errors need a variational model' '20a\  error: elbo'
spec 2 '21:10: score.error: elbo .* need a loss that is a likelihood, allowed: mse, binary_crossentropy' \
    's/{dense: "${code}", activation: relu}/{gaussian: "${code}"}/;s/binary_crossentropy/mae/;20a\  error: elbo'
spec 2 "22:12: score.samples: found '0', allowed: an integer in \[1, " \
    's/{dense: "${code}", activation: relu}/{gaussian: "${code}"}/;20a\  error: elbo\n  samples: 0'

# --- data
spec 3 '3:10: data.train: no file none.h5; looked for .*; hint: .*hourglass import' 's/tiny.h5/none.h5/'
spec 3 "3:10: data.train: .*no split 'al' in .*tiny.h5, allowed: all; did you mean 'all'" 's/h5:all/h5:al/'
spec 3 '5:11: data.normal: found label 7, which no row of train has, allowed: 0, 1' 's/\[0\]/[7]/'
spec 3 "6:10: data.where: found no column 'knd' in tiny.h5:all, allowed: kind, .*; did you mean 'kind'" '5a\  where: knd != 2'
spec 2 "6:10: data.where: found 'kind !! 2', allowed: COLUMN OPERATOR NUMBER" '5a\  where: kind !! 2'
spec 3 '6:10: data.where: no row of the 300 of tiny.h5:all passes' '5a\  where: a > 100'
spec 3 '3:10: data.train: found values of type f8 .* scale: unit are bytes' 's/min_max/unit/'
spec 3 '3:40: data.train.rows\[1\]: found row 300, allowed: 0..299' 's/tiny.h5:all/{from: tiny.h5:all, rows: [0, 300]}/'
for name in missing constant empty_column; do printf 'a,b,kind\n' >$name.csv; done
for i in 1 2 3 4 5 6; do
    echo "$((i == 3)),$([ $i = 2 ] || echo $i),0" >>missing.csv
    echo '1,2,0' >>constant.csv
    echo ",$i,0" >>empty_column.csv
done
for name in missing constant empty_column; do good import $name.csv --label kind -o data/$name.h5:all; done
spec 3 "3:10: data.train: missing.h5:all: found 1 missing value \(NaN\), the first in row 1, column 'b'; hint: data.fill" \
    's/tiny.h5/missing.h5/;s/dense: 6/dense: 2/;4d'
spec 3 '3:10: data.train: all 6 rows of train are equal: there is nothing to learn' 's/tiny.h5/constant.h5/;4d'
spec 3 "6:9: data.fill: column 'a' is missing in every row of train" 's/tiny.h5/empty_column.h5/;4d;6s/$/\n  fill: mean/'
printf 'a,b,kind\n' >rows.csv
bad 3 'rows.csv: no rows: the data are empty' import rows.csv --label kind -o data/rows.h5:all

# --- variables and sweeps
spec 2 "19:22: variables.other: variable 'other' is used nowhere" 's/{code: 3}/{code: 3, other: 5}/'
spec 2 "10:15: model.encoder\[1\].dense: no variable 'cod'; did you mean 'code'" 's/code}/cod}/'
spec 2 "19:19: variables.code: the variable stands for itself" 's/code: 3/code: "${code}"/'
spec 2 '22:22: sweep.over.code: found no values' '$a\sweep: {over: {code: []}}'
spec 2 "22:16: train.epoches: unknown key; did you mean 'epochs'" '$a\sweep: {over: {train.epoches: [1, 2]}}'
spec 2 "22:16: sweep.over.trian.epochs: 'trian' is neither a variable nor a section; did you mean 'train'" \
    '$a\sweep: {over: {trian.epochs: [1, 2]}}'
spec 2 "22:26: model.encoder\[1\].dense: found 'x', allowed: an integer" '$a\sweep: {over: {code: [1, x]}}'
spec 2 "22:17: sweep.method: found 'grit', allowed: one of grid" '$a\sweep: {method: grit, over: {code: [1, 2]}}'
spec 2 '22:8: sweep.over: missing' '$a\sweep: {method: grid}'
spec 2 '22:15: sweep.over: more than 1000000 trials' \
    "\$a\\sweep: {over: {train.seed: [$(seq -s, 1001)], code: [$(seq -s, 1001)]}}"

# --- YAML
spec 2 "5:9: not YAML: did not find expected ',' or '}'" '4s/}//'
spec 2 '7:2: not YAML: ' '7s/model:/ model:/'
spec 2 '16:1: not YAML: found a tab' '16s/^/\t/'
spec 2 '1:[0-9]*: not YAML: invalid leading UTF-8 octet' '1s/$/\xff/'
: >empty.yaml
refused 2 'empty.yaml:1:1: data: missing' empty.yaml
head -c 5000 data/tiny.h5 >binary.yaml
refused 2 'binary.yaml:1:1: not YAML' binary.yaml
refused 2 'none.yaml: cannot be read: No such file' none.yaml
refused 2 'data: cannot be read: found a folder' data
printf '[%.0s' $(seq 100) >deep.yaml
refused 2 'deep.yaml:1:.*64' deep.yaml

# --- settings
refused 2 "--set: found 'train.epochs', allowed: KEY=VALUE" good.yaml --set train.epochs
refused 2 "--set: train.epochs: found 'three', allowed: an integer" good.yaml --set train.epochs=three
refused 2 "--set: train.epoches: unknown key; did you mean 'epochs'" good.yaml --set train.epoches=3
refused 2 "--set: there is no 'train.epochs.x'" good.yaml --set train.epochs.x=3
refused 2 '--set train.epochs:.* not YAML' good.yaml --set 'train.epochs=[1, 2'
refused 2 "--set: there is no 'model.encoder\[9\].dense'" good.yaml --set 'model.encoder[9].dense=3'

# --- several mistakes are told in one pass
spec 2 "1:1: nme: unknown key; did you mean 'name'" \
    's/name:/nme:/;s/tiny.h5/none.h5/;s/tanh/tahn/;s/relu/rleu/;s/epochs: 3/epochs: three/;s/\[code/[codes/'
is 'mistakes in one pass' "$(ours | sed 's/^hourglass: \(x.yaml:[0-9]*\):.*/\1/' | sort -V | paste -sd' ')" \
    'x.yaml:1 x.yaml:3 x.yaml:9 x.yaml:10 x.yaml:16 x.yaml:21'

# --- damaged and foreign files
for bytes in 0 100 9000 $(($(stat -c %s data/tiny.h5) / 2)); do
    head -c "$bytes" data/tiny.h5 >data/cut.h5
    spec 3 '3:10: data.train: .*cut.h5: (not a readable HDF5 file|damaged)' s/tiny.h5/cut.h5/
done
cp data/tiny.h5 data/flipped.h5
printf '\377' | dd of=data/flipped.h5 bs=1 seek=13 conv=notrunc status=none
spec 3 '3:10: data.train: .*flipped.h5: (not a readable HDF5 file|damaged)' s/tiny.h5/flipped.h5/
cp data/tiny.h5 data/changed.h5
offset=$(h5dump -p -H -d /all/x data/tiny.h5 2>/dev/null | awk '$1 == "OFFSET" {print $2}')
if [ -n "$offset" ]; then
    printf '\001' | dd of=data/changed.h5 bs=1 seek=$((offset + 3)) conv=notrunc status=none
    spec 3 '3:10: data.train: .*changed.h5: .*damaged' s/tiny.h5/changed.h5/
fi
cp good.yaml data/text.h5
spec 3 '3:10: data.train: .*text.h5: not a readable HDF5 file' s/tiny.h5/text.h5/
spec 3 '3:10: data.train: no file|3:10: data.train: .*folder.h5: found a folder' "s,tiny.h5,$(mkdir data/folder.h5 && echo folder.h5),"
good run good.yaml --quiet --results r
cp "$(trial r/tiny)" data/trial.h5
spec 3 '3:10: data.train: .*trial.h5: format: found "hourglass-trial", expected "hourglass-dataset"' s/tiny.h5/trial.h5/
if has_data hdf5-malformed; then # what hangs HDF5 takes ten seconds each and is tried by import_bad
    sources=
    for file in "$HOURGLASS_DATA"/hdf5-malformed/cve-20{16,17,18-1,20}*; do
        cp "$file" data/
        sources+="${sources:+, }${file##*/}:all"
    done
    spec 3 '3:.*: data.train.*: not a readable HDF5 file' "s/tiny.h5:all/[$sources]/"
else
    echo 'no $HOURGLASS_DATA/hdf5-malformed: malformed HDF5 files are not tried'
fi

# --- options of run: alone and on two ranks
# option CODE PATTERN ARGUMENT...
option() {
    local code=$1 pattern=$2 got
    shift 2
    bad "$code" "$pattern" run "$@"
    go_ranks 2 run "$@"
    got=$?
    [ $got = "$code" ] || fail "mpirun -n 2 hourglass run $*: exit code $got, expected $code"
    is "messages of mpirun -n 2 hourglass run $*" "$(ours | grep -cE -- "$pattern")" 1
    [ ! -e results ] || { fail "run $*: left a folder results/"; rm -rf results; }
}
option 2 '--frobnicate: no such option; see hourglass run --help' good.yaml --frobnicate
option 2 '--results: needs a value' good.yaml --results
option 2 "--threads: found 'two', allowed: an integer in \[1, " good.yaml -t two
option 2 "--threads: found '0', allowed: an integer in \[1, " good.yaml --threads 0
option 2 'run: found 0 arguments, allowed: hourglass run EXPERIMENT' --quiet
option 2 'run: found 2 arguments' good.yaml good.yaml
option 2 '--threads: found 3, allowed: a power of two' good.yaml -t 3
option 2 '1 rank x 8 threads = 8 workers|--ranks: found 2' good.yaml -t 8
go_ranks 2 run good.yaml -n 3
is 'exit code of 2 ranks that are asked to be 3' $? 2
is 'messages of 2 ranks that are asked to be 3' "$(ours | grep -c -- '--ranks: found 3, but a launcher has started 2')" 1
bad 2 "rum: no such command; did you mean 'run'" rum good.yaml
bad 2 'usage: hourglass COMMAND'
bad 2 "--count: found '-3'" check good.yaml --count -3
bad 2 'none: no run: No such file' top none
bad 2 'found 0 arguments' top
OMP_THREAD_LIMIT=1 bad 2 'OpenMP provides 1 of 2 threads' run good.yaml -n 1 -t 2
HOURGLASS_KERNELS=fast bad 2 "HOURGLASS_KERNELS: found 'fast'" run good.yaml -n 1
bad 3 'none.h5: No such file' info none.h5
bad 3 'none.h5:all: No such file or directory, allowed: a file, not a split; hint: none.h5$' info none.h5:all
bad 3 'good.yaml: not a readable HDF5 file' info good.yaml
bad 2 'found 0 arguments' info
verdict
