// From the fork to the exec, in the child.
#ifndef CPROCESS_PROGRAM_H
#define CPROCESS_PROGRAM_H

#include "wire.h"

/// What the child reports through a close-on-exec pipe when it fails; one atomic write.
struct failure {
  int32_t stage;
  int32_t error;
  char path[3072];
};

struct plumbing {
  /// Of the child: standard input, output, error.
  int standard[3];
  /// Of devtop proper.
  int output, error_output;
  int report[2];
  /// Over which the child passes the notifications of its port filter; -1 without one.
  int channel[2];
};

/// Filters its ports if asked to, takes the standard and extra descriptors, the terminal and the directory, and executes the program.
///
/// Reports a failure through `p->report[1]`.
_Noreturn void become_program(const struct wire_request *request, struct plumbing *p, const int *extra,
                              const char *directory, char **arguments, char **environment);

#endif
