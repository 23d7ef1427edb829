// What the program says while it works: to stdout, each line for rank 0 or for this rank, at a level that tells how
// often.
#include "base/log.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    int rank;
    enum log_level level;
    bool drawn; // a progress line stands on the terminal
} state = {.level = LOG_TRIAL};

void log_setup(int rank, enum log_level level)
{
    state.rank = rank;
    state.level = level;
}

enum log_level log_level(void)
{
    return state.level;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (state.rank != 0 || level > state.level)
        return;
    log_progress_end();
    va_list args;
    va_start(args, format);
    char *visible = text_message(format, args);
    va_end(args);
    puts(visible);
    fflush(stdout);
    free(visible);
}

void log_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *visible = text_message(format, args);
    va_end(args);

    fputs(visible, stdout);
    free(visible);
}

void log_warning(const char *format, ...)
{
    if (state.rank != 0)
        return;
    log_progress_end();

    va_list args;
    va_start(args, format);
    char *visible = text_message(format, args);
    va_end(args);
    fprintf(stderr, "hourglass: warning: %s\n", visible);
    free(visible);
}

void log_rank_line(enum log_level level, const char *format, ...)
{
    if (level > state.level)
        return;
    log_progress_end();
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    printf("[%d] %s\n", state.rank, line);
    fflush(stdout);
}

// Under mpirun stdout of a rank is a pipe; the launcher tells through the environment that its own is a terminal.
int log_has_terminal(void)
{
    return state.rank == 0 && state.level >= LOG_RUN && (isatty(STDERR_FILENO) || getenv("HOURGLASS_TERMINAL"));
}

void log_progress(const char *format, ...)
{
    if (!log_has_terminal())
        return;
    va_list args;
    va_start(args, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
    state.drawn = true;
}

void log_progress_end(void)
{
    if (!state.drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    state.drawn = false;
}
