#!/bin/bash
# aarch64.sh [FOLDER [CTEST_OPTION]...]: cross-builds for 64-bit ARM and runs the unit tests under qemu-user.
# The libraries are Debian's packages for arm64 of this machine's release, unpacked into FOLDER/sysroot; FOLDER is kept and
# used again; without it a temporary one is made. Needs Debian or Ubuntu, gcc-aarch64-linux-gnu, qemu-user and the network;
# exit code 77 if one of them is missing.
set -eu -o pipefail
[[ ${1:-} != --help ]] || exec sed -n '2,/^[^#]/{/^#SBATCH/d;s/^# \{0,1\}//p}' "$0"
source_tree=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-}
[ $# = 0 ] || shift
packages="libc6-dev libopenmpi-dev libhdf5-openmpi-dev libopenblas-openmp-dev libyaml-dev libxxhash-dev librandom123-dev libzip-dev
    libcsv-dev zlib1g-dev libpng-dev libjpeg-dev libcmocka-dev libgomp1"

skip() { echo "skipped: $*"; exit 77; }
for tool in aarch64-linux-gnu-gcc qemu-aarch64 apt-get dpkg-deb cmake ninja; do
    command -v $tool >/dev/null || skip "no $tool: apt-get install gcc-aarch64-linux-gnu qemu-user cmake ninja-build"
done
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
folder=$(realpath "$folder")
sysroot=$folder/sysroot

# apt for another architecture, with lists, cache and state of its own: nothing of this machine's packages changes.
foreign_apt() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State="$folder/apt/state" \
        -o Dir::State::status="$folder/apt/state/status" -o Dir::Cache="$folder/apt/cache" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User=root "$@"
}

make_sysroot() {
    mkdir -p "$folder"/apt/state/lists/partial "$folder"/apt/cache/archives/partial "$sysroot"/usr/{lib,bin,sbin}
    : >"$folder/apt/state/status"
    foreign_apt update || skip 'apt-get update failed'
    # shellcheck disable=SC2086  # a list
    foreign_apt install -y --no-install-recommends --download-only $packages || skip 'no packages for arm64 from here'
    ln -sfn usr/lib "$sysroot/lib"
    ln -sfn usr/bin "$sysroot/bin"
    ln -sfn usr/sbin "$sysroot/sbin"
    local package
    for package in "$folder"/apt/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$sysroot"
    done
    # what update-alternatives would link
    local libraries=$sysroot/usr/lib/aarch64-linux-gnu
    ln -sf openblas-openmp/libopenblas.so.0 "$libraries/libopenblas.so.0"
    touch "$sysroot/made"
}
[ -e "$sysroot/made" ] || { echo "== Packages for arm64"; make_sysroot; }

cat >"$folder/toolchain.cmake" <<-TOOLCHAIN
	set(CMAKE_SYSTEM_NAME Linux)
	set(CMAKE_SYSTEM_PROCESSOR aarch64)
	set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
	set(CMAKE_SYSROOT $sysroot)
	set(CMAKE_FIND_ROOT_PATH $sysroot)
	set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
	set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
	set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
	set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
	set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L $sysroot)
	set(ENV{PKG_CONFIG_LIBDIR} $sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:$sysroot/usr/share/pkgconfig)
	set(ENV{PKG_CONFIG_SYSROOT_DIR} $sysroot)
TOOLCHAIN
libraries=$sysroot/usr/lib/aarch64-linux-gnu
echo "== Building for aarch64"
log=$folder/build.log
# MPI's and HDF5's compiler wrappers are programs of the other machine: their answers are given here.
if ! { cmake -S "$source_tree" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DHOURGLASS_WERROR=ON \
    -DCMAKE_TOOLCHAIN_FILE="$folder/toolchain.cmake" -DCMAKE_BUILD_RPATH="$libraries/openblas-openmp" \
    -DMPI_C_COMPILER=aarch64-linux-gnu-gcc -DMPI_C_COMPILER_INCLUDE_DIRS="$libraries/openmpi/include" -DMPI_C_LIB_NAMES=mpi \
    -DMPI_mpi_LIBRARY="$libraries/openmpi/lib/libmpi.so" -DMPIEXEC_EXECUTABLE="$(command -v mpirun || echo mpirun)" \
    -DHDF5_ROOT="$libraries/hdf5/openmpi" -DHDF5_NO_FIND_PACKAGE_CONFIG_FILE=ON -DHDF5_C_COMPILER_EXECUTABLE=NOTFOUND \
    -DHDF5_C_INCLUDE_DIR="$sysroot/usr/include/hdf5/openmpi" -DHDF5_hdf5_LIBRARY_RELEASE="$libraries/hdf5/openmpi/libhdf5.so" \
    -DHDF5_hdf5_hl_LIBRARY_RELEASE="$libraries/hdf5/openmpi/libhdf5_hl.so" &&
    cmake --build "$folder/build" -j "$(nproc)"; } >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "aarch64: it cannot be built: see above, and $log"
    exit 1
fi

qemu-aarch64 -L "$sysroot" "$folder/build/hourglass" --version
[ $# -gt 0 ] || set -- -R '^unit/'
ctest --test-dir "$folder/build" -j "$(nproc)" --output-on-failure "$@"
