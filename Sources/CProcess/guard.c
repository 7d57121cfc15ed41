// The guard: parent, subreaper and ender of every service and build of one devtop.
//
// One thread, a session of its own, no exec, no malloc: it may be forked from a threaded process, and it idles in
// one poll without a timeout. It ends all that it started when devtop proper or the launcher is gone.
#include "CProcess.h"
#include "raw.h"
#include "spawn.h"
#include "trees.h"
#include "wire.h"
#include <linux/close_range.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/// Between SIGTERM and SIGKILL when devtop died.
#define LAST_GRACE_MS 700
/// After which the guard leaves even if something survives SIGKILL.
#define LAST_LIMIT_MS 1900
#define RPC 3
#define EVENTS 4
#define LIFELINE 5

RAW_BEGIN

static struct trees trees;
static char text[WIRE_TEXT_LIMIT];
static int descriptors[16];
static int given[4];
static struct wire_request request;
static struct wire_reply reply;
static struct spawn_watch watch;

static int emit(void *context, const devtop_event *event) {
  (void)context;
  int error = raw_send(EVENTS, event, sizeof *event, NULL, 0, MSG_DONTWAIT);
  // A reader that is gone needs no events; a full queue is tried again when there is room.
  return error != -EAGAIN;
}

/// Reads and drops what cannot be kept; 0 when the connection ended.
static int discard(size_t count) {
  while (count > 0) {
    size_t n = count < sizeof text ? count : sizeof text;
    if (raw_receive(RPC, text, n, NULL, NULL) <= 0)
      return 0;
    count -= n;
  }
  return 1;
}

static int serve_spawn(int descriptor_count) {
  int given_count = 0;
  int fits = request.length <= sizeof text && request.descriptor_count == (uint32_t)descriptor_count &&
             descriptor_count <= WIRE_DESCRIPTOR_LIMIT;
  if (!(fits ? raw_receive(RPC, text, request.length, NULL, NULL) > 0 : discard(request.length)))
    return 0;
  raw_zero(&reply, sizeof reply);
  if (fits && trees.used < TREE_LIMIT) {
    spawn_program(&request, text, descriptors, trees.nonce, &watch, &reply, given, &given_count);
  } else {
    reply.stage = DEVTOP_STAGE_LIMIT;
    reply.error = fits ? EAGAIN : E2BIG;
  }
  for (int i = 0; i < descriptor_count; i++)
    raw_close(descriptors[i]);
  if (reply.pid > 0)
    trees_add(&trees, request.id, reply.pid);
  int sent = raw_send(RPC, &reply, sizeof reply, given, given_count, 0);
  for (int i = 0; i < given_count; i++)
    raw_close(given[i]);
  return sent == 0;
}

/// Serves one request; 0 when the connection ended.
static int serve(void) {
  int descriptor_count = 0;
  if (raw_receive(RPC, &request, sizeof request, descriptors, &descriptor_count) <= 0)
    return 0;
  if (request.operation == WIRE_SPAWN)
    return serve_spawn(descriptor_count);
  for (int i = 0; i < descriptor_count; i++)
    raw_close(descriptors[i]);
  if (request.operation == WIRE_SIGNAL)
    trees_signal(&trees, request.id, request.number);
  else if (request.operation == WIRE_STOP)
    trees_stop(&trees, request.id, request.number, request.grace_ms);
  else
    return 0;
  return 1;
}

static int has_children(void) {
  siginfo_t info;
  return RAW(waitid, P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) != -ECHILD;
}

static void drain(int signals) {
  struct signalfd_siginfo info;
  while (RAW(read, signals, &info, sizeof info) > 0)
    ;
}

/// Ends every descendant: SIGTERM, a short grace, SIGKILL until nobody is left.
static void end_everything(int signals) {
  int64_t start = raw_now();
  int64_t next = start + LAST_GRACE_MS;
  trees_reap(&trees);
  if (has_children()) {
    trees_freeze(&trees, ROOTS_OF_OWNER, NULL);
    trees_deliver(&trees, NULL, SIGTERM, 0);
  }
  for (;;) {
    trees_reap(&trees);
    int64_t now = raw_now();
    if (!has_children() || now - start > LAST_LIMIT_MS)
      break;
    if (now >= next) {
      trees_freeze(&trees, ROOTS_OF_OWNER, NULL);
      trees_deliver(&trees, NULL, SIGKILL, 0);
      next = now + 50;
    }
    struct pollfd wait;
    wait.fd = signals;
    wait.events = POLLIN;
    raw_poll(&wait, 1, next > now ? next - now : 0);
    drain(signals);
  }
  trees_end_marked(&trees, LAST_LIMIT_MS - (raw_now() - start));
}

_Noreturn static void guard_loop(int signals) {
  static struct pollfd waits[4];
  for (;;) {
    waits[0].fd = RPC;
    waits[0].events = POLLIN;
    waits[1].fd = signals;
    waits[1].events = POLLIN;
    // Only its end is of interest, and that is always told.
    waits[2].fd = watch.lifeline;
    waits[2].events = 0;
    waits[3].fd = EVENTS;
    waits[3].events = trees.blocked ? POLLOUT : 0;
    int ready = raw_poll(waits, 4, trees_timeout(&trees));
    if (ready > 0 && waits[1].revents)
      drain(signals);
    if (ready > 0 && (waits[1].revents || waits[3].revents & POLLOUT))
      trees_reap(&trees);
    int alive = !(ready > 0 && waits[2].revents);
    if (alive && ready > 0 && waits[0].revents)
      alive = serve();
    if (!alive)
      break;
    trees_tick(&trees);
  }
  end_everything(signals);
  raw_exit(0);
}

