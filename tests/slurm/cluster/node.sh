#!/bin/bash
# node.sh DIR ACTION NODE: what happens to a node of up.sh's cluster
#   crash         the node loses power: slurmd, slurmstepd and all ranks die at once (ns mode)
#   boot          start the node again after crash
#   kill-slurmd   only slurmd is killed; running jobs continue (slurmstepd keeps them)
#   start-slurmd  start slurmd again; it finds its running jobs
#   enter CMD...  run CMD in the node's namespaces (ns mode)
set -u
[ $# -ge 3 ] || { sed -n '2,7p' "$0" >&2; exit 2; }
D=$(cd "$1" && pwd -P) || exit 1
act=$2 n=$3; shift 3
export PATH=$PATH:/usr/sbin:/sbin SLURM_CONF=$D/slurm.conf
. "$D/run/params" || exit 1
die() { echo "node.sh: $*" >&2; exit 1; }
starttime() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; set -- ${s##*) }; case $1 in [ZX]) return 1;; esac; echo "${20}"; }
alive() { local t; [ -s "$D/run/$1.pid" ] && read -r pid t <"$D/run/$1.pid" && [ "$(starttime "$pid")" = "$t" ]; }
children() { # of a pid (not every kernel has /proc/PID/task/PID/children)
  local f s
  for f in /proc/[0-9]*/stat; do
    s=$(cat "$f" 2>/dev/null) || continue
    set -- "$1" ${s##*) }; [ "$3" = "$1" ] && [ "$2" != Z ] && { f=${f#/proc/}; echo "${f%/stat}"; }
  done
}
child() { children "$1" | head -n 1; }    # of unshare: the namespace's pid 1
slurmds() { # pids (ours) of the slurmd processes of node $n: children of the namespace's pid 1
  local i c; i=$(child "$pid") || return
  for c in $(children "$i"); do
    case $({ tr '\0' ' ' <"/proc/$c/cmdline"; } 2>/dev/null) in slurmd\ -D\ -N\ $n\ *) echo "$c";; esac
  done
}
case $act in
crash)
  alive "$n" || die "$n is not running"
  kill -KILL "$pid"; while alive "$n"; do sleep 0.02; done ;;
boot)
  alive "$n" && die "$n is running"
  t0=$(date +%s)
  rm -rf "$D/spool/$n" "$D/tmp/$n"; mkdir -p "$D/spool/$n" "$D/tmp/$n"; chmod 1777 "$D/tmp/$n"
  if [ "$MODE" = ns ]; then
    set -- unshare $NSFLAGS "$D/bin/node-init" "$n"
  else set -- slurmd -D -N "$n" -f "$D/slurm.conf"; fi
  setsid "$@" </dev/null >>"$D/log/$n.out" 2>&1 &
  p=$!; disown $p; echo "$p $(starttime $p)" >"$D/run/$n.pid"
  for ((i = 0; i < 200; i++)); do     # wait for a registration later than this boot
    s=$(timeout 5 scontrol -o show node "$n" 2>/dev/null | sed -n 's/.*SlurmdStartTime=\([^ ]*\).*/\1/p')
    s=$(date -d "$s" +%s 2>/dev/null) && [ "$s" -ge "$t0" ] && timeout 5 sinfo -h -N -n "$n" -o %t | grep -qE '^(idle|mix|alloc|comp|drain|drng)$' && exit 0; sleep 0.05
  done
  die "$n did not come back: $(sinfo -h -N -n "$n" -o %t)" ;;
kill-slurmd)
  alive "$n" || die "$n is not running"
  if [ "$MODE" = ns ]; then
    p=$(slurmds); [ -n "$p" ] || die "no slurmd on $n"
    kill -KILL $p; while [ -n "$(slurmds)" ]; do sleep 0.02; done
  else kill -KILL "$pid"; while alive "$n"; do sleep 0.02; done; fi ;;
start-slurmd)
  if [ "$MODE" = ns ]; then
    alive "$n" || die "$n is not running"
    [ -z "$(slurmds)" ] || die "slurmd runs on $n"
    kill -HUP "$(child "$pid")"             # node-init starts another slurmd
  else
    alive "$n" && die "slurmd of $n runs"
    setsid slurmd -D -N "$n" -f "$D/slurm.conf" </dev/null >>"$D/log/$n.out" 2>&1 &
    p=$!; disown $p; echo "$p $(starttime $p)" >"$D/run/$n.pid"
  fi ;;
enter)
  [ "$MODE" = ns ] || die "needs ns mode"
  alive "$n" || die "$n is not running"
  u=; [ "$(id -u)" = 0 ] || u="--user --preserve-credentials"
  exec nsenter $u --target "$(child "$pid")" --uts --ipc --mount --pid --wd="$PWD" "$@" ;;
*) die "unknown action $act" ;;
esac
