#!/bin/bash
# jobs/adbench.sh: one table under both protocols, the published detectors next to it, the same command again, and bad options.
source "${HOURGLASS_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"
has_data adbench/40_vowels.npz || skip 'no adbench/40_vowels.npz below HOURGLASS_DATA'

mkdir -p tree/jobs tree/slurm tree/experiments tables few
cp "$source_tree"/jobs/adbench.sh tree/jobs/
cp "$source_tree"/slurm/program.sh tree/slurm/
cp "$source_tree"/experiments/adbench.yaml tree/experiments/
cp "$HOURGLASS_DATA"/adbench/40_vowels.npz few/
printf 'Dataset,Old,Older\nother,1,2\nVowels,51.5,49.5\n' >tables/DTE_aucroc_semi_mean.csv

# job ARGUMENT...: runs the job with standard output into `stdout`; its exit code
job() {
    count=$((count + 1))
    (cd tree && HOURGLASS=$hourglass timeout 900 bash jobs/adbench.sh "$@") >stdout 2>message
}

# --- both protocols; networks with one epoch
job "$folder/few" --seeds 2 --published "$folder/tables" -- --set epochs=1 || fail "the job ends with exit code $?"
says stdout '^half_in_order +ensemble +\+- +neighbours +adds$'
says stdout '^vowels +[0-9.]+ +- +84\.[0-9]+ +[+-][0-9.]+$'
says stdout '^half_shuffled +ensemble'
says stdout '^vowels +[0-9.]+ +[0-9]+\.[0-9]+ +9[0-9]\.[0-9]+ +[+-][0-9.]+$'
says stdout '^  Old +51\.50$'
says stdout '^no published results for half_shuffled: '
is 'runs' "$(ls -d tree/results/adbench/*/ | wc -l)" 3
is 'trials of a run' "$(ls tree/results/adbench/adbench-vowels-half_shuffled-2/trials | wc -l)" 25
good info "tree/results/adbench/adbench-vowels-half_in_order-1/run.h5"
go top tree/results/adbench/adbench-vowels-half_in_order-1:ensemble --csv
says stdout '^ensemble,'

# --- the same command again trains nothing
stamp=$(stat -c %Y tree/results/adbench/*/trials/*.h5 | paste -sd,)
job "$folder/few" --protocol half_in_order -- --set epochs=1 || fail "the job ends with exit code $? when it is repeated"
is 'trials that were there' "$(stat -c %Y tree/results/adbench/*/trials/*.h5 | paste -sd,)" "$stamp"

# --- bad options
while IFS='|' read -r arguments pattern; do
    # shellcheck disable=SC2086
    job $arguments
    is "exit code of $arguments" $? 2
    says message "$pattern"
done <<END
|which folder
$folder/none|none: no such folder
$folder/tables|no file NAME.npz
$folder/few --protocol both|allowed: half_in_order, half_shuffled
$folder/few --seeds 0|allowed: 1 to 99
$folder/few --seeds|a value is missing
$folder/few --fast|no such option
END

verdict
