// The messages between devtop proper and the guard. Both are one program, so structs travel as they are.
#ifndef CPROCESS_WIRE_H
#define CPROCESS_WIRE_H

#include <stdint.h>

enum wire_operation { WIRE_SPAWN = 1, WIRE_SIGNAL, WIRE_STOP };

/// Of the strings of one spawn; beyond it execve(2) would fail with E2BIG on most systems.
#define WIRE_TEXT_LIMIT (4 << 20)
#define WIRE_STRING_LIMIT (128 << 10)
#define WIRE_DESCRIPTOR_LIMIT 12

/// A request; a spawn is followed by `length` bytes: directory, arguments, environment, each ended by NUL.
struct wire_request {
  uint32_t length;
  uint16_t operation;
  uint16_t terminal;
  uint64_t id;
  int32_t number;
  uint32_t grace_ms;
  uint32_t argument_count;
  uint32_t environment_count;
  uint16_t columns, rows;
  uint32_t descriptor_count;
  uint16_t names_listener;
  uint16_t takes_over_ports;
};

/// The answer to a spawn; with pid > 0 the descriptors beside it are pidfd, output, standard error if
/// a pipe, and the notifications of the port filter if it was asked for.
struct wire_reply {
  int32_t pid;
  int32_t stage;
  int32_t error;
  int32_t restarts_calls;
  char path[3072];
};

#endif
