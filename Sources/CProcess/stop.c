#include "raw.h"
#include "seen.h"
#include "trees.h"

RAW_BEGIN

static void kill_tree(struct trees *t, struct tree *tree) {
  static const int waits[] = {20, 20, 50, 100, 200, 400, 800, 1000};
  int n = trees_freeze(t, ROOTS_OF_TREE, tree);
  trees_deliver(t, tree, SIGKILL, 0);
  tree->held = 0;
  tree->stage = TREE_KILLING;
  if (tree->tries < sizeof waits / sizeof *waits) {
    tree->deadline = raw_now() + waits[tree->tries++];
    return;
  }
  // Those in an uninterruptible call, or of another user: named, then awaited without polling.
  for (int i = 0; i < n; i++)
    trees_report_refusal(t, &t->seen[t->found[i]], ETIMEDOUT);
  tree->deadline = -1;
}

static int is_alive(int32_t pid, struct process_stat *stat) {
  return process_stat_read(pid, stat) == 0 && stat->state != 'Z' && stat->state != 'X';
}

/// Whether the main process gets the stop signal only when the others of the last sweep are gone.
///
/// It leads the session: when it dies, the kernel sends SIGHUP to the terminal's foreground group (setsid(2),
/// "NOTES"; credentials(7)), which kills a server that has just begun to end in order. So those wait that the signal
/// would end at once, as the shell of `sh -c "node ."`, and those with one child, as `npm run dev`: wrappers, which go
/// with what they wrap. A server with several workers gets it together with them.
static int must_wait(struct trees *t, struct tree *tree, int number) {
  struct process_stat main;
  struct process_stat other;
  int others = 0;
  int children = 0;
  if (tree->main_ended || number > 31 || !is_alive(tree->main, &main))
    return 0;
  for (int i = 0; i < t->found_count; i++) {
    int32_t pid = t->seen[t->found[i]].pid;
    if (pid != tree->main && is_alive(pid, &other)) {
      others++;
      children += other.parent == tree->main;
    }
  }
  return others > 0 && (children == 1 || !(main.handled >> (number - 1) & 1));
}

static int others_live(struct trees *t, struct tree *tree) {
  struct process_stat stat;
  for (int i = 0; i < t->found_count; i++)
    if (t->seen[t->found[i]].pid != tree->main && is_alive(t->seen[t->found[i]].pid, &stat))
      return 1;
  return 0;
}

/// Looks whether the others are gone, or half of the grace period; then the main process gets what waits for it.
static void check_held(struct trees *t, struct tree *tree, int64_t now) {
  trees_collect(t, ROOTS_OF_TREE, tree);
  if (!tree->main_ended && now < tree->held_until && others_live(t, tree)) {
    // Often at first, so that a restart costs a millisecond, then every 20 ms.
    int64_t wait = (now - tree->held_since) / 4;
    tree->held_check = now + (wait < 1 ? 1 : wait > 20 ? 20 : wait);
    return;
  }
  if (!tree->main_ended) {
    raw_kill(tree->main, tree->held);
    raw_kill(tree->main, SIGCONT);
  }
  tree->held = 0;
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
  int waits = must_wait(t, tree, number);
  trees_deliver(t, tree, number, waits ? tree->main : 0);
  tree->held = waits ? number : 0;
  tree->held_since = raw_now();
  tree->held_until = tree->held_since + grace_ms / 2;
  // Stopped, a shell cannot go on to its next command when this one ends.
  tree->held_check = tree->held_since + 1;
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
  trees_collect(t, ROOTS_OF_TREE, tree);
  for (int i = 0; i < t->found_count; i++)
    if (t->seen[t->found[i]].group == tree->main)
      raw_kill(t->seen[t->found[i]].pid, number);
}

void trees_end_marked(struct trees *t, int64_t limit_ms) {
  int64_t start = raw_now();
  int number = SIGTERM;
  while (trees_freeze(t, ROOTS_MARKED, NULL) > 0) {
    trees_deliver(t, NULL, number, 0);
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
    else if (tree->id && tree->held && tree->held_check <= now)
      check_held(t, tree, now);
  }
}

int64_t trees_timeout(struct trees *t) {
  int64_t first = -1;
  for (int i = 0; i < t->used; i++) {
    struct tree *tree = &t->trees[i];
    if (tree->id && tree->deadline >= 0 && (first < 0 || tree->deadline < first))
      first = tree->deadline;
    if (tree->id && tree->held && (first < 0 || tree->held_check < first))
      first = tree->held_check;
  }
  if (first < 0)
    return -1;
  int64_t now = raw_now();
  return first > now ? first - now : 0;
}

RAW_END
