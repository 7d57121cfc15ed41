// The launcher, the guard, and what their users need of them (launcher.c, guard.c, client.c), and what else only
// the system's C interface offers.
#ifndef CPROCESS_H
#define CPROCESS_H

#include <stdbool.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/// How to reach a running guard.
typedef struct devtop_guard_link {
  /// The guard, a child of the process that started it.
  int32_t pid;
  /// Stream socket for requests and their replies; its end ends the guard and all that it started.
  int rpc;
  /// Packet socket from which events are read.
  int events;
} devtop_guard_link;

/// What a guard must know of the world before devtop changed it.
typedef struct devtop_origin {
  /// Marks every process of this devtop in its environment: `DEVTOP_TREE=nonce.id`.
  uint64_t nonce;
  struct rlimit limits[RLIM_NLIMITS];
  /// Ends (reads as closed) when the launcher is gone; -1 without a launcher.
  int lifeline;
} devtop_origin;

typedef struct devtop_handles {
  devtop_guard_link guard;
  devtop_origin origin;
  /// Packet socket to the launcher; -1 without one.
  int launcher;
  int32_t launcher_pid;
} devtop_handles;

/// Splits the calling, still single-threaded process into launcher, guard and devtop proper.
///
/// Returns in devtop proper only, where it fills `handles`; the calling process becomes the launcher and exits
/// with devtop proper's status. Returns 0, or an errno when the processes could not be made.
int devtop_launch(devtop_handles *handles);

/// Takes down the limits, draws the nonce; `lifeline` is -1.
void devtop_origin_init(devtop_origin *origin);
/// Forks a guard; safe in a threaded process. Returns 0 or an errno.
///
/// The caller should be a child subreaper (`devtop_become_subreaper`), so that it inherits the services
/// when the guard is killed.
int devtop_guard_start(const devtop_origin *origin, devtop_guard_link *link);
/// Orphans of this process's descendants become its children: prctl(PR_SET_CHILD_SUBREAPER).
void devtop_become_subreaper(void);

/// Where a spawn failed.
enum devtop_stage {
  DEVTOP_STAGE_NONE = 0,
  /// The request is too large, or there are too many trees.
  DEVTOP_STAGE_LIMIT,
  /// No pseudo-terminal, pipe or descriptor.
  DEVTOP_STAGE_RESOURCE,
  DEVTOP_STAGE_FORK,
  DEVTOP_STAGE_DIRECTORY,
  DEVTOP_STAGE_EXEC,
  /// The program exists, its `#!` interpreter or ELF loader does not.
  DEVTOP_STAGE_INTERPRETER,
  /// The connection to the guard ended.
  DEVTOP_STAGE_GUARD,
  /// The system-call filter for ports is missing or refused (EBUSY: one is in force already).
  DEVTOP_STAGE_TAKEOVER,
};

/// A program to start. Strings are NUL-terminated, lists end with NULL.
typedef struct devtop_spawn {
  uint64_t id;
  const char *directory;
  char *const *arguments;
  char *const *environment;
  /// 1: one pseudo-terminal; 0: /dev/null and two pipes.
  int terminal;
  uint16_t columns, rows;
  /// Further descriptors, which become 3, 4, … in the child; at most 12.
  const int *descriptors;
  int descriptor_count;
  /// 1: the environment gets LISTEN_PID, the program's own pid (sd_listen_fds(3)).
  int names_listener;
  /// 1: whoever holds `notifications` answers bind(2) and listen(2) of the program and its descendants.
  int takes_over_ports;
} devtop_spawn;

typedef struct devtop_spawned {
  int32_t pid;
  int pidfd;
  /// The PTY's master, or the pipe of standard output; close-on-exec.
  int output;
  /// The pipe of standard error; -1 with a terminal.
  int error_output;
  /// For `devtop_ports_next`, close-on-exec; -1 unless asked for.
  int notifications;
  /// 1: a signal may restart a call of the program though it was answered (before Linux 5.19).
  int restarts_calls;
  /// enum devtop_stage; 0 when the program runs.
  int32_t stage;
  int32_t error;
  /// The path tried.
  char path[3072];
} devtop_spawned;

