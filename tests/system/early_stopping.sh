#!/bin/bash
# Early stopping gives the model the weights of its best epoch: those of a run that ends there. Running statistics too.
source "$(dirname "$0")/../lib.sh"

tiny_data
# A rate so large that losses go up and down; batches that leave no shard a single row.
tiny_spec | sed 's/tanh}/tanh}\n    - {batch_normalization: true, momentum: 0.5}/; s/  normal:/  validation: 0.2\n&/
    s/batch_size: 18/batch_size: 19/; s/epochs: 3/epochs: 20\n  optimizer: sgd\n  learning_rate: 20/' >tiny.yaml

# stops OPTION...: runs; the model must be that of as many epochs as it says. `epochs` were done, `kept` is the best one.
stops() {
    local path
    rm -rf results short
    good run tiny.yaml --quiet "$@"
    path=$(trial results/tiny)
    "$hourglass" info "$path" >about
    epochs=$(awk '$1 == "train_loss" {gsub(/[()]/, ""); print $3; exit}' about)
    kept=$(awk '$1 == "weights_epoch" {print $3; exit}' about)
    good run tiny.yaml --quiet --set train.epochs="$kept" --results short
    "$h5same" "$path" "$(trial short/tiny)" history provenance scores >comparison 2>&1
    is "what differs from $kept epochs: $*" "$(grep '^differs' comparison | grep -cv 'attribute \(spec\|trial\|configuration\):')" 0
    says comparison '^same +model/encoder_1/moving_mean'
}

stops --set train.early_stopping=4
is 'epochs after the best one' $((epochs - kept)) 4
first=$kept
stops --set train.early_stopping=4 -n 2 -t 2 --ranks-per-trial 2
is 'best epoch on 2 x 2' "$kept" "$first"
stops --set train.early_stopping=19 # all epochs are done, and the best one is kept all the same
is 'epochs' "$epochs" 20
[ "$kept" -lt 20 ] || fail 'the last epoch is the best one: nothing was tried'
stops --set train.early_stopping=4 --set train.restore_best=false
is 'weights of the last epoch' "$kept" "$epochs"
stops --set train.early_stopping=1 --set train.monitor=train_loss
is 'epochs after the best training loss' $((epochs - kept)) 1
verdict
