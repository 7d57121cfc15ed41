#include "trees.h"
#include "children.h"
#include "raw.h"
#include "seen.h"
#include <sys/epoll.h>
#include <sys/wait.h>

RAW_BEGIN

void trees_init(struct trees *t, int32_t owner, uint64_t nonce) {
  // The memory is fresh and zero; only what differs is written, so that untouched pages cost nothing.
  t->owner = owner;
  t->nonce = nonce;
  t->epoll = -1;
  t->seen = t->tables[0];
  t->spare = t->tables[1];
  t->no_children_files = !children_files_exist();
}

struct tree *trees_find(struct trees *t, uint64_t id) {
  for (int i = 0; id && i < t->used; i++)
    if (t->trees[i].id == id)
      return &t->trees[i];
  return NULL;
}

int trees_add(struct trees *t, uint64_t id, int32_t main) {
  int at = 0;
  while (at < t->used && t->trees[at].id)
    at++;
  if (at == TREE_LIMIT)
    return ENOSPC;
  struct tree *tree = &t->trees[at];
  raw_zero(tree, sizeof *tree);
  tree->id = id;
  tree->main = main;
  tree->deadline = -1;
  if (at == t->used)
    t->used++;
  return 0;
}

struct tree *tree_with_main(struct trees *t, int32_t pid) {
  struct tree *ended = NULL;
  for (int i = 0; i < t->used; i++) {
    if (!t->trees[i].id || t->trees[i].main != pid)
      continue;
    if (!t->trees[i].main_ended)
      return &t->trees[i];
    ended = &t->trees[i];
  }
  return ended;
}

struct seen *seen_direct(struct trees *t, int32_t pid) {
  struct process_stat stat;
  struct seen *entry = seen_find(t, pid);
  // Where others reap children too, a pid may have come back as another process.
  if (entry && entry->direct && t->reaps_all)
    return entry;
  if (process_stat_read(pid, &stat) < 0)
    return NULL;
  if (entry && entry->start != stat.start) {
    seen_forget(t, pid);
    entry = NULL;
  }
  if (entry && entry->direct)
    return entry;
  uint64_t id = entry ? entry->tree : 0;
  if (!id) {
    struct tree *tree = tree_with_main(t, pid);
    if (!tree)
      tree = tree_with_main(t, stat.session);
    if (!tree)
      tree = tree_with_main(t, stat.group);
    if (tree)
      id = tree->id;
  }
  if (!id)
    id = process_marker(pid, t->nonce);
  if (!id) {
    struct seen *leader = seen_find(t, stat.session);
    if (leader)
      id = leader->tree;
  }
  entry = seen_insert(t, pid);
  if (entry) {
    entry->tree = id;
    entry->start = stat.start;
    entry->group = stat.group;
    entry->direct = 1;
  }
  return entry;
}

// MARK: reaping

/// Reports and reaps one ended child; 0 when its event could not be stored.
static int reap_one(struct trees *t, const siginfo_t *info) {
  struct tree *tree = tree_with_main(t, info->si_pid);
  if (tree && !tree->main_ended) {
    devtop_event event;
    raw_zero(&event, sizeof event);
    event.id = tree->id;
    event.kind = DEVTOP_EVENT_EXITED;
    event.pid = info->si_pid;
    event.code = info->si_code;
    event.status = info->si_status;
    // Reported before it is reaped: when the guard dies in between, the next parent still gets the status.
    if (!t->emit(t->context, &event)) {
      t->blocked = 1;
      return 0;
    }
    tree->main_ended = 1;
  }
  siginfo_t ignored;
  RAW(waitid, P_PID, info->si_pid, &ignored, WEXITED | WNOHANG | __WALL, NULL);
  seen_forget(t, info->si_pid);
  return 1;
}

static void reap_known(struct trees *t) {
  int n = children_of(t->owner, t->no_children_files, t->pids, SEEN_LIMIT);
  for (int i = 0; i < n; i++) {
    struct seen *entry = seen_direct(t, t->pids[i]);
    if (!entry || !trees_find(t, entry->tree))
      continue;
    siginfo_t info;
    raw_zero(&info, sizeof info);
    if (RAW(waitid, P_PID, t->pids[i], &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) == 0 && info.si_pid)
      reap_one(t, &info);
  }
}

static void reap_all(struct trees *t) {
  for (;;) {
    siginfo_t info;
    raw_zero(&info, sizeof info);
    long error = RAW(waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL);
    if (error < 0 || info.si_pid == 0 || !reap_one(t, &info))
      return;
  }
}

/// Reports the trees that nobody lives in any more.
static void end_empty(struct trees *t) {
  int candidates = 0;
  for (int i = 0; i < t->used; i++) {
    t->trees[i].populated = 0;
    candidates += t->trees[i].id && t->trees[i].main_ended;
  }
  if (candidates == 0)
    return;
  // Whoever lost its parent is a child of the owner, so a tree without main process lives on only here.
  int n = children_of(t->owner, t->no_children_files, t->pids, SEEN_LIMIT);
  for (int i = 0; i < n; i++) {
    struct seen *entry = seen_direct(t, t->pids[i]);
    struct tree *tree = entry ? trees_find(t, entry->tree) : NULL;
    if (tree)
      tree->populated = 1;
  }
  for (int i = 0; i < t->used; i++) {
    struct tree *tree = &t->trees[i];
    if (!tree->id || !tree->main_ended || tree->populated)
      continue;
    devtop_event event;
    raw_zero(&event, sizeof event);
    event.id = tree->id;
    event.kind = DEVTOP_EVENT_TREE_ENDED;
    event.pid = tree->main;
    if (!t->emit(t->context, &event)) {
      t->blocked = 1;
      return;
    }
    tree->id = 0;
  }
  while (t->used > 0 && !t->trees[t->used - 1].id)
    t->used--;
}

void trees_reap(struct trees *t) {
  t->blocked = 0;
  seen_compact(t);
  if (t->reaps_all)
    reap_all(t);
  else
    reap_known(t);
  end_empty(t);
}

void trees_watch(struct trees *t) {
  int n = children_of(t->owner, t->no_children_files, t->pids, SEEN_LIMIT);
  for (int i = 0; i < n; i++) {
    struct seen *entry = seen_direct(t, t->pids[i]);
    if (!entry || entry->pidfd >= 0 || !trees_find(t, entry->tree))
      continue;
    int pidfd = (int)RAW(pidfd_open, entry->pid, 0);
    if (pidfd < 0)
      continue;
    struct epoll_event event;
    raw_zero(&event, sizeof event);
    event.events = EPOLLIN;
    event.data.u32 = (uint32_t)entry->pid;
    RAW(epoll_ctl, t->epoll, EPOLL_CTL_ADD, pidfd, &event);
    entry->pidfd = pidfd;
  }
}

RAW_END
