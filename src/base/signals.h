// Lists of signals: how they are caught or blocked. A list ends in 0.
#pragma once

#include <signal.h>
#include <stdbool.h>

// Called once at the start. Gives every signal that ends processes the action back that it had when the program was
// started, ignored or default. Libraries install handlers before main: UCX takes SIGHUP to print what it does.
void signals_take_back(void);
// Installs a handler for those signals of the list whose action is the default one. A signal that is ignored, as SIGHUP
// under nohup, stays ignored, also in child processes.
void signals_catch(const int *list, void (*handler)(int));
// Blocks the signals of the list, stores them as *set, and stores what was blocked before in *before, which sigprocmask
// restores.
void signals_block(const int *list, sigset_t *set, sigset_t *before);
bool signal_is_ignored(int signal_number);
// Ends this process by the signal, as if it had never been caught. Returns in the handler of this signal, which is
// blocked there; the process then ends when the handler returns.
void signal_end_process(int signal_number);
