#ifndef CPROCESS_SPAWN_H
#define CPROCESS_SPAWN_H

#include "wire.h"

/// The guard's lifelines; when one of them ends, the wait for an exec ends too. -1: none.
struct spawn_watch {
  int connection, lifeline;
};

/// Forks and executes what `request` and its `text` describe, and awaits the exec.
///
/// Fills `reply`; on success also `given`, the descriptors for devtop proper, and `given_count`.
void spawn_program(const struct wire_request *request, char *text, const int *extra, uint64_t nonce,
                   const struct spawn_watch *watch, struct wire_reply *reply, int *given, int *given_count);

#endif
