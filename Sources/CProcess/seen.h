// The table of processes that were seen in trees, by pid: open addressing, no allocation.
#ifndef CPROCESS_SEEN_H
#define CPROCESS_SEEN_H

#include "trees.h"

/// NULL when it was not seen.
struct seen *seen_find(struct trees *trees, int32_t pid);
/// NULL when the table is full.
struct seen *seen_insert(struct trees *trees, int32_t pid);
void seen_forget(struct trees *trees, int32_t pid);
/// Drops tombstones and processes that are gone, once the table is half full.
void seen_compact(struct trees *trees);
/// The tree of a child of the owner: its main process, seen in it before, in its session or group, or marked.
struct seen *seen_direct(struct trees *trees, int32_t pid);

/// The tree of this main process, a living one first.
struct tree *tree_with_main(struct trees *trees, int32_t pid);
/// Finds the processes that `roots` names, and their descendants.
void trees_collect(struct trees *trees, enum tree_roots roots, struct tree *tree);
/// Tells once that a process refused a signal.
void trees_report_refusal(struct trees *trees, struct seen *entry, int error);

#endif
