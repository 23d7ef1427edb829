#!/bin/bash
# Scalings of columns whose spread double cannot hold: an error that names the column, never a column that is lost in silence.
source "$(dirname "$0")/../lib.sh"

# values VALUE: 50 rows of which one has VALUE in column b
values() { awk -v value="$1" 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) print rand() "," (i == 8 ? value : rand())}'; }
# wide SCALE: 50 rows whose values double can hold and their squares not
wide() { awk 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) printf "%.6e,%.6e\n", rand() * 1e200, rand() * 1e200}'; }
narrow() { awk 'BEGIN {srand(1); print "a,b"; for (i = 1; i <= 50; i++) printf "%.6fe-310,%.6fe-310\n", rand(), rand()}'; }

# experiment FILE SCALE
experiment() {
    good import "$1.csv" -o "data/$1.h5:all" --force
    printf '%s\n' "name: $1-$2" "data: {train: '$1.h5:all', scale: $2}" 'model: {encoder: [{dense: 1}], decoder: [{dense: 2}]}' \
        'train: {epochs: 1}' >"$1-$2.yaml"
}

mkdir -p data
values 1.7976931348623157e308 >largest.csv
values 1e200 >large.csv
wide >wide.csv
narrow >narrow.csv
values 1 >usual.csv

for scale in standard min_max; do
    experiment largest $scale
    bad 3 "data.scale: column 'b' of train has values from .* to 1.79769e\\+308, whose spread double precision cannot hold; hint: .*import --missing" \
        run largest-$scale.yaml -n 1 -t 1
    experiment narrow $scale
    bad 3 "data.scale: column 'a' of train has values from .*e-31" check narrow-$scale.yaml
    experiment usual $scale
    good run usual-$scale.yaml -n 1 -t 1
done
experiment large standard
bad 3 "data.scale: column 'b' of train has values from .* to 1e\\+200" run large-standard.yaml -n 1 -t 1
experiment wide standard
bad 3 "data.scale: column 'a' of train" check wide-standard.yaml
says message "data.scale: column 'b' of train"
experiment wide min_max # whose arithmetic holds these
good run wide-min_max.yaml -n 1 -t 1
verdict
