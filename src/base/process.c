// Identifies a process by the boot of its machine, its number and its start.
#include "base/process.h"

#include "base/err.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct field process_fields[] = {
    {.key = "host",
        .type = FIELD_TEXT,
        .offset = offsetof(struct process, host),
        .default_text = "",
        .help = "name of its machine"},
    {.key = "pid",
        .type = FIELD_INT,
        .offset = offsetof(struct process, pid),
        .min = 0,
        .max = 1e15,
        .help = "its number there"},
    {.key = "process_start",
        .type = FIELD_INT,
        .offset = offsetof(struct process, start),
        .help = "when it began, in clock ticks since the machine's start"},
    {.key = "boot",
        .type = FIELD_TEXT,
        .offset = offsetof(struct process, boot),
        .default_text = "",
        .help = "identity of that start"},
    {.key = "pid_namespace",
        .type = FIELD_TEXT,
        .offset = offsetof(struct process, space),
        .default_text = "",
        .help = "in which its number counts"},
    {0},
};

static char *boot_identity(void)
{
    char line[64] = "";
    FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (in && !fgets(line, sizeof line, in))
        line[0] = 0;
    if (in)
        fclose(in);
    line[strcspn(line, "\n")] = 0;
    return mem_text(line);
}

// Reads the state and the start time of a process of this machine: fields 3 and 22 of /proc/PID/stat. Fields are
// counted after the process's name, which may contain anything. Returns -1 if there is no such process.
static int read_process_stat(int64_t pid, char *state, int64_t *start)
{
    char path[64], line[1024];
    long long value;

    snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    FILE *in = fopen(path, "re");
    size_t n = in ? fread(line, 1, sizeof line - 1, in) : 0;
    if (in)
        fclose(in);
    ASSERT(n < sizeof line, "%zu", n);
    line[n] = 0;

    const char *at = strrchr(line, ')');
    if (!at || sscanf(at + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lld", state,
                   &value) != 2)
        return -1;

    *start = value;
    return 0;
}

static bool has_process_ended(char state)
{
    return state == 'Z' || state == 'X'; // zombie, dead
}

void process_self(struct process *p)
{
    char host[256] = "", space[64] = "", state;
    gethostname(host, sizeof host - 1);
    if (readlink("/proc/self/ns/pid", space, sizeof space - 1) < 0)
        space[0] = 0;
    *p = (struct process){
        .host = mem_text(host), .boot = boot_identity(), .space = mem_text(space), .pid = (int64_t)getpid()};
    if (read_process_stat(p->pid, &state, &p->start) < 0)
        p->boot[0] = 0; // without /proc, nobody can see whether we run
}

static enum process_state examine_from(const struct process *self, const struct process *p)
{
    char state = 0;
    int64_t start = 0;
    if (!p->boot[0] || !self->boot[0])
        return PROCESS_ELSEWHERE;
    if (strcmp(p->boot, self->boot) != 0) // another machine, or this one before it restarted
        return strcmp(p->host, self->host) == 0 ? PROCESS_GONE : PROCESS_ELSEWHERE;
    if (strcmp(p->space, self->space) != 0)
        return PROCESS_ELSEWHERE;
    bool is_there = read_process_stat(p->pid, &state, &start) == 0 && start == p->start;
    return is_there && !has_process_ended(state) ? PROCESS_RUNS : PROCESS_GONE;
}

enum process_state process_examine(const struct process *p)
{
    struct process self;
    ASSERT(p->boot && p->host && p->space);
    process_self(&self);
    enum process_state found = examine_from(&self, p);
    field_free(process_fields, &self);
    return found;
}

bool process_runs(int64_t pid)
{
    char state;
    int64_t start;
    return read_process_stat(pid, &state, &start) == 0 && !has_process_ended(state);
}
