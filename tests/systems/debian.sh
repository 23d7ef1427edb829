#!/bin/bash
# debian.sh RELEASE [quickstart|tests|all] [FOLDER]: the two commands of the README, in a fresh chroot of a release of Debian
# (bookworm, trixie) or Ubuntu (jammy, noble), on a clean clone of this tree. Without FOLDER, the chroot is temporary;
# a FOLDER is kept and used again. Needs root, debootstrap and the network; exit code 77 if one of them is missing.
#   MIRROR: default: that of this machine's apt, or of the release's own archive
set -u
source_tree=$(cd "$(dirname "$0")/../.." && pwd)
usage="usage: debian.sh bookworm|trixie|jammy|noble [quickstart|tests|all] [FOLDER]"
release=${1:-} part=${2:-quickstart} folder=${3:-}

skip() { echo "skipped: $*"; exit 77; }
case $release in
--help) sed -n '2,/^set/s/^# //p' "$0"; exit 0 ;;
bookworm | trixie) family=debian ;;
jammy | noble) family=ubuntu ;;
*) echo "$usage" >&2; exit 2 ;;
esac
case $part in quickstart | tests | all) ;; *) echo "$usage" >&2; exit 2 ;; esac
[ "$(id -u)" = 0 ] || skip 'a chroot needs root'
for tool in debootstrap unshare chroot git; do
    command -v $tool >/dev/null || skip "no $tool: apt-get install debootstrap util-linux coreutils git"
done
unshare --mount --pid --fork --mount-proc true 2>/dev/null || skip 'no mount namespaces here'

mirror() {
    [ -n "${MIRROR:-}" ] && { echo "$MIRROR"; return; }
    [ $family = ubuntu ] && { echo http://archive.ubuntu.com/ubuntu; return; }
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE '(https?|file)://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' '
}

# Ubuntu's parts besides main; and how this machine reaches its mirrors.
configure_apt() {
    local options=$folder/etc/apt/apt.conf.d/99host
    apt-config dump | grep -E '^Acquire::(http|https)::' >"$options"
    [ ! -s /etc/ssl/certs/ca-certificates.crt ] || {
        mkdir -p "$folder/etc/ssl/certs"
        cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    }
    cp /etc/resolv.conf "$folder/etc/resolv.conf" 2>/dev/null
    [ $family = debian ] || echo "deb $(mirror) $release main universe" >"$folder/etc/apt/sources.list"
    return 0
}

make_chroot() {
    local script=/usr/share/debootstrap/scripts/$release log=$folder.log url unchecked=()
    [ $family = debian ] || [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || unchecked=(--no-check-gpg)
    url=$(mirror)
    [ -n "$url" ] || skip 'no mirror in the configuration of apt: set MIRROR'
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/$([ $family = debian ] && echo sid || echo jammy)
    echo "== A chroot of $release in $folder"
    debootstrap --variant=minbase "${unchecked[@]}" "$release" "$folder" "$url" "$script" >"$log" 2>&1 || {
        tail -n 5 "$log"
        rm -f "$log"
        skip "debootstrap cannot make $release from here"
    }
    rm -f "$log"
    configure_apt
    touch "$folder/made"
}

# inside COMMAND...: in the chroot. The mounts are in a name space of their own, and end with the command, as do all its
# processes: what is removed afterwards is never a mount.
# shellcheck disable=SC2016
inside() {
    unshare --mount --pid --fork --kill-child --propagation private bash -c '
        root=$1
        shift
        mount -t proc proc "$root/proc" && mount -t sysfs -o ro sys "$root/sys" && mount -t tmpfs -o mode=755 dev "$root/dev" &&
            mkdir "$root/dev/shm" "$root/dev/pts" && mount -t tmpfs -o mode=1777 shm "$root/dev/shm" &&
            mount -t devpts -o newinstance,ptmxmode=0666 pts "$root/dev/pts" && ln -s pts/ptmx "$root/dev/ptmx" || exit 99
        for node in null zero full random urandom tty; do
            : >"$root/dev/$node" && mount --bind "/dev/$node" "$root/dev/$node" || exit 99
        done
        ln -s /proc/self/fd "$root/dev/fd"
        ln -s /proc/self/fd/0 "$root/dev/stdin"
        ln -s /proc/self/fd/1 "$root/dev/stdout"
        ln -s /proc/self/fd/2 "$root/dev/stderr"
        exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 ${HOURGLASS_DATA:+HOURGLASS_DATA=/data} "$@"
    ' inside "$folder" "$@" </dev/null
}

# The commit of HEAD and what is changed, without what Git ignores.
copy_tree() {
    rm -rf --one-file-system "$folder/srv/hourglass"
    git -c safe.directory="*" clone -q --no-hardlinks "$source_tree" "$folder/srv/hourglass" || exit 1
    (cd "$source_tree" && git ls-files -mo --exclude-standard -z | xargs -0r cp --parents -t "$folder/srv/hourglass" 2>/dev/null)
    rm -rf --one-file-system "$folder/data"
    [ -z "${HOURGLASS_DATA:-}" ] || cp -r "$HOURGLASS_DATA" "$folder/data"
}

temporary=
# shellcheck disable=SC2317
remove() {
    [ -z "$temporary" ] || grep -q " $temporary/" /proc/self/mounts || rm -rf --one-file-system "$temporary"
}
if [ -z "$folder" ]; then
    temporary=$(mktemp -d "${TMPDIR:-/tmp}/hourglass-$release-XXXXXX")
    chmod 755 "$temporary" # apt downloads as a user of its own
    folder=$temporary
    trap remove EXIT
    trap 'exit 130' INT TERM
else
    mkdir -p "$folder"
    folder=$(realpath "$folder")
fi

[ -e "$folder/made" ] || make_chroot
copy_tree
result=0
if [ "$part" != tests ]; then
    echo "== $release: bash jobs/quickstart.sh"
    inside bash -c 'cd /srv/hourglass && bash jobs/quickstart.sh && ls results/quickstart/run.h5' || result=$?
fi
if [ "$part" != quickstart ] && [ $result = 0 ]; then
    echo "== $release: bash tests/run.sh"
    inside bash -c 'cd /srv/hourglass && bash tests/run.sh' || result=$?
fi
inside bash -c 'cd /srv/hourglass && build/hourglass --version' || true
[ $result = 0 ] && echo "$release: passed" || echo "$release: exit code $result"
exit $result
