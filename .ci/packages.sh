#!/bin/bash
# Installs groups of packages, as root or through sudo; silent and offline if all are installed already.
#   .ci/packages.sh GROUP...          Debian, Ubuntu: installs with apt-get; elsewhere: prints the names
#   .ci/packages.sh --print GROUP...  only prints the command for this system; --print=apt, dnf or zypper for another one
#   .ci/packages.sh --yes GROUP...    installs with dnf or zypper, too
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
set -u
usage="usage: .ci/packages.sh [--print[=apt|dnf|zypper] | --yes] build | data | test | check | mpich | octave ..."

act='' system=''
case ${1:-} in
--help) sed -n '2,/^set/s/^# //p' "$0"; exit 0 ;;
--print | --yes) act=${1#--} && shift ;;
--print=*) act=print system=${1#--print=} && shift ;;
esac
if [ -z "$system" ]; then
    for system in apt-get dnf zypper none; do command -v "$system" >/dev/null && break; done
    system=${system%-get}
fi

# Nobody has tried the names of dnf and zypper yet: they were written down without a system to install them on.
# Names of the same thing in the order apt, dnf (Rocky 9 with EPEL and CRB), zypper (Leap 15.6); "-": it has none.
# MPICH goes by a group of its own, because it can be installed next to Open MPI.
table() {
    case $1 in
    build) cat <<'ROWS' ;; # compile and run hourglass
cmake cmake cmake
ninja-build ninja-build ninja
gcc gcc gcc
libc6-dev glibc-devel glibc-devel
pkg-config pkgconf-pkg-config pkg-config
openmpi-bin openmpi openmpi4
libopenmpi-dev openmpi-devel openmpi4-devel
libhdf5-openmpi-dev hdf5-openmpi-devel hdf5-openmpi4-devel
libopenblas-openmp-dev openblas-devel libopenblas_openmp-devel
libyaml-dev libyaml-devel libyaml-devel
libxxhash-dev xxhash-devel xxhash-devel
librandom123-dev Random123-devel -
libzip-dev libzip-devel libzip-devel
libcsv-dev libcsv-devel libcsv-devel
zlib1g-dev zlib-devel zlib-devel
libpng-dev libpng-devel libpng16-devel
libjpeg-dev libjpeg-turbo-devel libjpeg8-devel
ROWS
    mpich) cat <<'ROWS' ;; # the same with MPICH: cmake --preset mpich
mpich mpich mpich
libmpich-dev mpich-devel mpich-devel
libhdf5-mpich-dev hdf5-mpich-devel hdf5-mpich-devel
ROWS
    octave) echo octave octave octave ;; # for one test of interop/; brings a hundred packages, so it is a group of its own
    data) echo dataset-fashion-mnist - - ;;
    test) echo libcmocka-dev libcmocka-devel libcmocka-devel ;; # without it the tests are not built
    check) cat <<'ROWS' ;; # a test that misses one of these says so and is skipped
hdf5-tools hdf5 hdf5
python3-numpy python3-numpy python3-numpy
python3-h5py python3-h5py python3-h5py
python3-xarray - python3-xarray
python3-h5netcdf - -
python3-netcdf4 python3-netcdf4 python3-netCDF4
clang-format clang-tools-extra clang
shellcheck ShellCheck ShellCheck
groff-base groff-base groff
zsh zsh zsh
gzip gzip gzip
zip zip zip
time time time
git git git
slurmctld slurm-slurmctld slurm
slurmd slurm-slurmd slurm-node
slurm-client slurm slurm
munge munge munge
libpmix-dev pmix-devel pmix-devel
iproute2 iproute iproute2
faketime libfaketime libfaketime
debootstrap debootstrap debootstrap
ROWS
    *) return 1 ;;
    esac
}

# What a user of dnf or zypper must do besides; on standard error.
remark() {
    case $1 in
    dnf) cat <<'TEXT' ;;
Rocky 9, Alma 9: dnf install epel-release && dnf config-manager --set-enabled crb
RHEL 9: subscription-manager repos --enable codeready-builder-for-rhel-9-x86_64-rpms, and EPEL from fedoraproject.org
Afterwards: module load mpi/openmpi-x86_64 (or mpi/mpich-x86_64), which puts mpicc and mpirun into PATH.
TEXT
    zypper) cat <<'TEXT' ;;
openSUSE: libcsv and xxhash may need the repositories science and devel:libraries:c_c++.
Random123 has no package: unpack it from github.com/DEShawResearch/random123 and give cmake -DRANDOM123_INCLUDE=.../include
Afterwards: mpi-selector --set openmpi4, or the module gnu-openmpi of the HPC modules.
TEXT
    esac
}

column=0
case $system in apt) column=1 ;; dnf) column=2 ;; zypper) column=3 ;; none) system=apt column=1 act=print ;; esac
if [ $column = 0 ] || [ $# = 0 ]; then
    echo "$usage" >&2
    exit 2
fi
packages=()
for group; do
    rows=$(table "$group") || { echo "$usage" >&2; exit 2; }
    while read -r -a names; do
        [ "${names[column - 1]}" = - ] || packages+=("${names[column - 1]}")
    done <<<"$rows"
done

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
if [ "$act" = print ] || { [ "$system" != apt ] && [ "$act" != yes ]; }; then
    [ ${#packages[@]} -gt 0 ] || { echo "nothing to install: $system has no package of this" >&2; exit 0; }
    case $system in apt) command=apt-get ;; *) command=$system ;; esac
    echo "${as_root[*]}${as_root[*]:+ }$command install ${packages[*]}"
    remark "$system" >&2
    exit 0
fi
[ ${#packages[@]} -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || { echo "Neither root nor sudo: ask for these packages: ${packages[*]}" >&2; exit 1; }
if [ "$system" != apt ]; then
    remark "$system" >&2
    exec "${as_root[@]}" "$system" install -y "${packages[@]}"
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${missing[*]}"
# Old lists may still do: installing is what counts.
"${as_root[@]}" apt-get update -qq || echo "apt-get update failed: going on with the lists that are here" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" || {
    echo "apt-get could not install ${missing[*]}" >&2
    exit 1
}
