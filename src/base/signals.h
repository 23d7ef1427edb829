// Lists of signals: how they are caught or blocked. A list ends in 0.
#pragma once

#include <signal.h>
#include <stdbool.h>

// Call it once at the start. Resets the usual signals that end processes to the action that they had when the program
// was started: ignored or default. This removes the handlers that libraries install before main, such as UCX's for
// SIGHUP. SIGCHLD gets its default action.
void signals_take_back(void);
// Installs a handler for those signals of the list whose action is the default one. A signal that is ignored, as SIGHUP
// under nohup, stays ignored, also in child processes.
void signals_catch(const int *list, void (*handler)(int));
// Blocks the signals of the list and stores them in *set. Stores the mask from before in *before, for sigprocmask to
// restore.
void signals_block(const int *list, sigset_t *set, sigset_t *before);
bool signal_is_ignored(int signal_number);
// Ends this process by the signal, as if it had never been caught. When the handler of this signal calls this function,
// it returns, because the signal is blocked there; the process ends when the handler returns.
void signal_end_process(int signal_number);
