#!/bin/bash
# Two nodes, which are network namespaces, joined by a link of 1 Gbit/s, and by one with 50 microseconds of delay: a trial has the
# bits that it has on one rank, with the sum of gradients during the backward pass (which several nodes get by themselves) and
# behind it.
source "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || skip "network namespaces need root"
[ "$mpi" = 'Open MPI 4' ] || skip "netlab starts daemons of Open MPI 4 only"
for tool in ip tc unshare cc; do command -v $tool >/dev/null || skip "no $tool: apt-get install iproute2 util-linux gcc"; done
net=$source_tree/tests/mpi/netlab/netlab.sh
nodes=$(mktemp -d /tmp/hg-nodes-XXXXXX)
trap '"$net" down "$nodes" >/dev/null 2>&1; rm -rf "$folder" "$nodes"' EXIT
tiny_data

# weights enough for pieces of their own and for parts, among small layers; batches and rows that no number of shards divides
cat >wide.yaml <<'SPEC'
name: tiny
data: {train: tiny.h5:all, split: {test: 0.3, seed: 1}, normal: [0], scale: min_max}
model:
  encoder: [{dense: 1024, activation: tanh}, {dense: 400, activation: relu}, {dense: 3}]
  decoder: [{dense: 400, activation: relu}, {dense: 1024, activation: relu}, {dense: 6, activation: sigmoid}]
train: {loss: binary_crossentropy, batch_size: 18, epochs: 3, shards: 4, clip_norm: 1}
score: {save: [code]}
SPEC
sed 's/, clip_norm: 1//' wide.yaml >unclipped.yaml
good run wide.yaml -n 1 --results one
one=$(trial one/tiny)

# on_nodes RANKS OVERLAP RESULTS: a run over both nodes, on $threads threads a rank
threads=1
on_nodes() {
    count=$((count + 1))
    SLOTS=$(($1 / 2)) timeout -k 5 1200 "$net" mpirun "$nodes" -n "$1" ${2:+-x HOURGLASS_OVERLAP=$2} "$hourglass" run "$folder/$spec.yaml" \
        -t $threads --results "$folder/$3" >stdout 2>message || fail "on $1 ranks over 2 nodes: exit code $?"
    same "$one" "$(trial "$3/tiny")"
}
"$net" up "$nodes" 2 1gbit >stdout 2>message || skip "no network namespaces here: $(head -n 1 message)"
spec=wide
on_nodes 2 '' shaped-2
on_nodes 4 '' shaped-4
on_nodes 2 0 behind
threads=2 on_nodes 2 '' clipped-2x2
good run unclipped.yaml -n 1 --results unclipped
one=$(trial unclipped/tiny)
spec=unclipped
on_nodes 2 '' unclipped-2
on_nodes 2 0 unclipped-behind
threads=2 on_nodes 2 '' unclipped-2x2
"$net" down "$nodes"
if [ -e /dev/net/tun ]; then
    VSWITCH="-d 50 -r 1000" "$net" up "$nodes" 2 >stdout 2>message || fail "netlab with delay"
    on_nodes 2 1 delayed
else
    echo "no /dev/net/tun: the link with delay is left out"
fi
verdict