/// Starts a program by the guard at `rpc`; fills `result`. One call at a time.
void devtop_guard_spawn(int rpc, const devtop_spawn *request, devtop_spawned *result);
/// Sends `number` to the process group of the tree. Returns 0 or an errno (EPIPE: the guard is gone).
int devtop_guard_signal(int rpc, uint64_t id, int number);
/// Sends `number` to the whole tree, and SIGKILL after `grace_ms`; 0: SIGKILL at once.
int devtop_guard_stop(int rpc, uint64_t id, int number, uint32_t grace_ms);

enum devtop_event_kind {
  /// The main process ended: `code` and `status` as in siginfo_t; `code` 0: the status is lost.
  DEVTOP_EVENT_EXITED = 1,
  /// The last process of the tree ended.
  DEVTOP_EVENT_TREE_ENDED,
  /// `pid`, of user `uid`, refused a signal with `error` (EPERM), or survives SIGKILL (ETIMEDOUT).
  DEVTOP_EVENT_STRAGGLER,
};

typedef struct devtop_event {
  uint64_t id;
  int32_t kind;
  int32_t pid;
  int32_t code;
  int32_t status;
  uint32_t uid;
  int32_t error;
} devtop_event;

/// The next event: 1, 0 when there is none now, -1 when the guard is gone.
int devtop_guard_next_event(int events, devtop_event *event);

/// Trees that outlived their guard and are now children of this process; used by one thread.
typedef struct devtop_orphanage devtop_orphanage;
devtop_orphanage *devtop_orphanage_create(uint64_t nonce);
void devtop_orphanage_destroy(devtop_orphanage *orphanage);
/// Readable when something ended; then call `devtop_orphanage_turn`.
int devtop_orphanage_descriptor(devtop_orphanage *orphanage);
/// Takes over a tree; `main_ended` when its exit was reported already. Returns 0 or ENOSPC.
int devtop_orphanage_adopt(devtop_orphanage *orphanage, uint64_t id, int32_t main, int main_ended);
void devtop_orphanage_stop(devtop_orphanage *orphanage, uint64_t id, int number, uint32_t grace_ms);
void devtop_orphanage_signal(devtop_orphanage *orphanage, uint64_t id, int number);
/// Reaps and advances stops; returns the milliseconds until it must be called again, -1: only when readable.
int64_t devtop_orphanage_turn(devtop_orphanage *orphanage);
/// Takes the oldest event: 1, or 0 when there is none.
int devtop_orphanage_next_event(devtop_orphanage *orphanage, devtop_event *event);

/// What passes between devtop proper and its launcher, one byte a packet.
enum devtop_launcher_message {
  /// To the launcher: the terminal is as it was, the exit that follows is meant.
  DEVTOP_LAUNCHER_GOODBYE = 'B',
  /// To the launcher: stop yourself, so that the shell takes over.
  DEVTOP_LAUNCHER_SUSPEND = 'S',
  /// From the launcher: continued (`fg`, `bg` or SIGCONT).
  DEVTOP_LAUNCHER_CONTINUED = 'C',
  /// From the launcher: SIGTSTP came (Ctrl-Z in a cooked terminal).
  DEVTOP_LAUNCHER_SUSPEND_ASKED = 'Z',
  /// From the launcher: there is no shell that could continue it, so it did not stop.
  DEVTOP_LAUNCHER_REFUSED = 'R',
};
/// Sends one message; 0 or an errno.
int devtop_launcher_send(int launcher, int message);
/// Tells the launcher which process is the guard; 0 or an errno.
int devtop_launcher_send_guard(int launcher, int32_t pid);
/// The next message, 0 when there is none now, -1 when the launcher is gone.
int devtop_launcher_receive(int launcher);

/// A call of bind(2) or listen(2) that waits for its answer.
typedef struct devtop_port_call {
  uint64_t id;
  /// The calling thread; 0 when it cannot be seen from here.
  int32_t thread;
  /// 0: listen.
  int32_t is_bind;
  int32_t descriptor;
  /// Of bind, where the address lies in the caller.
  uint64_t address;
  /// Of bind, the length of the address; of listen, the backlog.
  int32_t argument;
} devtop_port_call;

