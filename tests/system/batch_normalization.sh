#!/bin/bash
# Batch normalization over a single row, which has no statistics, is refused: in full batches, the last one, any shard.
source "$(dirname "$0")/../lib.sh"

tiny_csv 200 | cut -d, -f1-6 >tiny.csv
mkdir data
good import tiny.csv -o data/tiny.h5:all || exit 1

# spec BATCH SHARDS ROWS [LAYER]
spec() {
    cat >spec.yaml <<-SPEC
	name: normal
	data: {train: {from: "tiny.h5:all", rows: "0:$3"}}
	model:
	  encoder: [{dense: 4}, ${4:-{batch_normalization: true\}}, {dense: 2}]
	  decoder: [{dense: 6}]
	train: {epochs: 1, batch_size: $1, shards: $2}
	SPEC
}

# refused: check refuses the spec, and what it proposes is valid
refused() {
    local hint
    bad 2 'spec.yaml:[56]:[0-9]+: .*batch_normalization has statistics of a shard.s rows.*hint: train' check spec.yaml
    hint=$(sed -n 's/.*hint: //p' message)
    # shellcheck disable=SC2046
    good check spec.yaml $(tr ',' '\n' <<<"$hint" | sed -n 's/ *\(train[a-z_.]*\): \([0-9]*\).*/--set \1=\2/p')
}

spec 1 1 200 && refused  # every batch is one row
spec 10 1 101 && refused # the last batch is one row
spec 8 8 200 && refused  # every shard has one row
spec 16 4 66 && refused  # 66 rows: some shard's last batch has one
spec 100 2 101 && refused
spec 10 1 100 && good check spec.yaml
spec 16 4 64 && good check spec.yaml
spec 1 1 100 '{layer_normalization: true}' && good check spec.yaml
spec 1 1 100 '{batch_normalization: false}' && good check spec.yaml
spec 1 1 100 '{reshape: [4, 1]}, {batch_normalization: true}, {flatten: true}' && good check spec.yaml # four positions
spec 1 1 100 && good check spec.yaml --set train.epochs=0                                            # nothing is trained

verdict
