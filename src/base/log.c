// Every line first erases the progress line, so that the two never mix on a terminal.
#include "base/log.h"

#include "base/err.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    int rank;
    enum log_level level;
    bool is_drawn; // a progress line is on the terminal
} log_state = {.level = LOG_TRIAL};

void log_setup(int rank, enum log_level level)
{
    ASSERT(rank >= 0 && level <= LOG_BATCH, "rank %d, level %d", rank, (int)level);
    log_state.rank = rank;
    log_state.level = level;
}

enum log_level log_level(void)
{
    return log_state.level;
}

// Formats a message, makes it fit for a terminal and prints it after `before`.
static void print_message(FILE *to, const char *before, const char *format, va_list args)
{
    char *visible = text_message(format, args);

    log_progress_end();
    fprintf(to, "%s%s", before, visible);
    free(visible);
}

void log_line(enum log_level level, const char *format, ...)
{
    if (log_state.rank != 0 || level > log_state.level)
        return;

    va_list args;
    va_start(args, format);
    print_message(stdout, "", format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

void log_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_message(stdout, "", format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    if (log_state.rank != 0)
        return;

    va_list args;
    va_start(args, format);
    print_message(stderr, "hourglass: warning: ", format, args);
    va_end(args);
    fputc('\n', stderr);
}

void log_rank_line(enum log_level level, const char *format, ...)
{
    char before[32];
    if (level > log_state.level)
        return;

    snprintf(before, sizeof before, "[%d] ", log_state.rank);
    va_list args;
    va_start(args, format);
    print_message(stdout, before, format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

// Accepts HOURGLASS_TERMINAL, because under mpirun the outputs of a rank are pipes. Our launcher sets it if its own
// output is a terminal.
bool log_has_terminal(void)
{
    return log_state.rank == 0 && log_state.level >= LOG_RUN && (isatty(STDERR_FILENO) || getenv("HOURGLASS_TERMINAL"));
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
    log_state.is_drawn = true;
}

void log_progress_end(void)
{
    if (!log_state.is_drawn)
        return;

    fputs("\r\033[K", stderr);
    fflush(stderr);
    log_state.is_drawn = false;
}
