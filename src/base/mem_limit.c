// How much memory the processes of this machine may use. A control group limits its processes and those of the groups
// in it, so the group of this process and all groups above it count. In a container, the path of the group may be the
// path outside the container. Then its files are missing here, and the files at the top are those of the container.
#include "base/err.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns the number after `key` in a file of lines, or -1 if there is none. If `key` is NULL, the file holds only the
// number.
static int64_t read_memory_figure(const char *path, const char *key)
{
    char line[256];
    int64_t value = -1;
    size_t skipped = key ? strlen(key) : 0;
    FILE *in = fopen(path, "r");

    while (in && value < 0 && fgets(line, sizeof line, in)) {
        bool is_it = !key || strncmp(line, key, skipped) == 0;
        if (is_it && sscanf(line + skipped, "%ld", &value) != 1)
            value = -1;
    }

    if (in)
        fclose(in);
    return value;
}

static int64_t lower_limit(int64_t limit, int64_t other)
{
    return other > 0 && other < limit ? other : limit;
}

// Returns the lowest limit of the group `path` below `mount` and of all groups above it, or `least` if that is lower.
static int64_t limit_of_groups(const char *mount, const char *path, const char *name, int64_t least)
{
    size_t n = strlen(path);

    for (bool is_top = false; !is_top;) {
        char *file = mem_format("%s%.*s/%s", mount, (int)n, path, name);
        is_top = n == 0;
        least = lower_limit(least, read_memory_figure(file, NULL));
        free(file);
        while (n > 0 && path[--n] != '/') // up to the group that holds this one
            ;
    }
    return least;
}

int64_t mem_group_limit(const char *list, const char *root, int64_t least)
{
    char line[4096];
    char *old = mem_format("%s/memory", root);
    FILE *in = fopen(list, "r");

    // A line is NUMBER:CONTROLLERS:PATH. Version 2 has one hierarchy, number 0, without a list of controllers.
    while (in && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = 0;
        if (strcmp(line, "0:") == 0)
            least = limit_of_groups(root, path, "memory.max", least);
        else if (strstr(controllers, "memory"))
            least = limit_of_groups(old, path, "memory.limit_in_bytes", least);
    }

    if (in)
        fclose(in);
    free(old);
    return least;
}

// Returns the bytes that Slurm gives the job on this node; 0: no job, or no limit.
static int64_t limit_of_job(void)
{
    const char *node = getenv("SLURM_MEM_PER_NODE"), *cpu = getenv("SLURM_MEM_PER_CPU"); // megabytes
    const char *cpus = getenv("SLURM_CPUS_ON_NODE");
    const int64_t megabyte = 1 << 20;

    if (node)
        return atoll(node) * megabyte;
    return cpu && cpus ? atoll(cpu) * atoll(cpus) * megabyte : 0;
}

static int64_t read_memory_limit(bool is_free)
{
    int64_t least = read_memory_figure("/proc/meminfo", is_free ? "MemAvailable:" : "MemTotal:") * 1024;
    ASSERT(least != 0, "no memory");

    least = mem_group_limit("/proc/self/cgroup", "/sys/fs/cgroup", least);
    return lower_limit(least, limit_of_job());
}

int64_t mem_limit(bool is_free)
{
    static _Atomic int64_t total; // read once, because every trial asks; 0: not yet

    if (is_free)
        return read_memory_limit(true);
    if (!total)
        total = read_memory_limit(false);
    return total;
}

int64_t mem_kills(void)
{
    return read_memory_figure("/proc/vmstat", "oom_kill ");
}
