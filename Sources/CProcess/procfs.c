#include "children.h"
#include "raw.h"
#include "trees.h"

RAW_BEGIN

static char *process_path(char *at, int32_t pid, const char *rest) {
  return raw_append(raw_append_number(raw_append(at, "/proc/"), (uint64_t)pid), rest);
}

int process_stat_read(int32_t pid, struct process_stat *stat) {
  char path[64];
  char text[1024];
  process_path(path, pid, "/stat");
  long n = raw_slurp(path, text, sizeof text);
  if (n <= 0)
    return n < 0 ? (int)n : -ESRCH;
  // The name may hold spaces and parentheses; the last ")" ends it.
  long at = n;
  while (at > 0 && text[at] != ')')
    at--;
  if (at + 2 >= n)
    return -ESRCH;
  stat->state = text[at + 2];
  stat->handled = 0;
  at += 4;
  for (int field = 4; field <= 34 && at < n; field++) {
    int negative = text[at] == '-';
    uint64_t value = 0;
    at += negative;
    for (; text[at] >= '0' && text[at] <= '9'; at++)
      value = value * 10 + (uint64_t)(text[at] - '0');
    at++;
    int32_t small = negative ? -(int32_t)value : (int32_t)value;
    if (field == 4)
      stat->parent = small;
    else if (field == 5)
      stat->group = small;
    else if (field == 6)
      stat->session = small;
    else if (field == 20)
      stat->threads = small;
    else if (field == 22)
      stat->start = value;
    else if (field == 33 || field == 34)
      stat->handled |= value;
  }
  return 0;
}

char *marker_prefix(char *at, uint64_t nonce) {
  return raw_append(raw_append_hex(raw_append(at, "DEVTOP_TREE="), nonce), ".");
}

uint64_t process_marker(int32_t pid, uint64_t nonce) {
  char path[64];
  char prefix[64];
  char chunk[4096];
  int length = (int)(marker_prefix(prefix, nonce) - prefix);
  process_path(path, pid, "/environ");
  int fd = raw_open(path, O_RDONLY);
  if (fd < 0)
    return 0;
  // A match may cross chunks: `matched` bytes of the prefix are behind us; -1: not at a string's start.
  int matched = 0;
  uint64_t id = 0;
  long n;
  while ((n = raw_read(fd, chunk, sizeof chunk)) > 0) {
    for (long i = 0; i < n; i++) {
      char c = chunk[i];
      if (matched == length && c >= '0' && c <= '9') {
        id = id * 10 + (uint64_t)(c - '0');
      } else if (matched == length) {
        raw_close(fd);
        return id;
      } else if (c == 0) {
        matched = 0;
      } else if (matched >= 0) {
        matched = prefix[matched] == c ? matched + 1 : -1;
      }
    }
  }
  raw_close(fd);
  return matched == length ? id : 0;
}

struct directory_entry {
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

static void for_each_number(const char *path, void (*visit)(void *context, int32_t pid), void *context) {
  char entries[4096] __attribute__((aligned(8)));
  int fd = raw_open(path, O_RDONLY | O_DIRECTORY);
  if (fd < 0)
    return;
  long n;
  while ((n = RAW(getdents64, fd, entries, sizeof entries)) > 0) {
    for (long at = 0; at < n;) {
      struct directory_entry *entry = (struct directory_entry *)(entries + at);
      int32_t number = 0;
      const char *c = entry->name;
      for (; *c >= '0' && *c <= '9'; c++)
        number = number * 10 + (*c - '0');
      if (*c == 0 && number > 0)
        visit(context, number);
      at += entry->size;
    }
  }
  raw_close(fd);
}

void for_each_process(void (*visit)(void *context, int32_t pid), void *context) {
  for_each_number("/proc", visit, context);
}

struct child_list {
  int32_t parent;
  int32_t *pids;
  int count, limit;
};

static void add_child(struct child_list *list, int32_t pid) {
  if (list->count < list->limit)
    list->pids[list->count++] = pid;
}

static void add_children_of_thread(void *context, int32_t thread) {
  struct child_list *list = context;
  char path[96];
  char chunk[4096];
  char *end = process_path(path, list->parent, "/task/");
  raw_append(raw_append_number(end, (uint64_t)thread), "/children");
  int fd = raw_open(path, O_RDONLY);
  if (fd < 0)
    return;
  int32_t pid = 0;
  long n;
  while ((n = raw_read(fd, chunk, sizeof chunk)) > 0) {
    for (long i = 0; i < n; i++) {
      if (chunk[i] >= '0' && chunk[i] <= '9') {
        pid = pid * 10 + (chunk[i] - '0');
      } else if (pid) {
        add_child(list, pid);
        pid = 0;
      }
    }
  }
  if (pid)
    add_child(list, pid);
  raw_close(fd);
}

static void add_if_child(void *context, int32_t pid) {
  struct child_list *list = context;
  struct process_stat stat;
  if (process_stat_read(pid, &stat) == 0 && stat.parent == list->parent)
    add_child(list, pid);
}

int children_of(int32_t pid, int by_parent, int32_t *pids, int limit) {
  struct child_list list;
  list.parent = pid;
  list.pids = pids;
  list.count = 0;
  list.limit = limit;
  if (by_parent) {
    for_each_process(add_if_child, &list);
    return list.count;
  }
  char path[64];
  process_path(path, pid, "/task");
  for_each_number(path, add_children_of_thread, &list);
  return list.count;
}

int children_files_exist(void) {
  char path[96];
  char *end = process_path(path, raw_getpid(), "/task/");
  raw_append(raw_append_number(end, (uint64_t)RAW(gettid)), "/children");
  int fd = raw_open(path, O_RDONLY);
  raw_close(fd);
  return fd >= 0;
}

uint32_t process_user(int32_t pid) {
  char path[64];
  char text[2048];
  process_path(path, pid, "/status");
  if (raw_slurp(path, text, sizeof text) <= 0)
    return UINT32_MAX;
  for (const char *line = text; *line; line++) {
    if (!raw_has_prefix(line, "\nUid:"))
      continue;
    // Real, then effective.
    uint32_t user = 0;
    int field = -1;
    for (const char *c = line + 5; *c && *c != '\n'; c++) {
      if (*c == '\t' || *c == ' ') {
        if (++field == 2)
          break;
        user = 0;
      } else {
        user = user * 10 + (uint32_t)(*c - '0');
      }
    }
    return user;
  }
  return UINT32_MAX;
}

RAW_END
