// The program's log: lines on stdout, of rank 0 or of any rank. The level of a line says how often such lines are
// printed.
#pragma once

#include <stdbool.h>

enum log_level { LOG_QUIET, LOG_RUN, LOG_TRIAL, LOG_EPOCH, LOG_BATCH }; // from LOG_RUN on: per run, trial, epoch, batch

// Sets this process's rank in the world, and the level above which lines are dropped. Default: rank 0, LOG_TRIAL.
void log_setup(int rank, enum log_level level);
enum log_level log_level(void);
// Prints a line (printf format, no newline at its end) on rank 0. A line feed in an argument is shown as \x0a.
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Prints to standard output at any level and rank, as printf does, but shows arguments as log_line does.
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Prints a line "hourglass: warning: ..." to standard error on rank 0, at every level.
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Prints a line on any rank, after "[rank] ".
void log_rank_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Returns true if this process draws the progress line, which is redrawn again and again: it is rank 0, there is a
// terminal, and the level is not LOG_QUIET.
bool log_has_terminal(void);
void log_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_progress_end(void); // erases the progress line; called before other output
