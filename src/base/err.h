// Messages about mistakes of the user and failures of the machine, collected in one value that is copied between ranks
// as it is.
#pragma once

#include <stdarg.h>
#include <stddef.h>

// The kind is the process's exit code (see README.md). Those from 64 on follow sysexits.h.
enum err_kind {
    ERR_NONE = 0,
    ERR_TRIAL = 1,
    ERR_USAGE = 2,
    ERR_DATA = 3,
    ERR_ALERT = 10, // not a failure: new data exceeds a limit of --alert
    ERR_BUSY = 69,
    ERR_SOFTWARE = 70,
    ERR_SYSTEM = 71,
    ERR_IO = 74,
    ERR_STOPPED = 75 // stopped on request before the work was done: EXIT_STOPPED of base/request.h
};

// Plain data, so that MPI can broadcast the verdict of rank 0. `kind` is that of the first message; `text` holds one
// message per line.
struct err {
    enum err_kind kind;
    int count;  // messages added
    int hidden; // of these, messages that did not fit in `text`
    size_t length;
    char text[6000];
};

// Adds one message (printf format, no newline at its end). Returns -1, so that `return err_add(...)` reads well.
int err_add(struct err *e, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Does the same as err_add, with "file:line:column: " before the message, as in every message about a file. A line or
// column of 0 is left out.
int err_at(struct err *e, enum err_kind kind, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

// Returns the part of a message that follows "NAME: ", or the whole message if it does not begin so. Control characters
// in `name` are compared in their escaped form, as messages show them.
const char *err_behind(const char *message, const char *name);
// Does the same as err_add with kind ERR_IO, and appends ": " and the description of `errno`.
int err_errno(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds those messages of `from` that `to` does not have yet.
void err_merge(struct err *to, const struct err *from);

// Prints every message to stderr after "hourglass: ", and how many did not fit. Returns the exit code.
int err_print(const struct err *e);

// Prints warnings as err_print prints errors, after "hourglass: warning: ".
void err_print_warnings(const struct err *warnings);

// Reports a bug of ours with its place and a message in printf format, and ends the job through err_abort_hook
// (MPI_Abort) or abort().
_Noreturn void err_bug(const char *file, int line, const char *condition, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
extern void (*err_abort_hook)(void); // set by comm_start; NULL: abort()

#ifdef NDEBUG
#define ASSERT(condition, ...) ((void)sizeof(condition))
#else
#define ASSERT(condition, ...) ((condition) ? (void)0 : err_bug(__FILE__, __LINE__, #condition, " " __VA_ARGS__))
#endif
