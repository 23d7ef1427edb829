#!/bin/bash
# The lints can fail: each is run over a small tree that is right, then over the same tree with one thing wrong.
set -u
lints=$(cd "$(dirname "$0")" && pwd)
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
command -v git >/dev/null || { echo "skipped: no git"; exit 77; }
folder=$(mktemp -d /tmp/hourglass-XXXXXX) || exit 1
trap 'rm -rf "$folder"' EXIT
failures=0
count=0

fail() {
    echo "FAILED: $1"
    sed 's/^/    /' "$folder/said"
    failures=$((failures + 1))
}

# plant: a tree of four modules in which every rule is kept
plant() {
    rm -rf "$folder/tree"
    mkdir -p "$folder"/tree/src/{base,comm,spec,store} "$folder/tree/tests" && cd "$folder/tree" || exit 1
    cp "$lints/../../.clang-format" .
    printf '%s\n' '# Map' '' '| floor | module | what | third party |' '|---|---|---|---|' \
        '| 0 | `base/` | words | xxHash `xxhash.h`, Random `Random123/` |' '| 1 | `comm/` | ranks | MPI `mpi.h` |' \
        '| 1 | `spec/` | trees | libyaml `yaml.h` |' '| 2 | `store/` | files | HDF5 `hdf5.h` `hdf5_hl.h` |' \
        '' '## The files' '- **`base/`** `base`: numbers' '- **`comm/`** `comm`: ranks' '- **`spec/`** `spec_read`: trees' \
        '- **`store/`** `write`: files' >src/README.md
    printf '%s\n' '// Names.' '#pragma once' '' '#include <sys/stat.h>' 'int base_one(void);' >src/base/base.h
    printf '%s\n' '// Numbers.' '#include "base/base.h"' '#include <Random123/philox.h>' '#include <xxhash.h>' '' \
        'int base_one(void)' '{' '    return 1;' '}' >src/base/base.c
    printf '%s\n' '// MPI itself.' '#pragma once' '' '#include <mpi.h>' >src/comm/comm_impl.h
    printf '%s\n' '// Ranks.' '#include "comm/comm_impl.h"' '' 'MPI_Comm comm_world(void)' '{' '    return MPI_COMM_WORLD;' \
        '}' >src/comm/comm.c
    printf '%s\n' '// Trees.' '#include "base/base.h"' '#include <yaml.h>' >src/spec/spec_read.c
    printf '%s\n' '// HDF5 itself.' '#pragma once' '' '#include <hdf5.h>' >src/store/store_impl.h
    printf '%s\n' '// Files.' '#include "store/store_impl.h"' '#include <hdf5_hl.h>' >src/store/write.c
    printf '%s\n' '#!/bin/bash' 'echo run' >tests/run.sh
    mkdir -p jobs slurm/site experiments
    printf '%s\n' '# Launches.' >slurm/launch.sh && cp slurm/launch.sh slurm/site/example.sh
    printf '%s\n' 'name: shoe' >experiments/shoe.yaml
    printf '%s\n' '#!/bin/bash' '#SBATCH --job-name=shoe' '#SBATCH --nodes=1' '#SBATCH --ntasks-per-node=1' \
        '#SBATCH --cpus-per-task=1' '#SBATCH --time=00:30:00' '#SBATCH --signal=B:USR1@180' '#SBATCH --requeue' \
        '#SBATCH --open-mode=append' '#SBATCH --output=results/%x-%j.log' \
        'exec bash slurm/launch.sh experiments/shoe.yaml "$@"' >jobs/shoe.sh
    printf '%s\n' '| file | what | must show | measured |' '|---|---|---|---|' '| `shoe.yaml` | a | b | c |' >experiments/README.md
    echo '| `shoe.sh` | the experiment |' >jobs/README.md
    git init -q . && git add -A
}

# good LINT
good() {
    count=$((count + 1))
    plant
    HOURGLASS_SOURCE='' bash "$lints/$1.sh" "$folder/tree" >"$folder/said" 2>&1
    case $? in
    0) ;;
    77) skipped="$skipped $1" ;;
    *) fail "$1 complains where nothing is wrong" ;;
    esac
}

# bad LINT PATTERN COMMAND: after the command, the lint fails and a line of what it says matches
bad() {
    [[ " $skipped " != *" $1 "* ]] || return
    count=$((count + 1))
    plant
    eval "$3"
    git add -A
    bash "$lints/$1.sh" "$folder/tree" >"$folder/said" 2>&1
    [ $? = 1 ] || fail "$1 does not see: $3"
    grep -qE -- "$2" "$folder/said" || fail "$1: nothing says /$2/"
}

