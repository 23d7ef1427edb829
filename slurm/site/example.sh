# What is particular to one cluster. Copy this file to slurm/site/<cluster>.sh, <cluster> being the name that
# `scontrol show config | grep ClusterName` prints (or what HOURGLASS_SITE says), and uncomment what is needed there.
# slurm/launch.sh reads it in every job and before the check on the login node; slurm/submit.sh reads it, too.
# shellcheck shell=bash disable=SC2034

# The compiler's and MPI's modules that the program was built with:
# module load gcc/12 openmpi/4.1 hdf5/1.12-parallel openblas/0.3

# Options that sbatch needs here: partition, account, quality of service.
# sbatch_options=(--partition=standard --account=my-project)

# Cores of a node: how many tasks an experiment gets that is submitted without a job file. Default: those of the login node.
# cores_per_node=64

# The interconnect. Debian's Open MPI leaves out UCX (/etc/openmpi/openmpi-mca-params.conf); on InfiniBand that costs most of
# the network's speed. `hourglass doctor` inside an allocation says whether it matters.
# export OMPI_MCA_pml=ucx OMPI_MCA_btl=self,vader OMPI_MCA_osc=ucx
# Ethernet with several networks: the one that all compute nodes share.
# export OMPI_MCA_btl_tcp_if_include=10.1.0.0/16 OMPI_MCA_oob_tcp_if_include=10.1.0.0/16

# Another way to start all ranks of the allocation than `srun --mpi=pmix`:
# launcher=(mpirun -q -n "${SLURM_NTASKS:-1}" --bind-to none)

# How often a job that stopped at a checkpoint may go back into the queue; 0 where requeueing is forbidden.
# export HOURGLASS_REQUEUES=20
