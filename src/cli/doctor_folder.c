// Checks the file system of a folder: whether it can be written, has locks, and keeps what several ranks write.
#include "base/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/doctor.h"
#include "cli/launch.h"
#include "comm/launcher.h"
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

static const char *filesystem_name(const char *folder)
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

// Creates a file, syncs it, renames it and locks it. Returns -1 and errno if any step but the lock fails.
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
            "%s on %s: written, synced, renamed; no locks", folder, filesystem_name(folder));
    else
        finding_add(l, FINDING_GOOD, "folder", NULL, "%s on %s: written, synced, renamed, locked", folder,
            filesystem_name(folder));
    unlink(from);
    unlink(to);
    free(from);
    free(to);
    check_space(l, folder);
}

// --- parallel writes

// Returns the environment without the variables that a launcher sets for its ranks, in new memory; the strings are
// borrowed.
static char **environment_new(void)
{
    static const char *const dropped[] = {"SLURM_", "PMIX_", "PMI_", "OMPI_COMM_", "OMPI_UNIVERSE", "MPI_LOCAL"};
    size_t count = 0, n = 0;

    while (environ[count])
        count++;
    char **copy = mem_new(count + 1, sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        bool is_dropped = false;
        for (size_t k = 0; k < sizeof dropped / sizeof *dropped; k++)
            is_dropped = is_dropped || strncmp(environ[i], dropped[k], strlen(dropped[k])) == 0;
        if (!is_dropped)
            copy[n++] = environ[i];
    }

    return copy;
}

// Runs the self-test under the launcher. If it did not run, returns -1, with its output in `said`.
static int self_test(const struct launcher *l, const char *folder, struct store_probe *p, char *said, size_t room)
{
    char self[4096] = "", ranks[16], **environment = environment_new();
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        self[0] = 0;
    snprintf(ranks, sizeof ranks, "%d", PROBE_RANKS);
    const char *const arguments[] = {l->path, "-n", ranks, self, "doctor", folder, "--self-test", NULL};
    int failed = -1;

    for (int i = 0; i < 2 && failed; i++) { // try twice, because Open MPI crashes once in some thousand starts
        int code = command_output(arguments, environment, PROBE_SECONDS, said, room);
        const char *line = strstr(said, "self-test: ");
        bool has_counts = line && sscanf(line, "self-test: %d of %d", &p->wrong, &p->files) == 2;
        failed = has_counts && (code == 0 || p->wrong > 0) ? 0 : -1;
    }

    free(environment);
    return failed;
}

// Adds the finding of the self-test on `ranks` ranks.
static void report_probe(struct findings *l, const char *folder, int ranks, const struct store_probe *p)
{
    if (p->wrong > 0)
        finding_add(l, FINDING_ERROR, FINDING_WRITES,
            "do not let several ranks write here: --ranks-per-trial 1, or another folder",
            "%s: %d ranks wrote %d files, of which %d were wrong", folder, ranks, p->files, p->wrong);
    else
        finding_add(l, FINDING_GOOD, FINDING_WRITES, NULL, "%s: %d ranks wrote %d files, all of them right", folder,
            ranks, p->files);
}

void check_writes(struct findings *l, const char *folder)
{
    char said[4096];
    struct err e = {0};
    struct launcher launcher;
    struct store_probe p = {0};

    if (launcher_find(&launcher, &e) != 0) {
        finding_add(l, FINDING_WARNING, FINDING_WRITES, "runs have one rank until then", "%.*s",
            (int)strcspn(e.text, "\n"), e.text);
        return;
    }

    launch_environment(&launcher, PROBE_RANKS);
    if (self_test(&launcher, folder, &p, said, sizeof said) != 0) {
        said[strcspn(said, "\n")] = 0;
        finding_add(l, FINDING_WARNING, FINDING_WRITES, "try mpirun -n 3 hourglass doctor FOLDER --self-test",
            "%s: the self-test did not run under %s: %.300s", folder, launcher.name, *said ? said : "it says nothing");
    } else {
        report_probe(l, folder, PROBE_RANKS, &p);
    }
    launcher_free(&launcher);
}

void check_writes_here(struct findings *l, const struct comm *comm, const char *folder)
{
    struct err e = {0};
    struct store_probe p;
    char *path = probe_path(folder);
    int failed = store_probe(comm, path, PROBE_FILES, &p, &e);

    free(path);
    if (comm->rank != 0)
        return;
    if (failed)
        finding_add(l, FINDING_ERROR, FINDING_WRITES, "name a folder that every rank sees and may write to", "%.*s",
            (int)strcspn(e.text, "\n"), e.text);
    else
        report_probe(l, folder, comm->size, &p);
}
