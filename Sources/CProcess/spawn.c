#include "spawn.h"
#include "CProcess.h"
#include "program.h"
#include "raw.h"
#include "trees.h"
#include <linux/close_range.h>
#include <sys/wait.h>
#include <termios.h>

// ioctl_tty(2); libc's headers and the kernel's cannot be included together.
#define IOCTL_GET_MODES 0x5401
#define IOCTL_SET_MODES 0x5402
#define IOCTL_WINDOW_SIZE 0x5414
#define IOCTL_UNLOCK_PTY 0x40045431
#define IOCTL_PTY_PEER 0x5441
#define POINTER_LIMIT 65536
/// A program that has not been executed by then (a dead network mount) is given up.
#define EXEC_TIMEOUT_MS 5000

RAW_BEGIN

static char *pointers[POINTER_LIMIT + 2];
static char marker[96];
/// Completed by the child, in its own copy.
static char listener[64];
static struct failure failure;

static void fail(struct wire_reply *reply, int stage, long error) {
  reply->pid = 0;
  reply->stage = stage;
  reply->error = (int32_t)-error;
}

static void close_plumbing(struct plumbing *p) {
  raw_close(p->standard[0]);
  if (p->standard[1] != p->standard[0])
    raw_close(p->standard[1]);
  if (p->standard[2] != p->standard[0] && p->standard[2] != p->standard[1])
    raw_close(p->standard[2]);
  raw_close(p->output);
  raw_close(p->error_output);
  raw_close(p->report[0]);
  raw_close(p->report[1]);
  raw_close(p->channel[0]);
  raw_close(p->channel[1]);
}