/// Gives back the memory of a large parent, which this process will never read.
///
/// Otherwise a guard forked late would hold a copy of every page that devtop proper writes from then on. Only this
/// stack and the program's files are needed; static variables are zero afterwards, as at the start of a program.
static void drop_inherited_memory(void) {
#if !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
  char block[4096];
  char line[512];
  uintptr_t kept[2];
  kept[0] = (uintptr_t)__builtin_frame_address(0);
  kept[1] = (uintptr_t)__builtin_thread_pointer();
  int maps = raw_open("/proc/self/maps", O_RDONLY);
  if (maps < 0)
    return;
  size_t used = 0;
  ssize_t length = 0;
  // Giving back pages leaves the list itself as it is.
  for (ssize_t next = 0;; next++) {
    if (next == length) {
      next = 0;
      length = raw_read(maps, block, sizeof block);
      if (length <= 0)
        break;
    }
    char c = block[next];
    if (c != '\n') {
      if (used < sizeof line - 1)
        line[used++] = c;
      continue;
    }
    line[used] = 0;
    used = 0;
    uintptr_t bounds[2];
    bounds[0] = bounds[1] = 0;
    const char *at = line;
    for (int i = 0; i < 2; i++, at++)
      for (; (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f'); at++)
        bounds[i] = bounds[i] << 4 | (uintptr_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    // Anonymous, private, writable, and large enough to be a heap or a stack rather than a library's data.
    int plain = raw_has_prefix(at, "rw-p 00000000 00:00 0") && bounds[1] - bounds[0] >= 1 << 20;
    for (const char *name = at; plain && *name; name++)
      plain = *name != '[' || raw_has_prefix(name, "[heap]");
    for (int i = 0; i < 2; i++)
      plain = plain && !(kept[i] >= bounds[0] && kept[i] < bounds[1]);
    if (plain)
      RAW(madvise, bounds[0], bounds[1] - bounds[0], MADV_DONTNEED);
  }
  raw_close(maps);
#endif
}

_Noreturn static void guard_main(const devtop_origin *given_origin, int rpc, int events) {
  int sources[3];
  devtop_origin copy;
  const devtop_origin *origin = &copy;
  uint64_t all = ~0ULL;
  RAW(rt_sigprocmask, SIG_SETMASK, &all, NULL, 8);
  raw_copy(&copy, given_origin, sizeof copy);
  drop_inherited_memory();
  RAW(setsid);
  RAW(prctl, PR_SET_CHILD_SUBREAPER, 1);
  RAW(prctl, PR_SET_NAME, "devtop-guard");
  // Nothing of devtop's stays open here but these three.
  sources[0] = (int)RAW(fcntl, rpc, F_DUPFD_CLOEXEC, 16);
  sources[1] = (int)RAW(fcntl, events, F_DUPFD_CLOEXEC, 16);
  sources[2] = origin->lifeline < 0 ? -1 : (int)RAW(fcntl, origin->lifeline, F_DUPFD_CLOEXEC, 16);
  for (int i = 0; i < 3; i++)
    if (sources[i] >= 0)
      RAW(dup3, sources[i], RPC + i, O_CLOEXEC);
  watch.connection = RPC;
  watch.lifeline = sources[2] < 0 ? -1 : LIFELINE;
  RAW(close_range, sources[2] < 0 ? LIFELINE : LIFELINE + 1, ~0U, 0);
  int null = raw_open("/dev/null", O_RDWR);
  for (int i = 0; i < 3; i++)
    RAW(dup3, null, i, 0);
  raw_close(null);
  RAW(chdir, "/");
  for (int i = 0; i < RLIM_NLIMITS; i++)
    RAW(prlimit64, 0, i, &origin->limits[i], NULL);
  uint64_t child = 1ULL << (SIGCHLD - 1);
  int signals = (int)RAW(signalfd4, -1, &child, 8, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0)
    raw_exit(1);
  trees_init(&trees, raw_getpid(), origin->nonce);
  trees.reaps_all = 1;
  trees.emit = emit;
  guard_loop(signals);
}

static int make_sockets(int *rpc, int *events) {
  long error = RAW(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, rpc);
  if (error < 0)
    return (int)-error;
  error = RAW(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, events);
  if (error < 0) {
    raw_close(rpc[0]);
    raw_close(rpc[1]);
  }
  return (int)-error;
}

int devtop_guard_start(const devtop_origin *origin, devtop_guard_link *link) {
  int rpc[2];
  int events[2];
  int error = make_sockets(rpc, events);
  if (error)
    return error;
  // No signal handler of the parent may run in the child.
  uint64_t all = ~0ULL;
  uint64_t before;
  RAW(rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
  int pid = raw_fork();
  if (pid == 0)
    guard_main(origin, rpc[1], events[1]);
  RAW(rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
  raw_close(rpc[1]);
  raw_close(events[1]);
  if (pid < 0) {
    raw_close(rpc[0]);
    raw_close(events[0]);
    return -pid;
  }
  link->pid = pid;
  link->rpc = rpc[0];
  link->events = events[0];
  return 0;
}

void devtop_become_subreaper(void) { RAW(prctl, PR_SET_CHILD_SUBREAPER, 1); }

RAW_END
