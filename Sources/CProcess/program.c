#include "program.h"
#include "CProcess.h"
#include "filter.h"
#include "raw.h"
#include <linux/close_range.h>

// ioctl_tty(2); libc's headers and the kernel's cannot be included together.
#define IOCTL_SET_TERMINAL 0x540E

RAW_BEGIN

static struct failure failure;
static char candidate[4096];

_Noreturn static void give_up(int report, int stage, long error, const char *path) {
  failure.stage = stage;
  failure.error = (int32_t)-error;
  size_t n = raw_length(path);
  if (n >= sizeof failure.path)
    n = sizeof failure.path - 1;
  raw_copy(failure.path, path, n);
  failure.path[n] = 0;
  raw_write(report, &failure, sizeof failure);
  raw_exit(127);
}

/// Default dispositions and an empty mask: programs expect both, and inherit neither from devtop.
static void reset_signals(void) {
  struct {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
  } action;
  uint64_t none = 0;
  raw_zero(&action, sizeof action);
  for (int number = 1; number <= 64; number++)
    RAW(rt_sigaction, number, &action, NULL, 8);
  RAW(rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

static long execute(const char *path, char **arguments, char **environment, int *stage) {
  long error = RAW(execve, path, arguments, environment);
  // ENOENT of a file that exists means its interpreter.
  if (error == -ENOENT && RAW(faccessat, AT_FDCWD, path, 0) == 0)
    *stage = DEVTOP_STAGE_INTERPRETER;
  else
    *stage = DEVTOP_STAGE_EXEC;
  return error;
}

_Noreturn static void search_and_execute(int report, char **arguments, char **environment) {
  const char *name = arguments[0];
  const char *search = "/usr/local/bin:/usr/bin:/bin";
  int stage = DEVTOP_STAGE_EXEC;
  int has_slash = 0;
  for (const char *c = name; *c; c++)
    has_slash |= *c == '/';
  if (has_slash || !*name) {
    long error = execute(name, arguments, environment, &stage);
    give_up(report, stage, error, name);
  }
  for (char **entry = environment; *entry; entry++)
    if (raw_has_prefix(*entry, "PATH="))
      search = *entry + 5;
  // As execvp(3): EACCES is remembered, the search goes on.
  int refused = 0;
  size_t name_length = raw_length(name);
  while (1) {
    size_t n = 0;
    while (search[n] && search[n] != ':')
      n++;
    if (n + name_length + 3 < sizeof candidate) {
      raw_copy(candidate, n ? search : ".", n ? n : 1);
      char *at = candidate + (n ? n : 1);
      *at++ = '/';
      raw_append(at, name);
      long error = execute(candidate, arguments, environment, &stage);
      if (error == -EACCES && RAW(faccessat, AT_FDCWD, candidate, 0) == 0) {
        if (!refused)
          raw_copy(failure.path, candidate, raw_length(candidate) + 1 < sizeof failure.path
                                                ? raw_length(candidate) + 1
                                                : sizeof failure.path - 1);
        refused = 1;
      } else if ((error != -ENOENT && error != -ENOTDIR && error != -EACCES) ||
                 stage == DEVTOP_STAGE_INTERPRETER) {
        give_up(report, stage, error, candidate);
      }
    }
    if (!search[n])
      break;
    search += n + 1;
  }
  if (refused) {
    raw_copy(candidate, failure.path, sizeof failure.path);
    give_up(report, DEVTOP_STAGE_EXEC, -EACCES, candidate);
  }
  give_up(report, DEVTOP_STAGE_EXEC, -ENOENT, name);
}

/// Lets the holder of the notifications answer for the ports of this process; 0 or -errno.
static int give_up_ports(int channel) {
  char restarts_calls;
  int notifications = filter_ports(&restarts_calls);
  if (notifications < 0)
    return notifications;
  int error = raw_send(channel, &restarts_calls, 1, &notifications, 1, 0);
  raw_close(notifications);
  return error;
}

_Noreturn void become_program(const struct wire_request *request, struct plumbing *p, const int *extra,
                                     const char *directory, char **arguments, char **environment) {
  int sources[3 + WIRE_DESCRIPTOR_LIMIT];
  int extra_count = (int)request->descriptor_count;
  int first_free = 3 + extra_count;
  reset_signals();
  // Everything that is kept moves above the numbers that the program gets, then down to them.
  int report = (int)RAW(fcntl, p->report[1], F_DUPFD_CLOEXEC, first_free);
  if (report < 0)
    give_up(p->report[1], DEVTOP_STAGE_RESOURCE, report, "");
  RAW(setsid);
  int refused = request->takes_over_ports ? give_up_ports(p->channel[1]) : 0;
  if (refused < 0)
    give_up(report, DEVTOP_STAGE_TAKEOVER, refused, "");
  for (int i = 0; i < first_free; i++) {
    sources[i] = (int)RAW(fcntl, i < 3 ? p->standard[i] : extra[i - 3], F_DUPFD_CLOEXEC, first_free);
    if (sources[i] < 0)
      give_up(report, DEVTOP_STAGE_RESOURCE, sources[i], "");
  }
  for (int i = 0; i < first_free; i++)
    RAW(dup3, sources[i], i, 0);
  RAW(close_range, first_free, report - 1, 0);
  RAW(close_range, report + 1, ~0U, 0);
  if (request->terminal)
    RAW(ioctl, 0, IOCTL_SET_TERMINAL, 0);
  long error = RAW(chdir, directory);
  if (error < 0)
    give_up(report, DEVTOP_STAGE_DIRECTORY, error, directory);
  search_and_execute(report, arguments, environment);
}

RAW_END
