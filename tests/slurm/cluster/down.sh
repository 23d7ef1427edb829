#!/bin/bash
# down.sh DIR: ends the cluster that up.sh DIR started; idempotent.
# Signals only processes recorded in DIR/run/*.pid (pid + start time) and, in
# plain mode, processes whose environment names DIR (slurmstepd and its tasks).
set -u
[ $# -eq 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
[ -d "$1" ] || exit 0
D=$(cd "$1" && pwd -P) || exit 1
export PATH=$PATH:/usr/sbin:/sbin SLURM_CONF=$D/slurm.conf
[ -d "$D/run" ] || exit 0
exec 9>"$D/.lock"; flock -w 60 9 || { echo "down.sh: $D/.lock is held" >&2; exit 1; }
MODE=plain; [ -s "$D/run/params" ] && . "$D/run/params"

starttime() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; set -- ${s##*) }; case $1 in [ZX]) return 1;; esac; echo "${20}"; }
environ() { { tr '\0' '\n' <"$1"; } 2>/dev/null; }
same() { [ "$(starttime "$1")" = "$2" ]; }
stop() { # NAME FIRST-SIGNAL SECONDS: signal, wait, then KILL
  local f=$D/run/$1.pid p t i
  [ -s "$f" ] && read -r p t <"$f" || return 0
  if same "$p" "$t"; then
    kill -"$2" "$p" 2>/dev/null
    for ((i = 0; i < $3 * 20; i++)); do same "$p" "$t" || break; sleep 0.05; done
    same "$p" "$t" && kill -KILL "$p" 2>/dev/null
    for ((i = 0; i < 100; i++)); do same "$p" "$t" || break; sleep 0.05; done
    same "$p" "$t" && { echo "down.sh: cannot end $1 (pid $p)" >&2; return 1; }
  fi
  rm -f "$f"
}
rc=0
# 0. the watcher, unless it is the one that runs us (it exec'd this script)
[ -s "$D/run/watch.pid" ] && read -r p _ <"$D/run/watch.pid" && [ "$p" != $$ ] && stop watch TERM 1
rm -f "$D/run/watch.pid"

# 1. plain mode has no namespace to end: let Slurm itself kill the jobs first
if [ "$MODE" = plain ] && [ -s "$D/run/slurmctld.pid" ] &&
   read -r p t <"$D/run/slurmctld.pid" && same "$p" "$t"; then
  timeout 5 scancel --quiet --user="$(id -un)" 2>/dev/null
  timeout 5 scancel --quiet --full --signal=KILL --user="$(id -un)" 2>/dev/null
  for ((i = 0; i < 100; i++)); do
    [ -z "$(timeout 5 squeue -h -t R,CG,S -o %i 2>/dev/null)" ] && break; sleep 0.1
  done
fi
# 2. nodes; in ns mode KILL of the recorded unshare takes the whole PID namespace
for f in "$D"/run/n[0-9]*.pid; do
  [ -e "$f" ] || continue
  n=${f##*/}; n=${n%.pid}
  if [ "$MODE" = ns ]; then stop "$n" KILL 5 || rc=1; else stop "$n" TERM 5 || rc=1; fi
done
stop slurmctld TERM 10 || rc=1
# 3. plain mode: whatever a dead slurmd left behind, known by its environment
# (slurmstepd has SLURM_CONF=DIR/slurm.conf from slurmd; tasks get it from slurmstepd)
if [ "$MODE" = plain ]; then
  for sig in TERM KILL; do
    left=
    for e in /proc/[0-9]*/environ; do
      p=${e#/proc/}; p=${p%/environ}
      [ "$p" = $$ ] && continue
      case $(readlink "/proc/$p/exe" 2>/dev/null) in */slurmstepd*) ;; *)
        environ "$e" | grep -q '^SLURM_JOB_ID=' || continue;; esac
      environ "$e" | grep -qxF "SLURM_CONF=$D/slurm.conf" || continue
      left=1; kill -$sig "$p" 2>/dev/null
    done
    [ -z "$left" ] && break
    sleep 0.5
  done
fi
stop munged TERM 5 || rc=1
[ $rc = 0 ] && rm -rf "$D/run" "$D/munge"
exit $rc
