#include "children.h"
#include "raw.h"
#include "seen.h"
#include "trees.h"

RAW_BEGIN

static void meet(struct trees *t, struct seen *entry) {
  if (!entry || entry->round == t->round || t->found_count >= SEEN_LIMIT)
    return;
  entry->round = t->round;
  t->found[t->found_count++] = (int32_t)(entry - t->seen);
}

static void meet_descendant(struct trees *t, int32_t pid, uint64_t tree) {
  struct seen *entry = seen_find(t, pid);
  if (entry && entry->round == t->round)
    return;
  struct process_stat stat;
  if (process_stat_read(pid, &stat) < 0)
    return;
  if (entry && entry->start != stat.start) {
    seen_forget(t, pid);
    entry = NULL;
  }
  if (!entry)
    entry = seen_insert(t, pid);
  if (!entry)
    return;
  entry->start = stat.start;
  entry->group = stat.group;
  entry->tree = tree;
  meet(t, entry);
}

static void meet_marked(void *context, int32_t pid) {
  struct trees *t = context;
  if (pid == t->owner || pid == raw_getpid())
    return;
  uint64_t id = process_marker(pid, t->nonce);
  if (id)
    meet_descendant(t, pid, id);
}

void trees_collect(struct trees *t, enum tree_roots roots, struct tree *tree) {
  t->round++;
  t->found_count = 0;
  if (roots == ROOTS_MARKED) {
    for_each_process(meet_marked, t);
  } else {
    int n = children_of(t->owner, t->no_children_files, t->pids, SEEN_LIMIT);
    for (int i = 0; i < n; i++) {
      struct seen *entry = seen_direct(t, t->pids[i]);
      if (entry && (roots == ROOTS_OF_OWNER || entry->tree == tree->id))
        meet(t, entry);
    }
  }
  for (int i = 0; i < t->found_count; i++) {
    struct seen *parent = &t->seen[t->found[i]];
    uint64_t id = parent->tree;
    int n = children_of(parent->pid, t->no_children_files, t->pids, SEEN_LIMIT);
    for (int k = 0; k < n; k++)
      meet_descendant(t, t->pids[k], id);
  }
}

void trees_report_refusal(struct trees *t, struct seen *entry, int error) {
  if (entry->reported)
    return;
  devtop_event event;
  raw_zero(&event, sizeof event);
  event.id = entry->tree;
  event.kind = DEVTOP_EVENT_STRAGGLER;
  event.pid = entry->pid;
  event.uid = process_user(entry->pid);
  event.error = error;
  if (t->emit && t->emit(t->context, &event))
    entry->reported = 1;
}

int trees_freeze(struct trees *t, enum tree_roots roots, struct tree *tree) {
  int64_t end = raw_now() + 500;
  seen_compact(t);
  t->freeze++;
  // A process with SIGSTOP pending forks no more, so a sweep that meets nobody new has met all. The bound is for
  // trees that fork faster than they can be stopped: the caller comes again.
  for (;;) {
    int fresh = 0;
    trees_collect(t, roots, tree);
    for (int i = 0; i < t->found_count; i++) {
      struct seen *entry = &t->seen[t->found[i]];
      if (entry->freeze == t->freeze)
        continue;
      entry->freeze = t->freeze;
      fresh++;
      raw_kill(entry->pid, SIGSTOP);
    }
    if (fresh == 0 || raw_now() > end)
      return t->found_count;
  }
}

void trees_deliver(struct trees *t, struct tree *tree, int number, int32_t spared) {
  int32_t group = tree ? tree->main : 0;
  for (int outside = 0; outside < 2; outside++) {
    for (int i = 0; i < t->found_count; i++) {
      struct seen *entry = &t->seen[t->found[i]];
      if (entry->pid != spared && (entry->group != group) == outside && raw_kill(entry->pid, number) == -EPERM)
        trees_report_refusal(t, entry, EPERM);
    }
  }
  if (number == SIGKILL)
    return;
  for (int i = 0; i < t->found_count; i++)
    if (t->seen[t->found[i]].pid != spared)
      raw_kill(t->seen[t->found[i]].pid, SIGCONT);
}

RAW_END
