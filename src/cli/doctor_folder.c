// The file system of a folder: whether it can be written, locks, and keeps what several ranks write.
#include "base/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/doctor.h"
#include "cli/launch.h"
#include "comm/launcher.h"
#include "comm/mpi_library.h"
#include "store/parallel.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

extern char **environ;
enum { PROBE_RANKS = 3, PROBE_SECONDS = 60 };

static const char *kind_of(const char *folder)
{
    static const struct {
        unsigned long magic;
        const char *name;

    } kinds[] = {{0xef53, "ext4"}, {0x58465342, "XFS"}, {0x9123683e, "Btrfs"}, {0x01021994, "tmpfs"},
        {0x794c7630, "overlay"}, {0x6969, "NFS"}, {0x0bd00bd0, "Lustre"}, {0x47504653, "GPFS"}, {0x19830326, "BeeGFS"},
        {0x00c36400, "CephFS"}, {0xff534d42, "SMB"}, {0x65735546, "FUSE"}, {0x2fc12fc1, "ZFS"}};
    struct statfs s;
    if (statfs(folder, &s) == 0)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if ((unsigned long)(uint32_t)s.f_type == kinds[i].magic)
                return kinds[i].name;

    return "a file system";
}

char *probe_path(const char *folder)
{
    return mem_format("%s/.hourglass-doctor.h5", folder);
}

