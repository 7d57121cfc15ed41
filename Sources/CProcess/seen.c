#include "seen.h"
#include "raw.h"

RAW_BEGIN

static unsigned slot_of(int32_t pid) { return (unsigned)pid * 2654435761u % SEEN_SLOTS; }

struct seen *seen_find(struct trees *t, int32_t pid) {
  for (unsigned at = slot_of(pid); t->seen[at].pid != 0; at = (at + 1) % SEEN_SLOTS)
    if (t->seen[at].pid == pid)
      return &t->seen[at];
  return NULL;
}

struct seen *seen_insert(struct trees *t, int32_t pid) {
  struct seen *entry = seen_find(t, pid);
  if (entry)
    return entry;
  if (t->filled >= SEEN_LIMIT)
    return NULL;
  unsigned at = slot_of(pid);
  while (t->seen[at].pid != 0)
    at = (at + 1) % SEEN_SLOTS;
  entry = &t->seen[at];
  raw_zero(entry, sizeof *entry);
  entry->pid = pid;
  entry->pidfd = -1;
  t->filled++;
  return entry;
}

void seen_forget(struct trees *t, int32_t pid) {
  struct seen *entry = seen_find(t, pid);
  if (!entry)
    return;
  raw_close(entry->pidfd);
  // A tombstone, so that longer probes still pass.
  raw_zero(entry, sizeof *entry);
  entry->pid = -1;
  entry->pidfd = -1;
}

void seen_compact(struct trees *t) {
  if (t->filled < SEEN_SLOTS / 2)
    return;
  struct seen *old = t->seen;
  t->seen = t->spare;
  t->spare = old;
  t->filled = 0;
  raw_zero(t->seen, sizeof(struct seen) * SEEN_SLOTS);
  for (int i = 0; i < SEEN_SLOTS; i++) {
    if (old[i].pid <= 0)
      continue;
    struct seen *entry = raw_kill(old[i].pid, 0) == -ESRCH ? NULL : seen_insert(t, old[i].pid);
    if (entry)
      raw_copy(entry, &old[i], sizeof *entry);
    else
      raw_close(old[i].pidfd);
  }
}

RAW_END
