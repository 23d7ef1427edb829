#!/bin/bash
# The bits of a trial hang neither on ranks nor on threads: weights, history and scores of every layout, byte by byte.
source "$(dirname "$0")/../lib.sh"

# layouts NAME OPTION...: runs NAME.yaml in every layout of up to four workers; its trial must be that of 1 x 1
layouts() {
    local name=$1 layout ranks threads each path
    shift
    good run "$name.yaml" "$@" -n 1 -t 1 --quiet --results r-1x1 || return
    for layout in 2x1 1x2 4x1 2x2 2x1x1 2x1x2 4x1x2; do # ranks x threads x ranks per trial, the third if asked for
        IFS=x read -r ranks threads each <<<"$layout"
        go run "$name.yaml" "$@" -n "$ranks" -t "$threads" ${each:+--ranks-per-trial "$each"} --quiet --results "r-$layout" ||
            { fail "$name $layout: exit code $?"; continue; }
        path=$(trial "r-$layout/$name")
        same "$(trial "r-1x1/$name")" "$path"
        is "ranks and threads of $layout" \
            "$("$hourglass" info "$path" | awk '$1 == "ranks" || $1 == "threads" {print $3}' | paste -sdx)" \
            "${each:-$ranks}x$threads"
    done
    rm -rf r-*
}

# --- small data with all that can be stored
tiny_data
tiny_spec >tiny.yaml
layouts tiny
layouts tiny --set data.validation=0.2 --set score.baseline=pca --set train.shards=8
good run tiny.yaml -n 1 -t 1 --set train.shards=16 --quiet --results one
good run tiny.yaml -n 8 -t 2 --set train.shards=16 --quiet --results sixteen # more workers than cores: slow, not wrong
same "$(trial one/tiny)" "$(trial sixteen/tiny)"
rm -rf one sixteen

