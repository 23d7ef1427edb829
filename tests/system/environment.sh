#!/bin/bash
# Environment variables that say something unknown are errors that list what is allowed; a submission without a Slurm
# controller says so.
. "$(dirname "$0")/../lib.sh"

tiny_data
tiny_spec >tiny.yaml
HOURGLASS_KERNELS=bogus bad 2 "HOURGLASS_KERNELS: found 'bogus', allowed on this CPU: .*plain" run tiny.yaml -n 1
HOURGLASS_KERNELS='' bad 2 "HOURGLASS_KERNELS: found ''" check tiny.yaml
HOURGLASS_OVERLAP=yes bad 2 "HOURGLASS_OVERLAP: found 'yes', allowed: 0 1" run tiny.yaml -n 1
HOURGLASS_KERNELS=plain HOURGLASS_OVERLAP=0 good run tiny.yaml -n 1 -t 1 --quiet

mkdir bin
printf '#!/bin/bash\necho "Unable to contact slurm controller (connect failure)" >&2\nexit 1\n' >bin/scontrol
cp bin/scontrol bin/sbatch
chmod +x bin/*
PATH=$PWD/bin:$PATH HOURGLASS=$hourglass bash "$source_tree/slurm/submit.sh" "$source_tree/jobs/cardio.sh" >stdout 2>message
is 'exit code of submit.sh without a controller' $? 1
says message 'submit: no Slurm controller answers: Unable to contact'
verdict
