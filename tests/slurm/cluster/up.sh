#!/bin/bash
# up.sh DIR: starts a private, real Slurm (munged, slurmctld, a slurmd per node) under DIR, on loopback only, as root or as a user.
# Does nothing if it is up already. Afterwards: . DIR/env.sh, and sbatch, srun, squeue work.
#
#   SLURM_UP_NODES=2      number of emulated nodes (n1, n2, ...)
#   SLURM_UP_CPUS=4       CPUs each node claims (may exceed the real ones)
#   SLURM_UP_MEM=4000     MiB each node claims
#   SLURM_UP_MODE=auto    ns:    every node in its own UTS/PID/mount/IPC namespace
#                         plain: no namespaces (needs OMPI btl self,tcp; see env.sh)
#                         auto:  ns when unshare works here, else plain
#   SLURM_UP_PORT=        first of NODES+1 TCP ports (default: a free range)
#   SLURM_UP_OWNER=       a pid; when that process is gone the cluster is taken down
#   SLURM_UP_CONF=        extra lines for slurm.conf (last one wins for most keys)
#   SLURM_UP_TIMEOUT=30   seconds to wait until all nodes are idle
set -u
here=$(cd "$(dirname "$0")" && pwd)
die() { echo "up.sh: $*" >&2; exit 1; }
[ $# -eq 1 ] || die "usage: up.sh DIR"
umask 022
mkdir -p "$1" || exit 1
D=$(cd "$1" && pwd -P) || exit 1
[ ${#D} -le 70 ] || die "DIR too long for unix sockets (max 70 characters): $D"
case $D in *[!A-Za-z0-9/._+-]*) die "DIR must have plain characters only: $D";; esac
export PATH=$PATH:/usr/sbin:/sbin
# Slurm resolves every address, numeric ones too, with AI_ADDRCONFIG: that fails when the machine
# has no IPv4 address but 127.0.0.1 (docker --network none, a bare network namespace)
if command -v ip >/dev/null && [ -z "$(ip -4 -o addr show 2>/dev/null | grep -v 'inet 127\.')" ]; then
  ip addr add 10.254.254.254/32 dev lo 2>/dev/null ||
    echo "up.sh: no IPv4 address but loopback: Slurm will not resolve; it needs another one" >&2
fi
for c in munged slurmctld slurmd sinfo flock; do
  command -v $c >/dev/null || die "$c not found (apt-get install slurmctld slurmd slurm-client munge)"
done
NODES=${SLURM_UP_NODES:-2} CPUS=${SLURM_UP_CPUS:-4} MEM=${SLURM_UP_MEM:-4000}
MODE=${SLURM_UP_MODE:-auto} TIMEOUT=${SLURM_UP_TIMEOUT:-30}
HOST=$(hostname -s) ME=$(id -un)

exec 9>"$D/.lock"; flock -w 120 9 || die "another up.sh or down.sh holds $D/.lock"

# -- process records: "pid starttime", so that a recycled pid is never signalled;
#    a zombie (pid 1 of a container may reap late, or never) counts as gone
starttime() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; set -- ${s##*) }; case $1 in [ZX]) return 1;; esac; echo "${20}"; }
alive() { local p t; [ -s "$D/run/$1.pid" ] && read -r p t <"$D/run/$1.pid" && [ "$(starttime "$p")" = "$t" ]; }
record() { local t; t=$(starttime "$2") || return 1; echo "$2 $t" >"$D/run/$1.pid"; }
spawn() { # NAME CMD...: own session, no inherited lock, output to log/NAME.out
  local n=$1; shift
  setsid "$@" </dev/null >>"$D/log/$n.out" 2>&1 9>&- &
  local p=$!; disown $p
  record "$n" $p || { cat "$D/log/$n.out" >&2; return 1; }
}
all_up() {
  local i
  alive munged && alive slurmctld || return 1
  for ((i = 1; i <= NODES; i++)); do alive n$i || return 1; done
}
nodes_idle() {
  local n
  n=$(SLURM_CONF=$D/slurm.conf timeout 5 sinfo -h -N -o '%N %t' 2>/dev/null |
      grep -cE ' (idle|mix|alloc|comp)$')
  [ "$n" -eq "$NODES" ]
}

if [ -s "$D/slurm.conf" ] && [ -s "$D/run/params" ]; then
  . "$D/run/params"                       # NODES MODE of the running cluster
  if all_up && nodes_idle; then echo "up.sh: already up: $D"; exit 0; fi
  exec 9>&-                               # let down.sh take the lock
  "$here/down.sh" "$D" || die "cannot clear the half-dead cluster in $D"
  exec 9>"$D/.lock"; flock -w 120 9 || die "lock"
  NODES=${SLURM_UP_NODES:-2} MODE=${SLURM_UP_MODE:-auto}
fi

NSFLAGS="--uts --ipc --mount --pid --fork --kill-child=KILL"
[ "$(id -u)" = 0 ] || NSFLAGS="--user --map-current-user --keep-caps $NSFLAGS"   # unprivileged
if [ "$MODE" = auto ]; then
  MODE=plain
  if unshare $NSFLAGS sh -c 'hostname nsprobe && mount -t tmpfs none /dev/shm && mount -t proc proc /proc' \
     >/dev/null 2>&1; then MODE=ns; fi
fi

rm -rf "$D/munge" "$D/state" "$D/spool" "$D/tmp" "$D/run"
mkdir -p "$D/munge" "$D/state" "$D/spool" "$D/tmp" "$D/run" "$D/log" "$D/bin" || exit 1
chmod 755 "$D/munge"
for ((i = 1; i <= NODES; i++)); do mkdir -p "$D/spool/n$i" "$D/tmp/n$i"; chmod 1777 "$D/tmp/n$i"; done
rm -f "$D"/log/*

# -- munge
(umask 077; head -c 1024 /dev/urandom >"$D/munge/key")
# --force: munged otherwise refuses root, and a /tmp that in a user namespace belongs to nobody
spawn munged munged --foreground --force --socket="$D/munge/sock" --key-file="$D/munge/key" \
  --pid-file="$D/munge/munged.pid" --log-file="$D/log/munged.log" --seed-file="$D/munge/seed" \
  || die "munged did not start"
for ((i = 0; i < 100; i++)); do
  munge -S "$D/munge/sock" -n >/dev/null 2>&1 && break; sleep 0.05
done
munge -S "$D/munge/sock" -n >/dev/null || { cat "$D/log/munged.out" >&2; die "munged does not answer"; }

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
pick_port() { # a base port with NODES+1 free ports above it, below the ephemeral range
  local b i try
  for ((try = 0; try < 50; try++)); do
    b=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    for ((i = 0; i <= NODES; i++)); do port_free $((b + i)) || continue 2; done
    echo $b; return 0
  done
  return 1
}

write_conf() { # PORT
  local i
  {
  cat <<CONF
ClusterName=test
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$1
SlurmUser=$ME
SlurmdUser=$ME
AuthType=auth/munge
CredType=cred/munge
# cred_expire also is the delay before a requeued job may start again (default 120 s)
AuthInfo=socket=$D/munge/sock,cred_expire=5
# bind to the node's address (loopback) rather than to any
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny,block_null_hash
SlurmctldPidFile=$D/run/slurmctld.self
SlurmdPidFile=$D/run/slurmd.%n.self
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd.%n.log
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool/%n
# with %n: else srun --mpi=pmix over two nodes of one host collides in /tmp
TmpFS=$D/tmp/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=pmix
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/none
# act at once: no batching of the scheduling of batch jobs (default 3 s), 1 s loops
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
PriorityType=priority/basic
# accounting: no database; finished jobs stay in squeue/scontrol for MinJobAge,
# and sacct -c reads the completion log
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobCompType=jobcomp/filetxt
JobCompLoc=$D/log/jobcomp.txt
MinJobAge=3600
# quick to notice a dead node, and to kill
SlurmdTimeout=10
MessageTimeout=5
SlurmctldTimeout=10
KillWait=3
UnkillableStepTimeout=20
InactiveLimit=0
WaitTime=0
JobRequeue=1
ReturnToService=2
MaxArraySize=10001
MaxJobCount=20000
SlurmdParameters=config_overrides
CONF
  [ -n "${SLURM_UP_CONF:-}" ] && printf '%s\n' "$SLURM_UP_CONF"
  for ((i = 1; i <= NODES; i++)); do
    echo "NodeName=n$i NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$(($1 + i)) CPUs=$CPUS RealMemory=$MEM State=UNKNOWN"
  done
  echo "PartitionName=main Nodes=ALL Default=YES DefaultTime=10 MaxTime=INFINITE State=UP"
  } >"$D/slurm.conf"
}

{ cat /etc/hosts; for ((i = 1; i <= NODES; i++)); do echo "127.0.0.1 n$i"; done; } >"$D/run/hosts"
# -- what runs as pid 1 of an emulated node (ns mode): it reaps orphans and keeps
#    the node alive while slurmd is restarted; when it is killed, all of the node dies
cat >"$D/bin/node-init" <<EOI
#!/bin/bash
n=\$1
hostname \$n
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs -o mode=1777 shm /dev/shm
mount --bind $D/run/hosts /etc/hosts     # slurmd must resolve its own hostname
slurmd -D -N \$n -f $D/slurm.conf &
echo \$! >$D/run/\$n.slurmd-nspid
trap 'slurmd -D -N '\$n' -f $D/slurm.conf & echo \$! >$D/run/'\$n'.slurmd-nspid' HUP  # HUP: new slurmd
while :; do wait; sleep 0.2; done
EOI
chmod 755 "$D/bin/node-init"

start_node() { # NAME
  if [ "$MODE" = ns ]; then spawn "$1" unshare $NSFLAGS "$D/bin/node-init" "$1"
  else spawn "$1" slurmd -D -N "$1" -f "$D/slurm.conf"; fi
}

export SLURM_CONF=$D/slurm.conf
ok=
for try in 1 2 3 4 5; do
  P=${SLURM_UP_PORT:-$(pick_port)} || die "no free ports"
  write_conf "$P"
  spawn slurmctld slurmctld -D -f "$D/slurm.conf" || die "slurmctld did not start"
  for ((i = 0; i < 40; i++)); do
    alive slurmctld || break
    scontrol ping 2>/dev/null | grep -q 'is UP' && { ok=1; break; }
    sleep 0.05
  done
  [ -n "$ok" ] && break
  echo "up.sh: slurmctld not up on port $P, try $try" >&2
  if alive slurmctld; then read -r p _ <"$D/run/slurmctld.pid"; kill -KILL "$p"; fi
  [ -n "${SLURM_UP_PORT:-}" ] && break
done
printf 'NODES=%s\nMODE=%s\nPORT=%s\nNSFLAGS="%s"\n' "$NODES" "$MODE" "$P" "$NSFLAGS" >"$D/run/params"
if [ -z "$ok" ]; then
  tail -n 20 "$D/log/slurmctld.out" >&2; exec 9>&-; "$here/down.sh" "$D"; die "slurmctld failed"
fi
for ((i = 1; i <= NODES; i++)); do start_node n$i; done

{
echo "export SLURM_CONF=$D/slurm.conf"
echo "export OMPI_MCA_orte_tmpdir_base=$D/tmp          # mpirun's session directories"
[ "$(id -u)" = 0 ] && echo "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
cat <<'ENV'
# more ranks than cores: give the core up while waiting, and do not bind
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
# the default ("mixed") and tree fences of Slurm 22.05's PMIx plugin let ranks leave a
# fence early: 2-12 % of multi-node srun --mpi=pmix starts then segfault in MPI_Init
export SLURM_PMIX_FENCE=ring
# Debian's openmpi-mca-params.conf has osc = ^pt2pt: without it one-sided MPI between
# nodes fails over TCP (MPI_ERR_WIN); pt2pt does not work with MPI_THREAD_MULTIPLE
export OMPI_MCA_osc=sm,pt2pt
# ranks and daemons talk over loopback only
export OMPI_MCA_btl_tcp_if_include=127.0.0.0/8 OMPI_MCA_oob_tcp_if_include=127.0.0.0/8
ENV
if [ "$MODE" = plain ]; then
  echo "# nodes share one hostname and /dev/shm: shared-memory transport would clash"
  echo "export OMPI_MCA_btl=self,tcp OMPI_MCA_pml=ob1"
else
  echo "export OMPI_MCA_btl=self,vader,tcp OMPI_MCA_pml=ob1"
fi
} >"$D/env.sh"

ok=
for ((i = 0; i < TIMEOUT * 20; i++)); do
  all_up || break
  nodes_idle && { ok=1; break; }
  sleep 0.05
done
if [ -z "$ok" ]; then
  for f in "$D"/log/*.out; do echo "== $f"; tail -n 15 "$f"; done >&2
  exec 9>&-
  "$here/down.sh" "$D"
  die "the nodes did not come up"
fi
if [ -n "${SLURM_UP_OWNER:-}" ]; then
  t=$(starttime "$SLURM_UP_OWNER") || die "no such owner: $SLURM_UP_OWNER"
  spawn watch bash -c 'st() { local s; s=$(cat /proc/$1/stat 2>/dev/null) || return 1; set -- ${s##*) }; case $1 in [ZX]) return 1;; esac; echo "${20}"; }
    while [ "$(st "$1")" = "$2" ]; do sleep 0.5; done; exec "$3" "$4"' \
    slurm-watch "$SLURM_UP_OWNER" "$t" "$here/down.sh" "$D"
fi
echo "up.sh: $NODES nodes x $CPUS CPUs, mode $MODE, port $P: . $D/env.sh"
