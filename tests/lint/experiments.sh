#!/bin/bash
# Experiments: each has a job that runs it and a row in experiments/README.md, each job a word in jobs/README.md; and no
# README speaks of one that is not there.
source "$(dirname "$0")/lint.bash"
mapfile -t specs < <(tree_files '^experiments/[^/]*\.yaml$' | sed 's,.*/,,; s,\.yaml$,,')
mapfile -t jobs < <(tree_files '^jobs/[^/]*\.sh$' | sed 's,.*/,,')
[ ${#specs[@]} -gt 0 ] || complain "no experiments/*.yaml"

for name in "${specs[@]}"; do
    row=$(grep -E "^\| \`$name\.yaml\` \|" experiments/README.md)
    if [ -z "$row" ]; then
        complain "experiments/README.md: no row \`$name.yaml\`"
    elif ! awk -F' *[|]' '{for (i = 2; i <= 5; i++) if ($i !~ /[^ ]/) exit 1}' <<<"$row"; then
        complain "experiments/README.md: \`$name.yaml\`: says nothing in one of its columns"
    fi
    if [ ! -f "jobs/$name.sh" ]; then
        complain "no jobs/$name.sh for experiments/$name.yaml"
    elif ! grep -qE "experiments/$name\.yaml( |$)" "jobs/$name.sh"; then
        complain "jobs/$name.sh: does not run experiments/$name.yaml"
    elif ! grep -qx "#SBATCH --job-name=$name" "jobs/$name.sh"; then
        complain "jobs/$name.sh: no line #SBATCH --job-name=$name"
    fi
done
for job in "${jobs[@]}"; do
    grep -qF "\`$job\`" jobs/README.md || complain "jobs/README.md: nothing on \`$job\`"
done
while read -r name; do
    [ -f "experiments/$name" ] || complain "experiments/README.md: a row \`$name\`, and no such experiment"
done < <(sed -nE 's/^\| `([^`/]+\.yaml)` \|.*/\1/p' experiments/README.md)
while read -r name; do
    [ -f "jobs/$name" ] || complain "jobs/README.md: \`$name\`, and no such job"
done < <(grep -oE '`[^`/]+\.sh`' jobs/README.md | tr -d '`')
verdict "${#specs[@]} experiments, ${#jobs[@]} jobs"
