// What devtop proper calls: requests to the guard, and the trees that outlived one.
#include "CProcess.h"
#include "raw.h"
#include "trees.h"
#include "wire.h"
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>

void devtop_origin_init(devtop_origin *origin) {
  memset(origin, 0, sizeof *origin);
  origin->lifeline = -1;
  for (int i = 0; i < RLIM_NLIMITS; i++)
    getrlimit((__rlimit_resource_t)i, &origin->limits[i]);
  if (getrandom(&origin->nonce, sizeof origin->nonce, 0) != sizeof origin->nonce)
    origin->nonce = ((uint64_t)getpid() << 32) ^ (uint64_t)raw_now();
}

static int fail(devtop_spawned *result, int stage, int error) {
  result->stage = stage;
  result->error = error;
  return -1;
}

/// Appends with its NUL; 0 when there is no room.
static int append(char *text, size_t *length, const char *string) {
  size_t n = strlen(string) + 1;
  if (n > WIRE_STRING_LIMIT || *length + n > WIRE_TEXT_LIMIT)
    return 0;
  memcpy(text + *length, string, n);
  *length += n;
  return 1;
}

static size_t room_for(const devtop_spawn *spawn) {
  size_t room = strlen(spawn->directory) + 1;
  for (char *const *a = spawn->arguments; *a; a++)
    room += strlen(*a) + 1;
  for (char *const *e = spawn->environment; *e; e++)
    room += strlen(*e) + 1;
  return room;
}

static int send_request(int rpc, const devtop_spawn *spawn, devtop_spawned *result) {
  struct wire_request request;
  size_t length = sizeof request;
  size_t room = room_for(spawn);
  if (room > WIRE_TEXT_LIMIT - sizeof request || spawn->descriptor_count > WIRE_DESCRIPTOR_LIMIT)
    return fail(result, DEVTOP_STAGE_LIMIT, E2BIG);
  char *message = malloc(sizeof request + room);
  if (!message)
    return fail(result, DEVTOP_STAGE_LIMIT, ENOMEM);
  memset(&request, 0, sizeof request);
  request.operation = WIRE_SPAWN;
  request.id = spawn->id;
  request.terminal = spawn->terminal != 0;
  request.columns = spawn->columns;
  request.rows = spawn->rows;
  request.descriptor_count = (uint32_t)spawn->descriptor_count;
  request.names_listener = spawn->names_listener != 0;
  request.takes_over_ports = spawn->takes_over_ports != 0;
  int fits = append(message, &length, spawn->directory);
  for (char *const *a = spawn->arguments; fits && *a; a++, request.argument_count++)
    fits = append(message, &length, *a);
  for (char *const *e = spawn->environment; fits && *e; e++, request.environment_count++)
    fits = append(message, &length, *e);
  request.length = (uint32_t)(length - sizeof request);
  memcpy(message, &request, sizeof request);
  int error = fits ? raw_send(rpc, message, length, spawn->descriptors, spawn->descriptor_count, 0) : 0;
  free(message);
  if (!fits)
    return fail(result, DEVTOP_STAGE_LIMIT, E2BIG);
  return error ? fail(result, DEVTOP_STAGE_GUARD, -error) : 0;
}

void devtop_guard_spawn(int rpc, const devtop_spawn *spawn, devtop_spawned *result) {
  struct wire_reply reply;
  int fds[16];
  int count = 0;
  memset(result, 0, sizeof *result);
  result->pidfd = result->output = result->error_output = result->notifications = -1;
  if (send_request(rpc, spawn, result) != 0)
    return;
  if (raw_receive(rpc, &reply, sizeof reply, fds, &count) <= 0) {
    for (int i = 0; i < count; i++)
      close(fds[i]);
    fail(result, DEVTOP_STAGE_GUARD, EPIPE);
    return;
  }
  result->pid = reply.pid;
  result->stage = reply.stage;
  result->error = reply.error;
  result->restarts_calls = reply.restarts_calls;
  memcpy(result->path, reply.path, sizeof result->path);
  result->path[sizeof result->path - 1] = 0;
  if (count > 0)
    result->pidfd = fds[0];
  if (count > 1)
    result->output = fds[1];
  int pipes = spawn->terminal ? 1 : 2;
  if (count > 2 && pipes == 2)
    result->error_output = fds[2];
  if (count > pipes + 1)
    result->notifications = fds[pipes + 1];
  // The kernel drops descriptors when this process has no room for them.
  if (reply.pid > 0 && count != 1 + pipes + (spawn->takes_over_ports != 0)) {
    for (int i = 0; i < count; i++)
      close(fds[i]);
    result->pidfd = result->output = result->error_output = result->notifications = -1;
    devtop_guard_stop(rpc, spawn->id, SIGKILL, 0);
    result->pid = 0;
    fail(result, DEVTOP_STAGE_RESOURCE, EMFILE);
  }
}

static int send_small(int rpc, uint16_t operation, uint64_t id, int number, uint32_t grace_ms) {
  struct wire_request request;
  memset(&request, 0, sizeof request);
  request.operation = operation;
  request.id = id;
  request.number = number;
  request.grace_ms = grace_ms;
  return -raw_send(rpc, &request, sizeof request, NULL, 0, 0);
}

