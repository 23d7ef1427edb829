#!/bin/bash
#SBATCH --job-name=get-data
#SBATCH --ntasks=1
#SBATCH --time=00:30:00
# Imports every data set that is found into experiments/data/, and downloads MNIST where it is not.
#
#   bash jobs/get-data.sh [--only fashion-mnist | --only mnist] [DIR]
#
# DIR holds mnist/, fashion-mnist/, ctg/, cardio/, ecg5000/, adbench/, tables-text/, skab/, nab/. Default: $HOURGLASS_DATA, then ../shared/data
# next to the repository. Fashion-MNIST also comes from Debian's package dataset-fashion-mnist. slurm/program.sh
# finds the program. A file that exists is left alone: remove it to import it again.
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -euo pipefail
root=$(cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" && pwd)
hourglass=${HOURGLASS:-}
if [ -z "$hourglass" ]; then
    # shellcheck source=slurm/program.sh
    . "$root/slurm/program.sh"
    hourglass=$(find_program "$root")
fi
data=$root/experiments/data
debian=/usr/share/datasets/fashion-mnist
mnist_url=https://ossci-datasets.s3.amazonaws.com/mnist

only=
if [ "${1:-}" = --only ]; then
    only=${2:-}
    [ "$only" = mnist ] || [ "$only" = fashion-mnist ] || { echo "get-data: --only: mnist or fashion-mnist" >&2; exit 2; }
    shift 2
fi
if [ $# -gt 0 ]; then
    folders=("$1")
    [ -d "$1" ] || { echo "get-data: $1: no such folder" >&2; exit 2; }
else
    folders=(${HOURGLASS_DATA:+"$HOURGLASS_DATA"} "$root/../shared/data")
fi
command -v "$hourglass" >/dev/null || { echo "get-data: no program $hourglass: build it first (cmake --preset release && cmake --build build)" >&2; exit 2; }
mkdir -p "$data"
unfinished=$data/.get-data.$$.h5 # a file takes its name when all its splits are in it
downloads=$data/.get-data.$$.download
trap 'rm -rf "$data"/.*get-data.$$.*' EXIT # the program's temporary included
trap 'exit 130' INT TERM
failures=0

# find PATH: the first folder that has it
find_data() {
    local folder
    for folder in "${folders[@]}"; do
        [ -e "$folder/$1" ] && { echo "$folder/$1"; return; }
    done
    return 1
}

# make NAME SPLIT ARGUMENT... [-- SPLIT ARGUMENT...]: NAME.h5 with these splits
make_set() {
    local name=$1 split argument arguments
    shift
    [ -e "$data/$name.h5" ] && return
    rm -f "$unfinished"
    while [ $# -gt 0 ]; do
        split=$1
        arguments=()
        for argument in "${@:2}"; do
            [ "$argument" = -- ] && break
            arguments+=("$argument")
        done
        echo "$name.h5:$split"
        if ! "$hourglass" import "${arguments[@]}" -o "$unfinished:$split" | sed 's/^[^ ]*:[^: ]*: /    /'; then
            echo "get-data: $name.h5 was not made" >&2
            failures=$((failures + 1))
            return
        fi
        shift $((1 + ${#arguments[@]}))
        [ $# -gt 0 ] && shift
    done
    mv "$unfinished" "$data/$name.h5"
}

# make_images NAME FOLDER: the four files of MNIST and its kin
make_images() {
    make_set "$1" train "$2"/train-images-idx3-ubyte.gz "$2"/train-labels-idx1-ubyte.gz -- \
        test "$2"/t10k-images-idx3-ubyte.gz "$2"/t10k-labels-idx1-ubyte.gz
}

fetch() { # URL FILE
    if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 10 --max-time 600 -o "$2" "$1"
    elif command -v wget >/dev/null; then
        wget -q --timeout=10 --tries=2 -O "$2" "$1"
    else
        echo 'get-data: neither curl nor wget is installed' >&2
        return 1
    fi
}

download_mnist() {
    local file
    mkdir -p "$downloads"
    cat >"$downloads/SHA256SUMS" <<-'SUMS'
	440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609  train-images-idx3-ubyte.gz
	3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c  train-labels-idx1-ubyte.gz
	8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6  t10k-images-idx3-ubyte.gz
	f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6  t10k-labels-idx1-ubyte.gz
	SUMS
    while read -r _ file; do
        fetch "$mnist_url/$file" "$downloads/$file" || return 1
    done <"$downloads/SHA256SUMS"
    (cd "$downloads" && sha256sum --quiet -c SHA256SUMS)
}

get_mnist() {
    local folder
    [ -e "$data/mnist.h5" ] && return
    if folder=$(find_data mnist); then
        make_images mnist "$folder"
    elif echo "mnist: downloading from $mnist_url" && download_mnist; then
        make_images mnist "$downloads"
    else
        echo 'get-data: MNIST was not found and could not be downloaded' >&2
    fi
}

get_fashion_mnist() {
    local folder
    if folder=$(find_data fashion-mnist); then
        make_images fashion-mnist "$folder"
    elif [ -d "$debian" ]; then
        make_images fashion-mnist "$debian"
    else
        echo 'get-data: Fashion-MNIST was not found: apt install dataset-fashion-mnist' >&2
    fi
}

[ "$only" = fashion-mnist ] || get_mnist
[ "$only" = mnist ] || get_fashion_mnist
[ -z "$only" ] || exit $((failures > 0))
if file=$(find_data ctg/CTG_clean.csv); then
    make_set ctg all "$file" --label NSP --drop A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS
    # a fifth of all entries but the label is taken out, by random numbers that are the same everywhere
    awk -F, -v OFS=, 'NR > 1 {for (i = 1; i < NF; i++) {s = (s * 69069 + 12345) % 2147483648; if (s < 429496729.6) $i = "NA"}} 1' \
        "$file" >"$unfinished.csv"
    make_set ctg-missing all "$unfinished.csv" --label NSP --drop A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS
    rm -f "$unfinished.csv"
fi
if file=$(find_data cardio/6_cardio.npz); then
    make_set cardio all "$file"
fi
if file=$(find_data ecg5000/ecg.csv); then
    make_set ecg5000 all "$file" --header no --label 141 # 1: normal
fi

# The tables of UCI's Adult have no header, and labels with a dot at the end in the test set.
get_adult() {
    local folder=$1 part header
    header=age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex
    header+=,capital-gain,capital-loss,hours-per-week,native-country,income
    for part in train test; do
        { echo $header; sed 's/\.$//; /^$/d' "$folder/adult-$part.csv"; } >"$unfinished.$part.csv"
    done
    make_set adult train "$unfinished.train.csv" --label income --drop fnlwgt --one-hot auto -- \
        test "$unfinished.test.csv" --label income --like "$unfinished:train"
    rm -f "$unfinished".*.csv
}

# label_windows WINDOWS.json NAME: the series on standard input with a column `anomaly`, 1 inside of the windows of NAME
label_windows() {
    awk -v name="\"$2\":" '
        FNR == NR {
            if (index($0, "\"") && index($0, ".csv")) is_here = index($0, name) > 0
            else if (is_here && split($0, part, "\"") == 3) limit[n++] = substr(part[2], 1, 19)
            next
        }
        FNR == 1 { sub(/\r$/, ""); print $0 ",anomaly"; next }
        {
            sub(/\r$/, "")
            time = substr($0, 1, 19)
            inside = 0
            for (i = 0; i < n; i += 2) if (time >= limit[i] && time <= limit[i + 1]) inside = 1
            print $0 "," inside
        }' "$1" -
}

# Every series of the Numenta Anomaly Benchmark is a split: artificialNoAnomaly/art_noisy.csv is nab.h5:art_noisy.
get_nab() {
    local folder=$1 file splits=()
    [ -e "$data/nab.h5" ] && return
    mkdir -p "$unfinished.nab"
    for file in "$folder"/data/*/*.csv; do
        name=$(basename "$file" .csv)
        label_windows "$folder/labels/combined_windows.json" "${file#"$folder"/data/}" <"$file" >"$unfinished.nab/$name.csv"
        splits+=(-- "$name" "$unfinished.nab/$name.csv" --time timestamp --label anomaly)
    done
    make_set nab "${splits[@]:1}"
    rm -rf "$unfinished.nab"
}

if folder=$(find_data tables-text); then
    get_adult "$folder"
    make_set german all "$folder/german.csv" --label 21 --one-hot auto      # 1: good credit
    make_set horse-colic all "$folder/horse-colic.csv" --label 24 --id 3    # 1: surgical lesion; the hospital's number
fi
if folder=$(find_data skab); then
    make_set skab train "$folder/anomaly-free/anomaly-free.csv" --time datetime -- \
        test "$folder"/other/*.csv --time datetime --label anomaly --drop changepoint
fi
if folder=$(find_data nab); then
    get_nab "$folder"
fi
if folder=$(find_data adbench); then
    for file in "$folder"/*.npz; do
        name=$(basename "$file" .npz)
        [ -e "$file" ] && make_set "adbench-${name#*_}" all "$file" # 25_musk.npz: adbench-musk.h5
    done
fi

echo
printf '%-34s %10s\n' "in $data" bytes
for file in "$data"/*.h5; do
    [ -e "$file" ] && printf '%-34s %10s\n' "$(basename "$file")" "$(stat -c %s "$file")"
done
[ "$failures" = 0 ]
