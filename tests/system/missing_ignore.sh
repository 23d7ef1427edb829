#!/bin/bash
# `missing: ignore` from the spec to the scores: what is not there moves no weight and counts in no loss and no error,
# against values computed by hand. A model of zeros gives zeros back.
source "$(dirname "$0")/../lib.sh"
command -v h5dump >/dev/null || skip 'no h5dump: apt-get install hdf5-tools'

# values PATH: an array of `file`, on one line
values() {
    h5dump -y -w 0 -m %.6g -d "$1" "$file" 2>&1 | awk '/^ *DATA {/ {inside = 1; next} /^ *}/ && inside {exit} inside' |
        tr -d ' \n' | tr , ' '
}
expect() { is "$1" "$(values "$1")" "$2"; }
# spec DATA TRAIN SCORE: lines of `data`, what stands in `train` and `score`; into gaps.yaml
spec() {
    cat >gaps.yaml <<-SPEC
	name: gaps
	data: {missing: ignore, $1}
	model:
	  encoder: [{dense: 2, kernel_initializer: zeros}]
	  decoder: [{dense: ${columns:-3}, kernel_initializer: zeros}]
	train: {optimizer: sgd, batch_size: 8, $2}
	score: {$3}
	SPEC
}
# run DATA TRAIN SCORE: runs it, and `file` is the trial
run() {
    rm -rf results
    spec "$@"
    good run gaps.yaml --quiet
    file=$(trial results/gaps)
}

mkdir data
printf 'a,b,c,kind\n1,10,0,0\n2,,0,0\n2,30,5,0\n,40,5,0\n9,?,5,0\n6,100,100,1\n' >gaps.csv
good import gaps.csv --label kind -o data/gaps.h5:all
printf 'a,b,c\n,,\n3,,\n' >void.csv
good import void.csv -o data/gaps.h5:void
all='train: gaps.h5:all, test: {all: gaps.h5:all}'

# --- errors, those of features, codes
run "$all" 'epochs: 0' 'save: [feature_error, reconstruction, code]'
expect scores/all/error '33.6667 2 309.667 812.5 53 6678.67'
expect scores/all/feature_error '1 100 0 4 nan 0 4 900 25 nan 1600 25 81 nan 25 36 10000 10000'
expect scores/all/reconstruction '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
expect scores/all/code '0 0 0 0 0 0 0 0 0 0 0 0'
run "$all" 'epochs: 0' 'error: mae'
expect scores/all/error '3.66667 1 12.3333 22.5 7 68.6667'
run "$all" 'epochs: 0' 'error: l2' # as if all features were there
expect scores/all/error '10.0499 2.44949 30.4795 49.371 12.6095 141.549'
run 'train: gaps.h5:all, test: gaps.h5:void' 'epochs: 0' 'error: mse' # nothing is known of the first row
expect scores/test/error '0 9'

# --- a row without any value has the error 0, also if the error compares no values
run 'train: gaps.h5:all, test: gaps.h5:void' 'epochs: 0' 'error: code_mahalanobis'
is 'mahalanobis error of a row without values' "$(values scores/test/error | cut -d' ' -f1)" 0
rm -rf results
echo '{name: gaps, data: {missing: ignore, train: gaps.h5:all, test: gaps.h5:void}, model: {neighbours: {k: [1]}}}' >gaps.yaml
good run gaps.yaml --quiet
file=$(trial results/gaps)
is 'neighbours error of a row without values' "$(values scores/test/error | cut -d' ' -f1)" 0
good score "$file" void.csv -o void.scores.csv
is 'neighbours error of a row without values in a file' "$(awk -F, 'NR == 2 {print $2}' void.scores.csv)" 0

# --- statistics of what is there
run "$all, scale: min_max" 'epochs: 0' 'error: mse'
expect model/scaling/shift '1 10 0'
expect model/scaling/factor '0.125 0.0111111 0.01'
expect scores/all/error '0 0.0078125 0.0225026 0.0568056 0.50125 0.796875'
run "$all, scale: standard" 'epochs: 0' 'error: mse'
expect model/scaling/shift '4 45 19.1667'

# --- losses of training and validation, and one step of gradient descent: of the biases, as the codes are zero
run "$all, validation: gaps.h5:all" 'epochs: 1, learning_rate: 0' 'error: mse'
expect history/train_loss 1314.92
expect history/validation_loss 1314.92
run "$all, validation: gaps.h5:all" 'epochs: 1, learning_rate: 0, feature_weights: [1, 0, 2]' 'error: mse'
expect history/train_loss 1127.83
expect history/validation_loss 1127.83
expect scores/all/error '33.6667 2 309.667 812.5 53 6678.67'
run "$all" 'epochs: 1, learning_rate: 0.1' 'error: mse'
expect model/decoder_0/bias '0.283333 2.22222 1.33333'

# --- the trained model on new data, on any ranks and threads
model=$file
good score "$model" data/gaps.h5:all -o again.h5 --save feature_error -t 1
"$h5same" "$model" again.h5 >comparison 2>&1
says comparison '^same +scores/all/error'
for layout in '1 2' '2 1' '2 2'; do
    read -r ranks threads <<<"$layout"
    good score "$model" data/gaps.h5:all -o other.h5 --save feature_error --force -n "$ranks" -t "$threads"
    cmp again.h5 other.h5 >message 2>&1 || fail "scores on $ranks x $threads"
done
file=again.h5
is 'gaps of feature_error' "$(values scores/all/feature_error | tr ' ' '\n' | grep -n nan | cut -d: -f1 | paste -sd' ')" '5 10 14'
good encode "$model" data/gaps.h5:void -o codes.h5:void
good decode "$model" codes.h5:void -o back.h5:back
file=back.h5
expect /back/x '0.283333 2.22222 1.33333 0.283333 2.22222 1.33333'

# --- ratings: most are missing; floats of 4 bytes, which the model could read in place
{
    printf '\x93NUMPY\x01\x00\x76\x00'
    printf '%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }"
    printf '\0\0\x80\x3f\0\0\xc0\x7f''\0\0\xc0\x7f\0\0\0\x40''\0\0\xc0\x7f\0\0\xc0\x7f''\0\0\x40\x40\0\0\xc0\x7f' # 1 -, - 2, - -, 3 -
} >ratings.npy
good import ratings.npy -o data/ratings.h5:all
columns=2 run 'train: ratings.h5:all, test: ratings.h5:all' 'epochs: 1, learning_rate: 0.5' 'error: mse, save: feature_error'
expect model/decoder_0/bias '1 0.5'
expect scores/test/feature_error '0 nan nan 2.25 nan nan 4 nan'
expect scores/test/error '0 2.25 0 4'
good run gaps.yaml --quiet --results long --set train.epochs=300 # 3 and 1 have the mean 2
file=$(trial long/gaps)
expect model/decoder_0/bias '2 2'

# --- refused
spec "$all, fill: mean" 'epochs: 1' 'error: mse'
bad 2 'data.missing: given with fill, allowed: one of the two' check gaps.yaml
spec "$all" 'epochs: 1' 'baseline: pca'
bad 2 'score.baseline: principal components need whole rows, but data.missing is ignore' check gaps.yaml
spec 'train: gaps.h5:all, missing: refuse' 'epochs: 1' 'error: mse'
sed -i 's/missing: ignore, //' gaps.yaml
bad 3 'found 3 missing values' check gaps.yaml
verdict