# function_of LINES NAME: a function that long
function_of() { echo "void $2(void)"; echo '{'; for ((i = 3; i < $1; i++)); do echo "    $2();"; done; echo '}'; }

skipped=
for lint in floors doors functions files page names circles english format opens shell words jobs experiments; do good $lint; done

bad help 'tests/run.sh: does not know --help' 'echo "# Tests." >tests/run.sh'
bad opens 'src/spec/spec_read.c:[0-9]+: opens a file for reading' "echo 'FILE *f = fopen(path, \"r\");' >>src/spec/spec_read.c"
bad opens 'src/spec/spec_read.c:[0-9]+: opens a file for reading' "echo 'int f = open(path, O_RDONLY);' >>src/spec/spec_read.c"
bad floors 'src/base/base.c:[0-9]+: base/ \(floor 0\) includes "comm/comm_impl.h" \(floor 1\)' \
    "echo '#include \"comm/comm_impl.h\"' >>src/base/base.c"
bad floors 'spec/ \(floor 1\) includes "comm/comm_impl.h" \(floor 1\)' "echo '#include \"comm/comm_impl.h\"' >>src/spec/spec_read.c"
bad floors 'named by its module' "echo '#include \"base.h\"' >>src/base/base.c"
bad floors 'for the files of spec/ only' "echo '#  include \"spec/spec_impl.h\"' >>src/store/write.c"
bad floors 'no row for nn/' 'mkdir src/nn'
bad floors 'there is no src/spec/' 'rm -r src/spec'
bad floors 'no table' 'echo >src/README.md'

bad jobs 'no line .#SBATCH --requeue' "sed -i /requeue/d jobs/shoe.sh"
bad jobs 'does not hand over' "sed -i 's/^exec //' jobs/shoe.sh"
bad jobs 'slurm/launch.sh alone' "sed -i '2i # srun' jobs/shoe.sh"
bad jobs 'slurm/launch.sh: names experiments/shoe.yaml' "echo '# shoe' >>slurm/launch.sh"

bad doors 'src/spec/spec_read.c:4: <hdf5.h>: its door is src/store/' "echo '#include <hdf5.h>' >>src/spec/spec_read.c"
bad doors '<Random123/threefry.h>: its door is src/base/' "echo '#include <Random123/threefry.h>' >>src/comm/comm.c"
bad doors '<png.h>: not the C library' "echo '#include <png.h>' >>src/store/write.c"
bad doors 'write.c:4: MPI_COMM_WORLD' "echo 'int w = MPI_COMM_WORLD;' >>src/store/write.c"
bad doors 'one file, not for' "echo '#include <yaml.h>' >>src/spec/other.c"
bad doors 'no table' 'echo >src/README.md'

bad functions 'src/base/base.c:10: long_one: 61 lines, over 60' 'function_of 61 long_one >>src/base/base.c'
bad functions 'tests/t.c:1: long_one: 61 lines' 'function_of 61 long_one >tests/t.c'
bad functions 'median 13 lines' 'for i in 1 2 3; do function_of 13 f$i; done >>src/base/base.c'
bad functions '83 % under 30' 'for n in 5 5 5 30; do function_of $n f; done >>src/base/base.c'
bad functions 'no function' "sed -i 's/^{//' src/*/*.c"

bad page 'base.c:10: packed: 18 lines without a blank line' 'function_of 18 packed >>src/base/base.c'
bad page 'base.c:12: 2 conditional operators' "printf '%s\n' 'int pick(int a)' '{' '    return a ? 1 : a + 1 ? 2 : 3;' '}' >>src/base/base.c"
bad page 'base.c:10: many_of: 7 parameters, at most 6' "printf '%s\n' 'void many_of(int a, int b, int c, int d, int e, int f, int g)' '{' '}' >>src/base/base.c"
bad page '0.0 % of the lines inside functions are blank' 'for i in {1..60}; do function_of 12 f$i; done >>src/base/base.c'
bad page '0 assertions per 1000 lines' 'for i in {1..60}; do function_of 12 f$i; done >>src/base/base.c'

