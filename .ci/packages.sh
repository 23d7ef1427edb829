#!/bin/bash
# Installs groups of Debian packages, as root or through sudo; silent and offline when all are there already.
#   .ci/packages.sh GROUP...
set -u
usage="usage: .ci/packages.sh build | data | test | check ..."
packages=()
for group; do
    case $group in
    build) # compile and run hourglass
        packages+=(cmake ninja-build gcc libc6-dev pkg-config openmpi-bin libopenmpi-dev libhdf5-openmpi-dev
            libopenblas-openmp-dev libyaml-dev libxxhash-dev librandom123-dev libzip-dev libcsv-dev zlib1g-dev libpng-dev
            libjpeg-dev)
        ;;
    data) packages+=(dataset-fashion-mnist) ;;
    test) packages+=(libcmocka-dev) ;; # without it the tests are not built
    check) # a test that misses one of these says so and is skipped
        packages+=(hdf5-tools python3-numpy python3-pil python3-h5py python3-xarray python3-h5netcdf python3-netcdf4
            clang-format shellcheck groff-base zsh gzip zip time git slurmctld slurmd slurm-client munge libpmix-dev
            iproute2 faketime)
        ;;
    *)
        echo "$usage" >&2
        exit 2
        ;;
    esac
done
[ ${#packages[@]} -gt 0 ] || { echo "$usage" >&2; exit 2; }

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian: what is needed goes by these names there: ${packages[*]}"
    exit 0
fi
missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
    [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Neither root nor sudo: ask for these packages: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
# Old lists may still do: installing is what counts.
"${as_root[@]}" apt-get update -qq || echo "apt-get update failed: going on with the lists that are here" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" || {
    echo "apt-get could not install ${missing[*]}" >&2
    exit 1
}
