#include "trees.h"
#include "children.h"
#include "raw.h"
#include <sys/epoll.h>
#include <sys/wait.h>

RAW_BEGIN

static unsigned slot_of(int32_t pid) { return (unsigned)pid * 2654435761u % SEEN_SLOTS; }

static struct seen *seen_find(struct trees *t, int32_t pid) {
  for (unsigned at = slot_of(pid); t->seen[at].pid != 0; at = (at + 1) % SEEN_SLOTS)
    if (t->seen[at].pid == pid)
      return &t->seen[at];
  return NULL;
}

static struct seen *seen_insert(struct trees *t, int32_t pid) {
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

static void seen_forget(struct trees *t, int32_t pid) {
  struct seen *entry = seen_find(t, pid);
  if (!entry)
    return;
  raw_close(entry->pidfd);
  // A tombstone, so that longer probes still pass.
  raw_zero(entry, sizeof *entry);
  entry->pid = -1;
  entry->pidfd = -1;
}

/// Drops tombstones and processes that are gone, once the table is half full.
static void seen_compact(struct trees *t) {
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

static struct tree *tree_with_main(struct trees *t, int32_t pid) {
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

/// The tree of a child of the owner: its main process, seen in it before, in its session or group, or marked.
static struct seen *seen_direct(struct trees *t, int32_t pid) {
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

// MARK: sweeping

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

static void collect(struct trees *t, enum tree_roots roots, struct tree *tree) {
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

static void report_refusal(struct trees *t, struct seen *entry, int error) {
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
    collect(t, roots, tree);
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

void trees_deliver(struct trees *t, struct tree *tree, int number) {
  int32_t group = tree ? tree->main : 0;
  for (int outside = 0; outside < 2; outside++) {
    for (int i = 0; i < t->found_count; i++) {
      struct seen *entry = &t->seen[t->found[i]];
      if ((entry->group != group) == outside && raw_kill(entry->pid, number) == -EPERM)
        report_refusal(t, entry, EPERM);
    }
  }
  if (number == SIGKILL)
    return;
  for (int i = 0; i < t->found_count; i++)
    raw_kill(t->seen[t->found[i]].pid, SIGCONT);
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

// MARK: stopping

static void kill_tree(struct trees *t, struct tree *tree) {
  static const int waits[] = {20, 20, 50, 100, 200, 400, 800, 1000};
  int n = trees_freeze(t, ROOTS_OF_TREE, tree);
  trees_deliver(t, tree, SIGKILL);
  tree->stage = TREE_KILLING;
  if (tree->tries < sizeof waits / sizeof *waits) {
    tree->deadline = raw_now() + waits[tree->tries++];
    return;
  }
  // Those in an uninterruptible call, or of another user: named, then awaited without polling.
  for (int i = 0; i < n; i++)
    report_refusal(t, &t->seen[t->found[i]], ETIMEDOUT);
  tree->deadline = -1;
}

void trees_stop(struct trees *t, uint64_t id, int number, uint32_t grace_ms) {
  struct tree *tree = trees_find(t, id);
  if (!tree)
    return;
  if (tree->stage == TREE_KILLING) {
    tree->tries = 0;
    kill_tree(t, tree);
    return;
  }
  if (grace_ms == 0 || number == SIGKILL) {
    kill_tree(t, tree);
    return;
  }
  int64_t deadline = raw_now() + grace_ms;
  if (tree->stage == TREE_RUNNING || deadline < tree->deadline)
    tree->deadline = deadline;
  tree->stage = TREE_STOPPING;
  trees_freeze(t, ROOTS_OF_TREE, tree);
  trees_deliver(t, tree, number);
}

void trees_signal(struct trees *t, uint64_t id, int number) {
  struct tree *tree = trees_find(t, id);
  if (!tree)
    return;
  // While the main process is not reaped its pid, and so its group's number, is not reused.
  if (!tree->main_ended) {
    raw_kill(-tree->main, number);
    return;
  }
  collect(t, ROOTS_OF_TREE, tree);
  for (int i = 0; i < t->found_count; i++)
    if (t->seen[t->found[i]].group == tree->main)
      raw_kill(t->seen[t->found[i]].pid, number);
}

void trees_end_marked(struct trees *t, int64_t limit_ms) {
  int64_t start = raw_now();
  int number = SIGTERM;
  while (trees_freeze(t, ROOTS_MARKED, NULL) > 0) {
    trees_deliver(t, NULL, number);
    int64_t passed = raw_now() - start;
    if (passed > limit_ms)
      return;
    // Others reap these, so there is no event to wait for.
    raw_poll(NULL, 0, 20);
    trees_reap(t);
    if (passed >= limit_ms / 3)
      number = SIGKILL;
  }
}

void trees_tick(struct trees *t) {
  int64_t now = raw_now();
  for (int i = 0; i < t->used; i++) {
    struct tree *tree = &t->trees[i];
    if (tree->id && tree->deadline >= 0 && tree->deadline <= now)
      kill_tree(t, tree);
  }
}

int64_t trees_timeout(struct trees *t) {
  int64_t first = -1;
  for (int i = 0; i < t->used; i++) {
    struct tree *tree = &t->trees[i];
    if (tree->id && tree->deadline >= 0 && (first < 0 || tree->deadline < first))
      first = tree->deadline;
  }
  if (first < 0)
    return -1;
  int64_t now = raw_now();
  return first > now ? first - now : 0;
}

RAW_END
