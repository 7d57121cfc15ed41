// Process trees: which process belongs to which service, and how a tree ends.
//
// The same engine runs in three hosts: in the guard (which is the parent and subreaper of all that it starts), in
// devtop proper for trees that outlived their guard, and in the launcher for what is left when both others are gone.
// It allocates nothing and takes no lock.
#ifndef CPROCESS_TREES_H
#define CPROCESS_TREES_H

#include "CProcess.h"
#include <stdint.h>

#define TREE_LIMIT 1024
#define SEEN_SLOTS 65536
/// Of the processes that are looked at in one sweep; a tree with more is ended in several sweeps.
#define SEEN_LIMIT 49152

/// One process that was seen in a tree.
struct seen {
  int32_t pid;
  /// Its process group.
  int32_t group;
  /// -1: not watched.
  int32_t pidfd;
  /// The sweep that met it last, and the freeze that stopped it.
  uint32_t round, freeze;
  /// Known as a child of the owner, so its pid cannot be reused before the owner reaps it.
  uint8_t direct;
  /// Its refusal was reported.
  uint8_t reported;
  /// 0: belongs to no tree.
  uint64_t tree;
  /// Clock ticks after boot, for telling a reused pid.
  uint64_t start;
};

enum tree_stage { TREE_RUNNING, TREE_STOPPING, TREE_KILLING };

struct tree {
  /// 0: a free slot.
  uint64_t id;
  int32_t main;
  uint8_t main_ended;
  uint8_t stage;
  uint8_t tries;
  uint8_t populated;
  /// Of the stage, on the monotonic clock in ms; -1: none.
  int64_t deadline;
  /// The stop signal that waits for the main process until the others are gone; 0: none.
  int32_t held;
  /// When the stop began, when the others are looked for again, and until when at most.
  int64_t held_since, held_check, held_until;
};

enum tree_roots { ROOTS_OF_TREE, ROOTS_OF_OWNER, ROOTS_MARKED };

struct trees {
  int32_t owner;
  /// The owner reaps all its children; otherwise only those that belong to a tree.
  int reaps_all;
  /// Watches direct children by pidfd where SIGCHLD cannot be had; -1: none.
  int epoll;
  uint64_t nonce;
  /// Takes an event; 0 when it could not be stored now (it is offered again).
  int (*emit)(void *context, const devtop_event *event);
  void *context;
  /// An event waits for `emit`.
  int blocked;
  /// Trees beyond this index are free.
  int used;
  uint32_t round, freeze;
  int no_children_files;
  struct tree trees[TREE_LIMIT];
  struct seen *seen;
  struct seen *spare;
  int filled;
  /// Slots in `seen` met in the last sweep, in breadth-first order.
  int32_t found[SEEN_LIMIT];
  int found_count;
  int32_t pids[SEEN_LIMIT];
  struct seen tables[2][SEEN_SLOTS];
};

void trees_init(struct trees *trees, int32_t owner, uint64_t nonce);
/// Returns 0, or ENOSPC.
int trees_add(struct trees *trees, uint64_t id, int32_t main);
struct tree *trees_find(struct trees *trees, uint64_t id);
/// Reaps what ended and reports it.
void trees_reap(struct trees *trees);
/// Sends `number` to the process group of the tree's main process.
void trees_signal(struct trees *trees, uint64_t id, int number);
void trees_stop(struct trees *trees, uint64_t id, int number, uint32_t grace_ms);
/// Advances the stops whose time has come.
void trees_tick(struct trees *trees);
/// Milliseconds until `trees_tick` has work; -1: nothing is being stopped.
int64_t trees_timeout(struct trees *trees);
/// Stops (SIGSTOP) everything that `roots` names, until a sweep finds nothing new; the number found.
int trees_freeze(struct trees *trees, enum tree_roots roots, struct tree *tree);
/// Sends `number` to all that the last freeze found but `spared`, the tree's process group first, and continues them.
void trees_deliver(struct trees *trees, struct tree *tree, int number, int32_t spared);
/// Ends every process that carries the marker, whoever its parent is; SIGTERM, SIGKILL, at most `limit_ms`.
void trees_end_marked(struct trees *trees, int64_t limit_ms);
/// Adds the owner's children to the watched pidfds.
void trees_watch(struct trees *trees);

/// Fields of /proc/PID/stat (proc_pid_stat(5)).
struct process_stat {
  char state;
  int32_t parent, group, session, threads;
  uint64_t start;
  /// The signals below 32 that it ignores or catches: bit n - 1 for signal n.
  uint64_t handled;
};
/// 0 or -errno.
int process_stat_read(int32_t pid, struct process_stat *stat);
/// The id in the marker of `nonce` in /proc/PID/environ; 0: not marked.
uint64_t process_marker(int32_t pid, uint64_t nonce);
/// Writes `DEVTOP_TREE=nonce.` and returns the end.
char *marker_prefix(char *at, uint64_t nonce);
/// Calls `visit` with each process of /proc.
void for_each_process(void (*visit)(void *context, int32_t pid), void *context);

#endif
