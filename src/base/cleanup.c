// A table of notes in shared memory, one for each file that must not outlive its process.
//
// Signal handlers read it at any moment, on any thread, and a parent reads it after the death of a child. So a note is
// claimed and released by one atomic variable, its owner: a note whose owner is OWNER_WRITING belongs to the writer.
// Without shared memory nothing is noted, and temporaries stay until disk_tidy removes them.
#include "base/cleanup.h"

#include "base/err.h"
#include "base/signals.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NOTES = 16, PATH_MOST = 4096 };
enum { OWNER_NONE = 0, OWNER_WRITING = -1 }; // any other owner is the number of a process

struct note {
    atomic_int owner;
    enum cleanup_kind kind;
    char path[PATH_MOST];
};

static struct note *notes; // (NOTES), shared with child processes; NULL: nothing is noted

void cleanup_start(void)
{
    if (notes)
        return;

    void *shared = mmap(NULL, NOTES * sizeof *notes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    notes = shared == MAP_FAILED ? NULL : shared;
}

void cleanup_add(const char *path, enum cleanup_kind kind)
{
    size_t length = strlen(path);

    ASSERT(length > 0);
    if (!notes || length >= PATH_MOST)
        return;

    for (int i = 0; i < NOTES; i++) {
        int none = OWNER_NONE;
        if (!atomic_compare_exchange_strong(&notes[i].owner, &none, OWNER_WRITING))
            continue;
        memcpy(notes[i].path, path, length + 1);
        notes[i].kind = kind;
        atomic_store(&notes[i].owner, (int)getpid());
        return;
    }
}

void cleanup_drop(const char *path)
{
    int self = (int)getpid();

    for (int i = 0; notes && i < NOTES; i++)
        if (atomic_load(&notes[i].owner) == self && strcmp(notes[i].path, path) == 0)
            atomic_store(&notes[i].owner, OWNER_NONE);
}

// Removes the temporaries and, if `with_locks`, the locks that the process `pid` noted. The signal handler may call
// this in several threads at once, if several signals come; only one of them takes each note.
static void remove_files_of(int pid, bool with_locks)
{
    for (int i = 0; notes && i < NOTES; i++) {
        int owner = pid;
        if (!atomic_compare_exchange_strong(&notes[i].owner, &owner, OWNER_WRITING))
            continue;
        if (with_locks || notes[i].kind == CLEANUP_TEMPORARY)
            unlink(notes[i].path);
        atomic_store(&notes[i].owner, OWNER_NONE);
    }
}

void cleanup_after(pid_t pid)
{
    remove_files_of((int)pid, false);
}

// Removes the files of this process. The signal is blocked until the handler returns, and then ends the process.
static void cleanup_at_signal(int signal_number)
{
    remove_files_of((int)getpid(), true);
    signal_end_process(signal_number);
}

void cleanup_listen(void)
{
    static const int deadly[] = {
        SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, 0};
    signals_catch(deadly, cleanup_at_signal);
}
