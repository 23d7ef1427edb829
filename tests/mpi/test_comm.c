// Groups of ranks: sums in the order of the tree, bit for bit; errors agreed upon; parts joined.
// links: comm kernels base
// ranks: 4
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "comm/comm.h"
#include "kernels/kernels.h"
#include "mpi_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, LONGEST = 4099 };

// Element i of the vector of a shard, or of a rank: of such sizes that every other order gives other bits somewhere.
static real element(int shard, size_t i)
{
    real unit = random_unit(random_at(3, RANDOM_SAMPLE, (uint32_t)shard, i).v[0]) - (real)0.5;
    return unit * (real)(1 << (i + 5 * (size_t)shard) % 17);
}

static real literal_tree(int first, int shards, size_t i)
{
    if (shards == 1)
        return element(first, i);
    real left = literal_tree(first, shards / 2, i), right = literal_tree(first + shards / 2, shards / 2, i);
    return left + right;
}

// As training does it: each rank sums its own neighbouring shards, then the ranks theirs.
static void check_tree(const struct comm *comm, int shards, size_t n)
{
    int own = shards / comm->size;
    real *shard[SHARDS], *v = mem_new(n + 1, sizeof *v), *room = mem_new(n / 2 + 2, sizeof *room);
    for (int s = 0; s < own; s++) {
        shard[s] = mem_new(n + 1, sizeof **shard);
        for (size_t i = 0; i < n; i++)
            shard[s][i] = element(own * comm->rank + s, i);
    }
    v[n] = room[n / 2 + 1] = (real)-7.5; // nobody writes behind the ends
    kernels()->tree_sum(n, own, (const real *const *)shard, v);
    comm_tree_sum(comm, n, v, room);
    CHECK(v[n] == (real)-7.5 && room[n / 2 + 1] == (real)-7.5);
    for (size_t i = 0; i < n; i++) {
        real wanted = literal_tree(0, shards, i);
        CHECK(memcmp(&v[i], &wanted, sizeof wanted) == 0, "%d shards on %d ranks, %zu of %zu: %a, not %a", shards,
            comm->size, i, n, (double)v[i], (double)wanted);
    }
    for (int s = 0; s < own; s++)
        free(shard[s]);
    free(v);
    free(room);
}

static void test_tree(const struct comm *comm)
{
    static const size_t lengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 17, 1000, LONGEST};
    for (int shards = comm->size; shards <= SHARDS; shards *= 2)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            check_tree(comm, shards, lengths[i]);
}

// The order matters: a sum from left to right has other bits, or the test above would show nothing.
static void test_order_shows(void)
{
    int differ = 0;
    for (size_t i = 0; i < LONGEST; i++) {
        real sum = 0;
        for (int s = 0; s < SHARDS; s++)
            sum += element(s, i);
        differ += sum != literal_tree(0, SHARDS, i);
    }
    CHECK(differ > LONGEST / 20, "%d", differ);
}

// Messages of all ranks, in their order, equal ones once, the same everywhere.
static void test_agree(const struct comm *comm)
{
    struct err none = {0}, one = {0}, all = {0}, *seen;
    CHECK(comm_agree(comm, &none) == 0 && none.count == 0);
    if (comm->rank == comm->size - 1)
        err_add(&one, ERR_DATA, "only the last");
    CHECK(comm_agree(comm, &one) == -1);
    CHECK(one.count == 1 && one.kind == ERR_DATA && strcmp(one.text, "only the last\n") == 0, "%s", one.text);
    err_add(&all, ERR_USAGE, "of all");
    err_add(&all, ERR_IO, "of rank %d", comm->rank);
    CHECK(comm_agree(comm, &all) == -1);
    CHECK(all.count == 1 + comm->size && all.kind == ERR_USAGE, "%d: %s", all.count, all.text);
    struct text wanted = {0};
    for (int r = 0; r < comm->size; r++)
        text_add(&wanted, "%sof rank %d\n", r == 0 ? "of all\n" : "", r);
    CHECK(strcmp(all.text, wanted.data) == 0, "%s", all.text);
    text_free(&wanted);
    seen = mem_new(1, sizeof *seen);
    *seen = all;
    comm_broadcast(comm, 0, seen, sizeof *seen);
    CHECK(seen->count == all.count && strcmp(seen->text, all.text) == 0);
    free(seen);
}

// More messages than there is room for: none is lost from the count.
static void test_agree_many(const struct comm *comm)
{
    enum { EACH = 150 };
    struct err e = {0};
    for (int i = 0; i < EACH; i++)
        err_add(&e, ERR_DATA, "rank %d, message %d: %050d", comm->rank, i, i);
    CHECK(e.hidden > 0);
    CHECK(comm_agree(comm, &e) == -1);
    CHECK(e.count == EACH * comm->size, "%d", e.count);
    int lines = 0;
    for (const char *at = e.text; *at; at = strchr(at, '\n') + 1)
        lines++;
    CHECK(e.hidden == e.count - lines, "%d hidden, %d lines", e.hidden, lines);
}

// Parts of an array, one element in turn from each rank: values of any bits come through.
static void test_join(const struct comm *comm)
{
    enum { N = 1003 };
    static const double special[] = {-0.0, NAN, INFINITY, 5e-324, -1.5, 1e308};
    double mine[N] = {0}, other[N], wanted[N];
    for (int i = 0; i < N; i++) {
        wanted[i] = i % 7 < 6 ? special[i % 7] : i * 0.1;
        if (i % comm->size == comm->rank)
            mine[i] = wanted[i];
    }
    memcpy(other, mine, sizeof mine);
    comm_join_all(comm, mine, sizeof mine);
    CHECK(memcmp(mine, wanted, sizeof mine) == 0);
    comm_join_to_root(comm, other, sizeof other);
    CHECK(comm->rank != 0 || memcmp(other, wanted, sizeof other) == 0);
    comm_join_all(comm, NULL, 0);
    comm_join_to_root(comm, NULL, 0);
}

static void test_numbers(const struct comm *comm)
{
    int n = comm->size;
    CHECK(comm_sum(comm, comm->rank + 1) == n * (n + 1) / 2);
    CHECK(comm_max(comm, -comm->rank) == 0);
    CHECK(comm_max(comm, comm->rank) == n - 1);
    for (int root = 0; root < n; root++) {
        int value[3] = {comm->rank, comm->rank * 2, 7};
        comm_broadcast(comm, root, value, sizeof value);
        CHECK(value[0] == root && value[1] == 2 * root && value[2] == 7);
    }
}

static void test_group(const struct comm *comm)
{
    test_tree(comm);
    test_agree(comm);
    test_agree_many(comm);
    test_join(comm);
    test_numbers(comm);
}

int main(void)
{
    struct comm world, group;
    struct err e = {0};
    if (comm_start(&world, 1, &e) < 0)
        return err_print(&e);
    CHECK(world.size == 4, "%d ranks", world.size);
    test_order_shows();
    for (int size = 1; size <= world.size; size *= 2) {
        comm_split(&world, world.rank / size, &group);
        CHECK(group.size == size && group.rank == world.rank % size);
        test_group(&group);
        comm_free(&group);
        comm_free(&group);
    }
    comm_split(&world, world.rank % 2, &group); // ranks that are no neighbours
    CHECK(group.size == 2 && group.rank == world.rank / 2);
    test_group(&group);
    comm_free(&group);
    test_group(&world);
    comm_stop(&world);
    return 0;
}