int devtop_guard_signal(int rpc, uint64_t id, int number) { return send_small(rpc, WIRE_SIGNAL, id, number, 0); }

int devtop_guard_stop(int rpc, uint64_t id, int number, uint32_t grace_ms) {
  return send_small(rpc, WIRE_STOP, id, number, grace_ms);
}

int devtop_guard_next_event(int events, devtop_event *event) {
  ssize_t n;
  do
    n = recv(events, event, sizeof *event, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n == sizeof *event)
    return 1;
  return n < 0 && errno == EAGAIN ? 0 : -1;
}

// MARK: trees without a guard

#define ORPHAN_EVENTS 256

struct devtop_orphanage {
  struct trees trees;
  devtop_event events[ORPHAN_EVENTS];
  int first, count;
};

static int store_event(void *context, const devtop_event *event) {
  devtop_orphanage *o = context;
  if (o->count == ORPHAN_EVENTS)
    return 0;
  o->events[(o->first + o->count++) % ORPHAN_EVENTS] = *event;
  return 1;
}

devtop_orphanage *devtop_orphanage_create(uint64_t nonce) {
  devtop_orphanage *o =
      mmap(NULL, sizeof *o, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (o == MAP_FAILED)
    return NULL;
  trees_init(&o->trees, getpid(), nonce);
  o->trees.emit = store_event;
  o->trees.context = o;
  o->trees.epoll = epoll_create1(EPOLL_CLOEXEC);
  if (o->trees.epoll < 0) {
    munmap(o, sizeof *o);
    return NULL;
  }
  return o;
}

void devtop_orphanage_destroy(devtop_orphanage *o) {
  for (int i = 0; i < SEEN_SLOTS; i++)
    if (o->trees.seen[i].pid > 0 && o->trees.seen[i].pidfd >= 0)
      close(o->trees.seen[i].pidfd);
  close(o->trees.epoll);
  munmap(o, sizeof *o);
}

int devtop_orphanage_descriptor(devtop_orphanage *o) { return o->trees.epoll; }

int devtop_orphanage_adopt(devtop_orphanage *o, uint64_t id, int32_t main, int main_ended) {
  if (trees_find(&o->trees, id))
    return 0;
  int error = trees_add(&o->trees, id, main);
  struct tree *tree = trees_find(&o->trees, id);
  if (tree)
    tree->main_ended = (uint8_t)main_ended;
  return error;
}

void devtop_orphanage_stop(devtop_orphanage *o, uint64_t id, int number, uint32_t grace_ms) {
  trees_stop(&o->trees, id, number, grace_ms);
}

void devtop_orphanage_signal(devtop_orphanage *o, uint64_t id, int number) {
  trees_signal(&o->trees, id, number);
}

int64_t devtop_orphanage_turn(devtop_orphanage *o) {
  struct trees *t = &o->trees;
  if (t->used == 0)
    return -1;
  trees_watch(t);
  trees_reap(t);
  trees_tick(t);
  // Reaping may have brought new orphans.
  trees_watch(t);
  return t->blocked ? 0 : trees_timeout(t);
}

int devtop_orphanage_next_event(devtop_orphanage *o, devtop_event *event) {
  if (o->count == 0)
    return 0;
  *event = o->events[o->first];
  o->first = (o->first + 1) % ORPHAN_EVENTS;
  o->count--;
  return 1;
}

// MARK: small calls

int devtop_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int devtop_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int devtop_epoll_add(int epoll, int descriptor, uint64_t key) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = key};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

void devtop_epoll_want_room(int epoll, int descriptor, uint64_t key, bool wants_room) {
  struct epoll_event event = {.events = EPOLLIN | (wants_room ? EPOLLOUT : 0), .data.u64 = key};
  epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
}

int devtop_epoll_wait(int epoll, uint64_t *keys, int count, int milliseconds) {
  struct epoll_event events[64];
  int ready = epoll_wait(epoll, events, count < 64 ? count : 64, milliseconds);
  for (int i = 0; i < ready; i++)
    keys[i] = events[i].data.u64;
  return ready;
}

void devtop_epoll_remove(int epoll, int descriptor) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int devtop_poll(void *entries, int count, int64_t nanoseconds) {
  struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return ppoll(entries, (nfds_t)count, nanoseconds < 0 ? NULL : &time, NULL);
}


int devtop_set_window_size(int master, uint16_t columns, uint16_t rows) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  return ioctl(master, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

int devtop_open_terminal(int master) {
  int terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return terminal >= 0 ? terminal : -errno;
}

int devtop_set_nonblocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : errno;
}

void devtop_widen_pipe(int descriptor, int size) { fcntl(descriptor, F_SETPIPE_SZ, size); }

int devtop_pidfd_open(int32_t pid) { return (int)RAW(pidfd_open, pid, 0); }

int devtop_pidfd_signal(int pidfd, int number) { return -(int)RAW(pidfd_send_signal, pidfd, number, NULL, 0); }
