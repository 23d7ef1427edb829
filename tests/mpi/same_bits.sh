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
swept --set sweep.over.train.loss='[huber, log_cosh, cosine, gaussian_nll]' --set data.missing=ignore
swept --set sweep.over.train.loss='[mse, mae]' --set sweep.over.score.error='[mse, mae, l2]'
swept --set score.error=binary_crossentropy --set score.threshold=best_f1
swept --set 'sweep.over.model.encoder[0].l1=[0, 0.01]' --set 'sweep.over.model.decoder[0].l2=[0, 0.01]' --set train.batch_size=7

# --- layers that draw random numbers, or take statistics of the shard
swept --set 'sweep.over.model.encoder[0]=[{dropout: 0.3}, {gaussian_noise: 0.5, clip: [0, 1]}, {masking_noise: 0.3}, {salt_and_pepper: 0.2}]'
swept --set 'sweep.over.model.encoder[0]=[{batch_normalization: true}, {layer_normalization: true}, {gaussian: 3, warmup_epochs: 2}]' \
    --set train.reduction=sum
swept --set 'model.encoder=[{gaussian: "${code}"}]' --set 'sweep.over.score.error=[elbo, reconstruction_probability]' \
    --set data.missing=ignore
swept --set 'sweep.over.model.encoder[0]=[{dense: 4, activation: sigmoid, sparsity_beta: 0.1, activity_l1: 0.01}]'
swept --set 'sweep.over.model.encoder[0]=[{lstm: 4}, {gru: 4, bidirectional: true}]' \
    --set 'model.decoder=[{repeat_vector: 6}, {lstm: 3, return_sequences: true}, {time_distributed_dense: 1, activation: sigmoid}]'
swept --set 'model.encoder=[{dense: "${code}"}]' --set 'sweep.over.model.decoder[0].tied=[true, false]' --set train.seed=3

# --- convolutions
images='[{reshape: [2, 3]}, {conv2d: "${code}", kernel_size: 2, padding: same, activation: elu}, {max_pooling2d: 2, padding: same}, {upsampling2d: 2}]'
larger='[{reshape: [2, 3]}, {conv2d_transpose: "${code}", kernel_size: 3, strides: 2, padding: same}, {conv2d: 1, kernel_size: 3}]'
signals='[{conv1d: "${code}", kernel_size: 3, padding: same}, {upsampling1d: 3}, {average_pooling1d: 2}, {flatten: true}]'
swept --set "sweep.over.model.encoder=[$images, $larger, $signals]"

# --- the comparison can fail
good run tiny.yaml --quiet --results one
good run tiny.yaml --quiet --results seed --set train.seed=2
good run tiny.yaml --quiet --results bare --set score.save=null
differ "$(trial one/tiny)" "$(trial seed/tiny)" '^differs  model/encoder_0/kernel .* 24 of 24 elements'
differ "$(trial one/tiny)" "$(trial bare/tiny)" '^differs  scores/test/code .*first file alone'
differ "$(trial bare/tiny)" "$(trial one/tiny)" '^differs  scores/test/reconstruction .*second file alone'
is 'arrays of a trial' "$("$h5same" "$(trial one/tiny)" "$(trial one/tiny)" | tail -1)" '32 arrays the same, 0 differences'
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