/// The next call, without waiting: 1, 0 when there is none now, -1 when no caller is left.
int devtop_ports_next(int notifications, devtop_port_call *call);
/// Whether the call still waits, so that `thread` still names its caller.
int devtop_ports_is_waiting(int notifications, uint64_t id);
/// Answers with an errno, 0: success. Returns 0 or an errno (ENOENT: the call was taken back).
int devtop_ports_answer(int notifications, uint64_t id, int error);
/// Lets the kernel carry out the call. Returns as `devtop_ports_answer`.
int devtop_ports_pass(int notifications, uint64_t id);

enum devtop_ports_way {
  /// Sockets can be taken from children (pidfd_getfd(2)).
  DEVTOP_PORTS_DIRECT = 1,
  /// Only memory of children can be written.
  DEVTOP_PORTS_REWRITTEN,
};
/// Tries on a child of its own what takeover needs: enum devtop_ports_way, or -errno.
int devtop_ports_probe(void);

/// process_vm_readv(2), or /proc/PID/mem; 0 or an errno.
int devtop_memory_read(int32_t pid, uint64_t address, void *bytes, size_t count);
/// process_vm_writev(2); 0 or an errno (EFAULT: read-only memory).
int devtop_memory_write(int32_t pid, uint64_t address, const void *bytes, size_t count);
/// A copy of another process's descriptor (pidfd_getfd(2)), close-on-exec; or -errno.
int devtop_take_descriptor(int32_t pid, int number);
/// The protocol of a process's socket, such as `TCPv6`; 0 or an errno.
int devtop_protocol_name(int32_t pid, int number, char *name, size_t size);
/// How many connections wait for accept(2) on a listening socket (tcp(7), TCP_INFO); or -errno.
int devtop_waiting_connections(int listener);
/// A number for the network namespace of a socket (SO_NETNS_COOKIE); 0: unknown.
uint64_t devtop_network(int socket);
/// Clears O_NONBLOCK; 0 or an errno.
int devtop_set_blocking(int descriptor);

// What Swift's Glibc does not import.

/// A non-blocking eventfd; -1 and errno when there is none.
int devtop_eventfd(void);
/// An epoll; -1 and errno when there is none.
int devtop_epoll_create(void);
/// Begins to watch for input, with `key` in the event's data.
int devtop_epoll_add(int epoll, int descriptor, uint64_t key);
/// Watches for room to write, too, or no longer.
void devtop_epoll_want_room(int epoll, int descriptor, uint64_t key, bool wants_room);
/// The keys of at most 64 descriptors with input or room; their number, 0 when `milliseconds` passed, -1 on a signal.
int devtop_epoll_wait(int epoll, uint64_t *keys, int count, int milliseconds);
void devtop_epoll_remove(int epoll, int descriptor);
/// As poll(2) on an array of struct pollfd, to the nanosecond (ppoll(2)); a negative time waits for ever.
int devtop_poll(void *entries, int count, int64_t nanoseconds);
/// TIOCSWINSZ on a PTY's master; 0 or an errno.
int devtop_set_window_size(int master, uint16_t columns, uint16_t rows);
/// Opens the terminal behind a PTY's master (TIOCGPTPEER); the descriptor or -errno.
int devtop_open_terminal(int master);
/// O_NONBLOCK; 0 or an errno.
int devtop_set_nonblocking(int descriptor);
/// F_SETPIPE_SZ, as far as /proc/sys/fs/pipe-max-size and the user's share allow.
void devtop_widen_pipe(int descriptor, int size);
/// pidfd_open(2); the descriptor or -errno.
int devtop_pidfd_open(int32_t pid);
/// pidfd_send_signal(2); 0 or an errno.
int devtop_pidfd_signal(int pidfd, int number);

// latency.c

/// Asks for short time slices for the calling thread, which is then run soon after it wakes even while compilers use
/// all cores; its share of them stays what it was.
///
/// For threads that do little at a time and for which somebody waits. Linux 6.12 and newer (EEVDF, sched_setattr(2));
/// nothing happens elsewhere. Children and threads that it makes do not inherit it.
void devtop_prefer_latency(void);

/// Which CPUs the calling thread may run on, one bit each; sched_getaffinity(2). `cpus` must be aligned to 8 bytes, and
/// `size` a multiple of 8. -1 and errno when it fails.
int devtop_affinity(uint8_t *cpus, size_t size);

/// Lets a thread (0: the calling one) run on these CPUs alone; sched_setaffinity(2). -1 and errno when it fails.
int devtop_set_affinity(pid_t thread, const uint8_t *cpus, size_t size);

#endif
