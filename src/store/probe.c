// The self-test of MPI-IO: small collective writes that Open MPI's default is known to corrupt without a word.
//
// What makes it fail is that several ranks write into the same blocks of the file at once: columns of one array, of
// unequal widths, over a communicator with a topology, for which Open MPI chooses several aggregators.
#include "store/parallel.h"

#include "base/clock.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "comm/comm_mpi.h"
#include "store/store_impl.h"
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 16, COLUMNS = 3, SECONDS = 5 };

struct probe_columns {
    hsize_t first, mine, all;
};

static double probe_value(hsize_t row, hsize_t column, hsize_t all)
{
    return 0.5 + (double)(row * all + column);
}

static struct probe_columns probe_columns(const struct comm *comm)
{
    struct probe_columns c = {0};
    for (int rank = 0; rank < comm->size; rank++) {
        hsize_t n = COLUMNS + (hsize_t)(rank & 1);
        c.first += rank < comm->rank ? n : 0;
        c.mine = rank == comm->rank ? n : c.mine;
        c.all += n;
    }
    return c;
}

// Collective over grid.
static int write_once(MPI_Comm grid, const char *path, const struct probe_columns *c)
{
    double *mine = mem_new(ROWS * c->mine, sizeof *mine);
    for (hsize_t i = 0; i < ROWS; i++)
        for (hsize_t k = 0; k < c->mine; k++)
            mine[i * c->mine + k] = probe_value(i, c->first + k, c->all);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_fapl_mpio(access, grid, MPI_INFO_NULL);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    hid_t whole = H5Screate_simple(2, (hsize_t[]){ROWS, c->all}, NULL);
    hid_t part = H5Screate_simple(2, (hsize_t[]){ROWS, c->mine}, NULL);
    H5Sselect_hyperslab(whole, H5S_SELECT_SET, (hsize_t[]){0, c->first}, NULL, (hsize_t[]){ROWS, c->mine}, NULL);
    hid_t array = H5Dcreate2(file, "probe", H5T_NATIVE_DOUBLE, whole, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    int r = H5Dwrite(array, H5T_NATIVE_DOUBLE, part, whole, transfer, mine) < 0 ? -1 : 0;
    H5Dclose(array);
    H5Sclose(part);
    H5Sclose(whole);
    if (file < 0 || H5Fclose(file) < 0)
        r = -1;
    H5Pclose(transfer);
    H5Pclose(access);
    free(mine);

    return r;
}

static bool is_wrong(const char *path, const struct probe_columns *c)
{
    double *all = mem_new(ROWS * c->all, sizeof *all);
    hid_t access = library_access(false), file = H5Fopen(path, H5F_ACC_RDONLY, access);
    hid_t array = H5Dopen2(file, "probe", H5P_DEFAULT);
    bool wrong = H5Dread(array, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) < 0;

    for (hsize_t i = 0; i < ROWS * c->all && !wrong; i++)
        wrong = all[i] != probe_value(0, i, c->all);
    H5Dclose(array);
    H5Fclose(file);
    H5Pclose(access);
    free(all);

    return wrong;
}

int store_probe(const struct comm *comm, const char *path, int files, struct store_probe *p, struct err *e)
{
    MPI_Comm grid;
    struct probe_columns c = probe_columns(comm);
    int sides[2] = {0}, periods[2] = {0}, failed = 0, goes_on = 1;
    double begin = clock_wall();
    *p = (struct store_probe){0};
    library_setup();
    MPI_Dims_create(comm->size, 2, sides);
    MPI_Cart_create(comm_mpi(comm), 2, sides, periods, 0, &grid);

    while (goes_on && !failed) {
        int mine = write_once(grid, path, &c);
        MPI_Allreduce(&mine, &failed, 1, MPI_INT, MPI_MIN, grid);
        if (comm->rank == 0 && !failed) {
            p->wrong += is_wrong(path, &c);
            p->files++;
            goes_on = p->files < files && clock_wall() - begin < SECONDS;
        }
        MPI_Bcast(&goes_on, 1, MPI_INT, 0, grid);
    }
    MPI_Comm_free(&grid);
    if (comm->rank == 0)
        unlink(path);
    comm_broadcast(comm, 0, p, sizeof *p);

    return failed ? err_add(e, ERR_IO, "%s: cannot write it through MPI-IO", path) : 0;
}
