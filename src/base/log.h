// What the program says while it works: to stdout, each line for rank 0 or for this rank, at a level that tells how
// often.
#pragma once

enum log_level { LOG_QUIET, LOG_RUN, LOG_TRIAL, LOG_EPOCH, LOG_BATCH }; // once a run, a trial, an epoch, a batch

// `rank` is this process's in the world. Lines above `level` are dropped. Default: rank 0, LOG_TRIAL.
void log_setup(int rank, enum log_level level);
enum log_level log_level(void);
// A line (printf format, no newline at its end) that only rank 0 prints. A line feed in an argument is shown as \x0a.
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
// As printf to standard output, whatever the level and rank, but with arguments as in log_line.
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A line "hourglass: warning: ..." on standard error, at every level, that only rank 0 prints.
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A line that this rank prints, whichever it is, behind "[rank] ".
void log_rank_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A line on a terminal that is drawn over again: progress. Rank 0's; without a terminal nothing is drawn and 0 comes
// back.
int log_has_terminal(void);
void log_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_progress_end(void); // wipes the progress line, so that other output starts clean