// A file made, synced, renamed, and locked. -1 and errno.
static int write_and_rename(const char *from, const char *to, bool *can_lock)
{
    int fd = open(from, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    int failed = write(fd, "probe", 5) == 5 && fsync(fd) == 0 ? 0 : -1;
    *can_lock = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return failed ? failed : rename(from, to);
}

static void check_space(struct findings *l, const char *folder)
{
    struct statvfs s;
    char bytes[16];
    if (statvfs(folder, &s) != 0)
        return;
    double room = (double)s.f_bavail * (double)s.f_frsize;
    text_bytes(bytes, room);

    if (room < 1e9)
        finding_add(l, FINDING_WARNING, "space", "free some space before a long run", "%s free in %s", bytes, folder);
    else
        finding_add(l, FINDING_GOOD, "space", NULL, "%s free in %s", bytes, folder);
}

void check_folder(struct findings *l, const char *folder)
{
    char *from = probe_path(folder), *to = mem_format("%s/.hourglass-doctor-2.h5", folder);
    bool can_lock = false;

    if (write_and_rename(from, to, &can_lock) != 0)
        finding_add(l, FINDING_ERROR, "folder", "name a folder that this user may write to",
            "%s: cannot write into it: %s", folder, strerror(errno));
    else if (!can_lock)
        finding_add(l, FINDING_NOTE, "folder",
            "other programs may ask for HDF5_USE_FILE_LOCKING=FALSE to read files here; this one does",
            "%s on %s: written, synced, renamed; no locks", folder, kind_of(folder));
    else
        finding_add(
            l, FINDING_GOOD, "folder", NULL, "%s on %s: written, synced, renamed, locked", folder, kind_of(folder));
    unlink(from);
    unlink(to);
    free(from);
    free(to);
    check_space(l, folder);
}

// --- MPI-IO
static const char *in_force(void)
{
    static char text[128];
    const char *io = getenv("OMPI_MCA_io"), *lock = getenv("OMPI_MCA_fs_ufs_lock_algorithm");
    if (mpi_flavour() == FLAVOUR_MPICH)
        snprintf(text, sizeof text, "ROMIO");
    else if (io)
        snprintf(text, sizeof text, "io=%.100s", io);
    else
        snprintf(text, sizeof text, "fs_ufs_lock_algorithm=%.90s", lock ? lock : "3");
    return text;
}

// The environment without what launchers have told this process, and with `setting` ("KEY=VALUE"; NULL: none).
static char **environment_new(const char *setting)
{
    static const char *const dropped[] = {"SLURM_", "PMIX_", "PMI_", "OMPI_COMM_", "OMPI_UNIVERSE", "MPI_LOCAL"};
    size_t count = 0, n = 0;

    while (environ[count])
        count++;
    char **copy = mem_new(count + 2, sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        bool is_dropped = setting && (strncmp(environ[i], "OMPI_MCA_io=", 12) == 0 ||
                                         strncmp(environ[i], "OMPI_MCA_fs_ufs_lock_algorithm=", 31) == 0);
        for (size_t k = 0; k < sizeof dropped / sizeof *dropped; k++)
            is_dropped = is_dropped || strncmp(environ[i], dropped[k], strlen(dropped[k])) == 0;
        if (!is_dropped)
            copy[n++] = environ[i];
    }

    copy[n] = (char *)(size_t)setting;
    return copy;
}

// Under the launcher. -1 and what it said where it did not run.
static int self_test(
    const struct launcher *l, const char *folder, const char *setting, struct store_probe *p, char *said, size_t room)
{
    char self[4096] = "", ranks[16], **environment = environment_new(setting);
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        self[0] = 0;
    snprintf(ranks, sizeof ranks, "%d", PROBE_RANKS);
    const char *const arguments[] = {l->path, "-n", ranks, self, "doctor", folder, "--self-test", NULL};
    int failed = -1;
    for (int i = 0; i < 2 && failed; i++) { // Open MPI itself crashes once in some thousand starts
        int code = command_output(arguments, environment, PROBE_SECONDS, said, room);
        const char *line = strstr(said, "self-test: ");
        bool is_told = line && sscanf(line, "self-test: %d of %d", &p->wrong, &p->files) == 2;
        failed = is_told && (code == 0 || p->wrong > 0) ? 0 : -1;
    }

    free(environment);
    return failed;
}

static void tell_wrong(struct findings *l, const char *folder, const struct store_probe *p)
{
    finding_add(l, FINDING_ERROR, "MPI-IO",
        mpi_flavour() == FLAVOUR_OPEN_MPI_5
            ? "do not let several ranks write here: --ranks-per-trial 1, another folder, or OMPI_MCA_io=romio341"
            : "do not let several ranks write here: --ranks-per-trial 1, another folder, or OMPI_MCA_io=romio321",
        "%s: %d of %d files were wrong with %s", folder, p->wrong, p->files, in_force());
}

static void tell_right(struct findings *l, const char *folder, const struct store_probe *p)
{
    finding_add(l, FINDING_GOOD, "MPI-IO", NULL, "%s: safe with %s (%d files)", folder, in_force(), p->files);
}

// Whether Open MPI's default is safe here, too: for those who wonder why hourglass sets something else.
static void compare_default(
    struct findings *l, const struct launcher *launcher, const char *folder, const struct store_probe *p)
{
    char said[4096];
    struct store_probe other = {0};
    bool is_known = self_test(launcher, folder, "OMPI_MCA_fs_ufs_lock_algorithm=0", &other, said, sizeof said) == 0;

    if (is_known && other.wrong > 0)
        finding_add(l, FINDING_GOOD, "MPI-IO", NULL,
            "%s: safe with %s, which hourglass sets (%d files); Open MPI's default got %d of %d files wrong", folder,
            in_force(), p->files, other.wrong, other.files);
    else
        finding_add(l, FINDING_GOOD, "MPI-IO", NULL,
            "%s: safe with %s (%d files); Open MPI's default showed no fault, either", folder, in_force(), p->files);
}

void check_mpiio(struct findings *l, const char *folder)
{
    char said[4096];
    struct err e = {0};
    struct launcher launcher;
    struct store_probe p = {0};

    if (launcher_find(&launcher, &e) != 0) {
        finding_add(
            l, FINDING_WARNING, "MPI-IO", "runs have one rank until then", "%.*s", (int)strcspn(e.text, "\n"), e.text);
        return;
    }
    launch_environment(&launcher, PROBE_RANKS);
    if (self_test(&launcher, folder, NULL, &p, said, sizeof said) != 0) {
        said[strcspn(said, "\n")] = 0;
        finding_add(l, FINDING_WARNING, "MPI-IO", "try mpirun -n 3 hourglass doctor FOLDER --self-test",
            "%s: the self-test did not run under %s: %.300s", folder, launcher.name, *said ? said : "it says nothing");
    } else if (p.wrong > 0)
        tell_wrong(l, folder, &p);
    else if (mpi_flavour() == FLAVOUR_MPICH)
        tell_right(l, folder, &p);
    else
        compare_default(l, &launcher, folder, &p);

    launcher_free(&launcher);
}

void check_mpiio_here(struct findings *l, const struct comm *comm, const char *folder)
{
    struct err e = {0};
    struct store_probe p;
    char *path = probe_path(folder);
    int failed = store_probe(comm, path, PROBE_FILES, &p, &e);

    free(path);
    if (comm->rank != 0)
        return;
    if (failed)
        finding_add(l, FINDING_ERROR, "MPI-IO", "name a folder that every rank sees and may write to", "%.*s",
            (int)strcspn(e.text, "\n"), e.text);
    else if (p.wrong > 0)
        tell_wrong(l, folder, &p);
    else
        finding_add(l, FINDING_GOOD, "MPI-IO", NULL, "%s: %d ranks wrote %d files, all right, with %s", folder,
            comm->size, p.files, in_force());
}