# --- every optimizer, activation and loss
# swept OPTION...: a sweep over 1 x 1 and over 2 x 2
swept() {
    local path
    good run tiny.yaml "$@" -n 1 -t 1 --quiet --results one
    good run tiny.yaml "$@" -n 2 -t 2 --ranks-per-trial 2 --quiet --results four
    is "trials of $*" "$(cd four/tiny/trials && echo *)" "$(cd one/tiny/trials && echo *)"
    for path in one/tiny/trials/*.h5; do same "$path" "four/${path#one/}"; done
    rm -rf one four
}
swept --set sweep.over.train.optimizer='[sgd, adagrad, adadelta, rmsprop, adam, adamw, nadam]'
swept --set train.optimizer=sgd --set train.momentum=0.9 --set sweep.over.train.nesterov='[true, false]'
swept --set sweep.over.train.amsgrad='[true, false]' --set train.clip_value=0.01 --set train.schedule=cosine
swept --set sweep.over.train.clip_norm='[0.01, 1]' --set train.early_stopping=2 --set 'model.encoder[0].l2=0.1'
swept --set train.optimizer=rmsprop --set train.momentum=0.5 --set sweep.over.train.centered='[true, false]'
swept --set 'sweep.over.model.encoder[0].activation=[linear, relu, leaky_relu, elu, selu, sigmoid, tanh, softplus, hard_sigmoid, gelu, silu, softmax]'
swept --set sweep.over.train.loss='[huber, log_cosh, cosine, gaussian_nll]'
swept --set sweep.over.train.loss='[mse, mae]' --set sweep.over.score.error='[mse, mae, l2]'
swept --set score.error=binary_crossentropy --set score.threshold=best_f1
swept --set 'sweep.over.model.encoder[0].l1=[0, 0.01]' --set 'sweep.over.model.decoder[0].l2=[0, 0.01]' --set train.batch_size=7

swept --set 'model.encoder=[{gaussian: "${code}"}]' --set 'sweep.over.score.error=[elbo, reconstruction_probability]' \
    --set data.missing=ignore

# --- every layer: one by one on 1 x 2, 2 x 1 and 2 x 2
tiny_spec | sed 's/name: tiny/name: layers/; /^model:/,/sigmoid/d; s/binary_crossentropy/mse/; s/epochs: 3/epochs: 2/' >layers.yaml
cat >>layers.yaml <<'SPEC'
model: tied
models:
  tied: {encoder: [{dense: "${code}"}], decoder: [{dense: 6, tied: true, activation: sigmoid}]}
  contractive: {encoder: [{dense: 4, activation: tanh, contractive: 0.1}], decoder: [{dense: 6, tied: true}]}
  sparse: {encoder: [{dense: 4, activation: sigmoid, sparsity_beta: 0.1, activity_l1: 0.01}], decoder: [{dense: 6}]}
  constant: {encoder: [{dense: 4, kernel_initializer: constant, constant: 0.1, l1: 0.01}], decoder: [{dense: 6}]}
  dropout: {encoder: [{dropout: 0.3}, {dense: 4}, {dropout: 0.5}], decoder: [{dense: 6}]}
  gaussian_noise: {encoder: [{gaussian_noise: 0.5, clip: [0, 1]}, {dense: 4}], decoder: [{dense: 6}]}
  relative_noise: {encoder: [{gaussian_noise: {relative: [0.5, 1, 2]}}, {dense: 4}], decoder: [{dense: 6}]}
  swap_noise: {encoder: [{swap_noise: 0.3}, {dense: 4}], decoder: [{dense: 6}]}
  adversarial_noise: {encoder: [{adversarial_noise: 0.5, steps: 2}, {dense: 4}], decoder: [{dense: 6}]}
  masking_noise: {encoder: [{masking_noise: 0.3}, {dense: 4}], decoder: [{dense: 6}]}
  salt_and_pepper: {encoder: [{salt_and_pepper: 0.2}, {dense: 4}], decoder: [{dense: 6}]}
  batch_normalization: {encoder: [{dense: 4}, {batch_normalization: true}], decoder: [{dense: 6}]}
  layer_normalization: {encoder: [{dense: 4}, {layer_normalization: true}], decoder: [{dense: 6}]}
  gaussian: {encoder: [{gaussian: 3, warmup_epochs: 2}], decoder: [{dense: 6}]}
  lstm: {encoder: [{lstm: 4}], decoder: [{repeat_vector: 6}, {lstm: 1, return_sequences: true}]}
  gru: {encoder: [{gru: 4, bidirectional: true}], decoder: [{repeat_vector: 6}, {time_distributed_dense: 1}]}
  conv2d: {encoder: [{reshape: [2, 3]}, {conv2d: 3, kernel_size: 2, padding: same}], decoder: [{dense: 6}]}
  conv2d_transpose:
    encoder: [{reshape: [2, 3]}, {conv2d_transpose: 2, kernel_size: 3, strides: 2, padding: same}]
    decoder: [{flatten: true}, {dense: 6}]
  pooling: {encoder: [{reshape: [2, 3]}, {max_pooling2d: 2, padding: same}], decoder: [{dense: 6}]}
  average: {encoder: [{reshape: [2, 3]}, {average_pooling2d: 2, padding: same}], decoder: [{dense: 6}]}
  upsampling: {encoder: [{reshape: [2, 3]}, {upsampling2d: 2, interpolation: bilinear}], decoder: [{dense: 6}]}
  signals:
    encoder: [{conv1d: 2, kernel_size: 3, padding: same}, {max_pooling1d: 2}]
    decoder: [{upsampling1d: 2}, {average_pooling1d: 2}, {dense: 6}]
sweep:
  over:
    model: [tied, contractive, sparse, constant, dropout, gaussian_noise, relative_noise, swap_noise, masking_noise,
            adversarial_noise, salt_and_pepper, batch_normalization, layer_normalization, gaussian, lstm, gru, conv2d,
            conv2d_transpose, pooling, average, upsampling, signals]
SPEC
# every NAME OPTION...: the trials of NAME.yaml in every layout of two and four workers are those of 1 x 1
every() {
    local name=$1 layout path
    shift
    good run "$name.yaml" "$@" -n 1 -t 1 --quiet --results one
    for layout in '1 2' '2 1' '2 2'; do
        good run "$name.yaml" "$@" -n "${layout% *}" -t "${layout#* }" --ranks-per-trial "${layout% *}" --quiet --results other
        is "trials of $name $*" "$(cd "other/$name/trials" && echo *)" "$(cd "one/$name/trials" && echo *)"
        for path in "one/$name"/trials/*.h5; do same "$path" "other/${path#one/}"; done
        rm -rf other
    done
    rm -rf one
}
every layers
bad 2 'no layer of that name, allowed: dense, ' check tiny.yaml --set 'model.encoder=[{nothing: "${code}"}]'
for type in $(sed -n 's/.*no layer of that name, allowed: //p' message | tr -d ,); do
    grep -qE "\{$type: " layers.yaml || fail "no layer $type in layers.yaml"
done

# --- models without a decoder
tiny_spec | sed 's/name: tiny/name: kinds/; /^model:/,/sigmoid/d; s/binary_crossentropy/mse/; s/save: .*/save: [code]/' >kinds.yaml
cat >>kinds.yaml <<'SPEC'
model: svdd
models:
  noise_level: {kind: noise_level, encoder: [{gaussian_noise: {relative: {log_uniform: [0.5, 10]}}}, {dense: 1}]}
  svdd: {kind: svdd, hidden: [5], code: "${code}", activation: elu}
sweep: {over: {model: [noise_level, svdd]}}
SPEC
every kinds --set data.validation=0.2

# --- missing values, weights of features, sums
awk -F, -v OFS=, 'NR > 1 {for (i = 1; i <= 6; i++) if ((NR * 7 + i * 5) % 11 < 3) $i = ""} 1' tiny.csv >gaps.csv
good import gaps.csv --label kind -o data/gaps.h5:all
tiny_spec | sed 's/tiny/gaps/; s/^  scale/  missing: ignore\n&/; s/  epochs: 3/&\n  reduction: sum\n  feature_weights: [1, 0, 2, 1, 1, 0.5]/' >gaps.yaml
every gaps --set sweep.over.train.loss='[mse, mae, huber, log_cosh, cosine, gaussian_nll, binary_crossentropy]' --set train.clip_norm=1

# --- the nearest training rows, all or some of them
tiny_spec | sed 's/name: tiny/name: neighbours/; /^model:/,/sigmoid/d; /^variables:/d; /^score:/,$d' >neighbours.yaml
cat >>neighbours.yaml <<'SPEC'
model: {neighbours: {k: [2, 3, 8]}}
sweep: {over: {model.neighbours.distance: [mean, kth, local], model.neighbours.max_rows: [40, 50000]}}
SPEC
every neighbours

# --- windows over a series, of which some parts are too short
tiny_spec | sed 's/^name: tiny/name: windows/; s/^  scale/  window: {length: 4}\n&/; s/{dense: 6, activation: sigmoid}/{dense: 24, activation: sigmoid}/' >windows.yaml
every windows

# --- columns of text, whose errors have quantiles of their own
awk -F, -v OFS=, '{print $1, $2, NR == 1 ? "colour" : NR % 3 ? NR % 3 == 1 ? "red" : "green" : "blue"}' tiny.csv >text.csv
good import text.csv --one-hot auto -o data/text.h5:all
cat >text.yaml <<'SPEC'
data: {train: text.h5:all, scale: standard}
model: {encoder: [{dense: 2}], decoder: [{dense: 5}]}
train: {epochs: 2, shards: 4}
SPEC
every text

# --- the scores of an ensemble, whose members scale in different ways
good run tiny.yaml -n 1 -t 1 --quiet --results one --set train.epochs=30 --set sweep.over.data.scale='[min_max, robust, standard]' \
    --set train.loss=mse --set 'model.decoder[0].activation=linear'
good ensemble one/tiny
for data in data/tiny.h5:all tiny.csv; do
    good score one/tiny:ensemble $data -o one.h5 -n 1 -t 1 --force
    for layout in '1 2' '2 1' '2 2' '3 1'; do
        good score one/tiny:ensemble $data -o other.h5 -n "${layout% *}" -t "${layout#* }" --force
        same one.h5 other.h5
    done
done
rm -rf one

# --- the comparison can fail
good run tiny.yaml --quiet --results one
good run tiny.yaml --quiet --results seed --set train.seed=2
good run tiny.yaml --quiet --results bare --set score.save=null
differ "$(trial one/tiny)" "$(trial seed/tiny)" '^differs  model/encoder_0/kernel .* 24 of 24 elements'
differ "$(trial one/tiny)" "$(trial bare/tiny)" '^differs  scores/test/code .*first file alone'
differ "$(trial bare/tiny)" "$(trial one/tiny)" '^differs  scores/test/reconstruction .*second file alone'
is 'arrays of a trial' "$("$h5same" "$(trial one/tiny)" "$(trial one/tiny)" | tail -1)" '42 arrays the same, 0 differences'
if "$h5same" "$(trial one/tiny)" none.h5 >comparison 2>&1; then fail 'a missing file is the same'; fi

# --- more workers than shards
bad 2 '1 rank x 8 threads = 8 workers .* 4 virtual shards: use fewer .*--threads.* set train.shards to 8' run tiny.yaml -t 8
bad 2 '2 ranks x 4 threads = 8 workers .* set train.shards to 8' run tiny.yaml -n 2 -t 4 --ranks-per-trial 2
bad 2 '--ranks: found 8, but 1 trial with 4 virtual shards each .* work to 4: start 4, or raise train.shards' run tiny.yaml -n 8
bad 2 '--ranks: found 3, .* start 2$' run tiny.yaml -n 3
bad 2 '--ranks-per-trial: found 3, allowed: a power of two' run tiny.yaml -n 3 --ranks-per-trial 3
bad 2 '--threads: found 3, allowed: a power of two' run tiny.yaml -t 3
bad 2 '--ranks-per-trial: found 2, allowed: a divisor of the 3 ranks' run tiny.yaml -n 3 --ranks-per-trial 2

# --- the real thing
if has_data mnist && has_data fashion-mnist && has_data ctg; then
    good import "$HOURGLASS_DATA"/mnist/train-{images-idx3,labels-idx1}-ubyte.gz -o data/mnist.h5:train
    good import "$HOURGLASS_DATA"/mnist/t10k-{images-idx3,labels-idx1}-ubyte.gz -o data/mnist.h5:test
    good import "$HOURGLASS_DATA"/fashion-mnist/t10k-{images-idx3,labels-idx1}-ubyte.gz -o data/fashion-mnist.h5:test
    good import "$HOURGLASS_DATA/ctg/CTG_clean.csv" --label NSP --drop A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS -o data/ctg.h5:all
    cp "$source_tree"/experiments/{mnist-shoe,cardio}.yaml .
    layouts cardio --set train.shards=4 --set train.epochs=5 --set 'score.save=[code, reconstruction]'
    layouts mnist-shoe --set train.epochs=2 --set train.seed=1
else
    echo 'no mnist, fashion-mnist and ctg below $HOURGLASS_DATA: mnist-shoe and cardio are not tried'
fi
verdict
