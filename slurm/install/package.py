# The Spack package: put it into a repository of your own as packages/hourglass/package.py, then `spack install hourglass`.
from spack.package import *


class Hourglass(CMakePackage):
    """Trains autoencoders that find anomalies, one or thousands, on a laptop or a cluster,
    and stores the reconstruction error of every sample in HDF5."""

    homepage = "https://github.com/hourglass/hourglass"
    git = "https://github.com/hourglass/hourglass.git"

    license("BSD-3-Clause")

    version("main", branch="main")

    depends_on("c", type="build")
    depends_on("cmake@3.22:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi@3:")
    depends_on("hdf5@1.10: +mpi +hl")
    depends_on("openblas threads=openmp")
    depends_on("libyaml")
    depends_on("xxhash")
    depends_on("random123")
    depends_on("libzip")
    depends_on("libcsv")
    depends_on("zlib-api")
    depends_on("libpng")
    depends_on("jpeg")

    def cmake_args(self):
        return [self.define("BUILD_TESTING", False)]