static long open_terminal(const struct wire_request *request, struct plumbing *p) {
  int unlocked = 0;
  struct {
    uint32_t input, output, control, local;
    uint8_t line, characters[19];
  } modes;
  struct {
    unsigned short rows, columns, width, height;
  } size;
  p->output = raw_open("/dev/ptmx", O_RDWR | O_NOCTTY);
  if (p->output < 0)
    return p->output;
  long error = RAW(ioctl, p->output, IOCTL_UNLOCK_PTY, &unlocked);
  if (error < 0)
    return error;
  p->standard[0] = (int)RAW(ioctl, p->output, IOCTL_PTY_PEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (p->standard[0] < 0)
    return p->standard[0];
  p->standard[1] = p->standard[2] = p->standard[0];
  size.rows = request->rows;
  size.columns = request->columns;
  size.width = size.height = 0;
  RAW(ioctl, p->output, IOCTL_WINDOW_SIZE, &size);
  // Backspace over a character of several bytes erases all of it.
  if (RAW(ioctl, p->standard[0], IOCTL_GET_MODES, &modes) == 0) {
    modes.input |= IUTF8;
    RAW(ioctl, p->standard[0], IOCTL_SET_MODES, &modes);
  }
  return 0;
}

static long open_pipes(struct plumbing *p) {
  int ends[2];
  p->standard[0] = raw_open("/dev/null", O_RDONLY);
  if (p->standard[0] < 0)
    return p->standard[0];
  long error = RAW(pipe2, ends, O_CLOEXEC);
  if (error < 0)
    return error;
  p->output = ends[0];
  p->standard[1] = ends[1];
  error = RAW(pipe2, ends, O_CLOEXEC);
  if (error < 0)
    return error;
  p->error_output = ends[0];
  p->standard[2] = ends[1];
  return 0;
}

/// Points into `text`; 0 when it does not hold as many strings as announced.
static int lay_out(const struct wire_request *request, char *text, uint64_t nonce, char **directory) {
  size_t at = 0;
  size_t length = request->length;
  size_t count = 1 + (size_t)request->argument_count + request->environment_count;
  size_t filled = 0;
  *directory = text;
  if (request->argument_count == 0 || count + 4 > POINTER_LIMIT || length == 0 || text[length - 1] != 0)
    return 0;
  for (size_t i = 0; i < count; i++) {
    if (at >= length)
      return 0;
    char *string = text + at;
    at += raw_length(string) + 1;
    if (i == 0)
      continue;
    if (i == 1 + request->argument_count)
      pointers[filled++] = NULL;
    // The marker of an outer devtop gives way to ours, and its listener too.
    if (i <= request->argument_count || !(raw_has_prefix(string, "DEVTOP_TREE=") ||
                                          (request->names_listener && raw_has_prefix(string, "LISTEN_PID="))))
      pointers[filled++] = string;
  }
  if (request->environment_count == 0)
    pointers[filled++] = NULL;
  raw_append_number(marker_prefix(marker, nonce), request->id);
  pointers[filled++] = marker;
  if (request->names_listener)
    pointers[filled++] = listener;
  pointers[filled] = NULL;
  return 1;
}

/// Awaits the exec: the report's end means success.
static void await_exec(int report, int pid, struct wire_reply *reply, const struct spawn_watch *watch) {
  struct pollfd waits[3];
  waits[0].fd = report;
  waits[0].events = POLLIN;
  waits[1].fd = watch->connection;
  waits[2].fd = watch->lifeline;
  // Only their ends: nobody waits for this program any more.
  waits[1].events = waits[2].events = 0;
  waits[0].revents = 0;
  int ready = raw_poll(waits, 3, EXEC_TIMEOUT_MS);
  failure.path[0] = 0;
  long n = ready > 0 && waits[0].revents ? raw_read(report, &failure, sizeof failure) : -ETIMEDOUT;
  if (n == 0) {
    reply->pid = pid;
    return;
  }
  raw_kill(pid, SIGKILL);
  siginfo_t info;
  // A child in an uninterruptible call is left to the ordinary reaping.
  RAW(waitid, P_PID, pid, &info, WEXITED | (n < 0 ? WNOHANG : 0), NULL);
  if (n == sizeof failure) {
    fail(reply, failure.stage, -failure.error);
    raw_copy(reply->path, failure.path, sizeof failure.path);
  } else {
    fail(reply, DEVTOP_STAGE_EXEC, n < 0 ? n : -EIO);
  }
}

/// What the child sent before its exec; -EMFILE when the kernel had no room for it here.
static int receive_notifications(int channel, struct wire_reply *reply) {
  char restarts_calls;
  int fds[16];
  int count = 0;
  int result = raw_receive(channel, &restarts_calls, 1, fds, &count);
  reply->restarts_calls = result > 0 && restarts_calls;
  if (result > 0 && count == 1)
    return fds[0];
  for (int i = 0; i < count; i++)
    raw_close(fds[i]);
  return result < 0 ? result : -EMFILE;
}

void spawn_program(const struct wire_request *request, char *text, const int *extra, uint64_t nonce,
                   const struct spawn_watch *watch, struct wire_reply *reply, int *given, int *given_count) {
  struct plumbing p;
  char *directory;
  *given_count = 0;
  raw_zero(reply, sizeof *reply);
  p.standard[0] = p.standard[1] = p.standard[2] = p.output = p.error_output = p.report[0] = p.report[1] = -1;
  p.channel[0] = p.channel[1] = -1;
  if (!lay_out(request, text, nonce, &directory)) {
    fail(reply, DEVTOP_STAGE_LIMIT, -E2BIG);
    return;
  }
  long error = request->terminal ? open_terminal(request, &p) : open_pipes(&p);
  if (error >= 0)
    error = RAW(pipe2, p.report, O_CLOEXEC);
  if (error >= 0 && request->takes_over_ports)
    error = RAW(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p.channel);
  if (error < 0) {
    fail(reply, DEVTOP_STAGE_RESOURCE, error);
    close_plumbing(&p);
    return;
  }
  int pid = raw_fork();
  if (pid == 0) {
    raw_append_number(raw_append(listener, "LISTEN_PID="), (uint64_t)raw_getpid());
    become_program(request, &p, extra, directory, pointers, pointers + request->argument_count + 1);
  }
  if (pid < 0) {
    fail(reply, DEVTOP_STAGE_FORK, pid);
    close_plumbing(&p);
    return;
  }
  int pidfd = (int)RAW(pidfd_open, pid, 0);
  raw_close(p.report[1]);
  raw_close(p.channel[1]);
  p.report[1] = p.channel[1] = -1;
  await_exec(p.report[0], pid, reply, watch);
  int notifications = reply->pid > 0 && request->takes_over_ports ? receive_notifications(p.channel[0], reply) : -1;
  int missing = pidfd < 0 ? pidfd : request->takes_over_ports && notifications < 0 ? notifications : 0;
  if (reply->pid > 0 && missing) {
    // Out of descriptors: devtop could not take over this program, so it does not run.
    raw_kill(pid, SIGKILL);
    siginfo_t info;
    RAW(waitid, P_PID, pid, &info, WEXITED, NULL);
    fail(reply, DEVTOP_STAGE_RESOURCE, missing);
  }
  if (reply->pid > 0) {
    given[(*given_count)++] = pidfd;
    given[(*given_count)++] = p.output;
    if (p.error_output >= 0)
      given[(*given_count)++] = p.error_output;
    if (notifications >= 0)
      given[(*given_count)++] = notifications;
    p.output = p.error_output = -1;
  } else {
    raw_close(pidfd);
    raw_close(notifications);
  }
  close_plumbing(&p);
}

RAW_END