bad names 'function find_it: .*base.c.*spec_read.c' "printf '%s\n' 'static int find_it(void)' '{' '    return 1;' '}' | tee -a src/base/base.c >>src/spec/spec_read.c"
bad names 'union trees: .*: one name for one thing' "echo 'struct trees {int n;};' | sed 's/{/{\n/' | tee -a src/base/base.h >>src/comm/comm_impl.h"
bad names 'base.c:10: find\(\) says too little' "printf '%s\n' 'static int find(void)' '{' '    return 1;' '}' >>src/base/base.c"

bad circles 'a circle: .*src/spec/(one|two).c' "for f in one:two two:one; do printf '%s\n' '// Circle.' \"#include \\\"spec/\${f#*:}.h\\\"\" \"int \${f%:*}_do(void)\" '{' \"    return \${f#*:}_do();\" '}' >src/spec/\${f%:*}.c; printf '%s\n' '// Circle.' '#pragma once' \"int \${f%:*}_do(void);\" >src/spec/\${f%:*}.h; done"
bad circles 'src/store/write.c: calls base_one\(\) and does not include "base/base.h"' "printf '%s\n' 'int write_one(void)' '{' '    return base_one();' '}' >>src/store/write.c"

bad english "base.c:10: 'hangs on': write depends on" "echo '// It hangs on the time.' >>src/base/base.c"
bad english "base.c:10: 'whole number': write integer" "echo 'char *x = \"a whole number\";' >>src/base/base.c"
bad english "README.md:[0-9]+: 'goes on': write continues" "echo 'It goes on.' >>src/README.md"

bad files 'base.h: a second file' 'cp src/base/base.h src/spec/'
bad files 'spec_read.c: the first line' "sed -i 1d src/spec/spec_read.c"
bad files 'spec_read.c: 503 lines' "yes '// x' | head -n 500 >>src/spec/spec_read.c"
bad files 'base.h: a header without' 'sed -i 2d src/base/base.h'
bad files 'base.c:10: a tab' "printf '\tint x;\n' >>src/base/base.c"
bad files 'README.md:15: white space' "echo 'x ' >>src/README.md"
bad files 'README.md:15: a conflict' "printf '%s HEAD\n' '<<<<<<<' >>src/README.md"
bad files 'run.sh: no newline' 'printf x >>tests/run.sh'
bad files 'src/spec/other.c: not named in the section' "echo '// Other.' >src/spec/other.c"
bad files 'src/store/write.c: not named in the section' "sed -i 's/.write.: files/\`spec_read\`, files/' src/README.md"
bad files 'src/comm/comm.c: not named in the section' "sed -i 's/^## The files/## Files/' src/README.md"
bad files 'src/spec/node.c: named in the section' "sed -i 's/.spec_read.:/\`spec_read\`, \`node\`:/' src/README.md"
bad files 'notes: not one of' 'mkdir notes && echo x >notes/x'

bad format 'base.c:10: clang-format' "echo 'int  x;' >>src/base/base.c"
bad shell 'run.sh:3:[0-9]+: error: Iterating over ls' "echo 'for f in \$(ls); do echo \$f; done' >>tests/run.sh"

bad words 'src/README.md:15:.*: a path of one machine' "echo /ho''me/me/x >>src/README.md"
bad words 'make theirs with mktemp' "echo 'x=\"/t''mp/out\"' >>tests/run.sh"
bad words 'a host of one network' "echo https://build.example.inter''nal/ >>src/README.md"
bad words 'write an issue' "echo '// TO''DO x' >>src/base/base.c"

bad experiments 'experiments/README.md: no row `two.yaml`' 'echo "name: two" >experiments/two.yaml'
bad experiments 'no jobs/two.sh for experiments/two.yaml' 'echo "name: two" >experiments/two.yaml'
bad experiments 'says nothing in one of its columns' "sed -i 's/| c |/| |/' experiments/README.md"
bad experiments 'jobs/shoe.sh: does not run experiments/shoe.yaml' "sed -i 's/shoe.yaml/two.yaml/' jobs/shoe.sh"
bad experiments 'no line #SBATCH --job-name=shoe' "sed -i 2d jobs/shoe.sh"
bad experiments 'jobs/README.md: nothing on `shoe.sh`' 'echo >jobs/README.md'
bad experiments 'a row `shoe.yaml`, and no such' 'git rm -qf experiments/shoe.yaml'
bad experiments '`shoe.sh`, and no such job' 'git rm -qf jobs/shoe.sh'

echo "$count checks of the lints, $failures failed; skipped:${skipped:- none}"
[ $failures = 0 ]
