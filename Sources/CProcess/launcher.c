// The launcher: the process that the shell started. It stays in the terminal's foreground group while devtop proper
// works, and puts the terminal back when devtop proper cannot.
#include "CProcess.h"
#include "raw.h"
#include "trees.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>

/// How long the guard may take to end everything, before the launcher does it.
#define GUARD_LIMIT_MS 2000

struct launcher {
  int proper;
  int guard;
  int control;
  int signals;
  int said_goodbye;
  /// The terminal among the standard descriptors; -1: none.
  int terminal;
  struct termios modes;
};

static struct trees remains;

static int ignore_event(void *context, const devtop_event *event) {
  (void)context;
  (void)event;
  return 1;
}

static void tell(struct launcher *l, char message) {
  send(l->control, &message, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// Whether a shell with job control would continue us: POSIX calls a process group without one orphaned.
static int has_job_control(void) {
  int32_t group = getpgrp();
  int32_t process = getpid();
  for (int depth = 0; depth < 64; depth++) {
    struct process_stat stat;
    struct process_stat parent;
    if (process_stat_read(process, &stat) < 0 || process_stat_read(stat.parent, &parent) < 0)
      return 0;
    if (parent.group != group)
      return parent.session == stat.session;
    process = stat.parent;
  }
  return 0;
}

static void suspend(struct launcher *l) {
  if (!has_job_control()) {
    tell(l, DEVTOP_LAUNCHER_REFUSED);
    return;
  }
  // Whoever started us within the job (make, sudo) stops too; devtop proper ignores this signal.
  kill(0, SIGTSTP);
  kill(getpid(), SIGSTOP);
}

static void hear_proper(struct launcher *l) {
  char message[8];
  ssize_t n;
  while ((n = recv(l->control, message, sizeof message, MSG_DONTWAIT)) > 0) {
    if (message[0] == DEVTOP_LAUNCHER_GOODBYE)
      l->said_goodbye = 1;
    else if (message[0] == DEVTOP_LAUNCHER_SUSPEND)
      suspend(l);
    else if (message[0] == 'G' && n == 5)
      memcpy(&l->guard, message + 1, sizeof l->guard);
  }
  if (n == 0) {
    close(l->control);
    l->control = -1;
  }
}

static void hear_signals(struct launcher *l) {
  struct signalfd_siginfo info;
  while (read(l->signals, &info, sizeof info) == sizeof info) {
    int number = (int)info.ssi_signo;
    if (number == SIGCHLD)
      continue;
    if (number == SIGCONT) {
      tell(l, DEVTOP_LAUNCHER_CONTINUED);
    } else if (number == SIGTSTP) {
      if (info.ssi_pid != (uint32_t)getpid())
        tell(l, DEVTOP_LAUNCHER_SUSPEND_ASKED);
    } else if (l->proper > 0 && (info.ssi_code <= 0 || (number == SIGHUP && getsid(0) == getpid()))) {
      // From a process, which meant us. What the terminal sends reached devtop proper by itself, but for the
      // hangup, which goes to the session's leader alone.
      union sigval sender = {.sival_int = (int)info.ssi_pid};
      if (info.ssi_pid != (uint32_t)l->proper)
        sigqueue(l->proper, number, sender);
    }
  }
}

/// Takes the exit of every child; 1 when devtop proper was among them.
static int reap(struct launcher *l, int *status) {
  int found = 0;
  int one;
  pid_t pid;
  while ((pid = waitpid(-1, &one, WNOHANG | __WALL)) > 0) {
    if (pid == l->proper) {
      *status = one;
      found = 1;
    } else if (pid == l->guard) {
      l->guard = 0;
    }
  }
  return found;
}

static int mirror(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

static void write_all(int fd, const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t n = write(fd, text, length);
    if (n <= 0)
      return;
    text += n;
    length -= (size_t)n;
  }
}

/// Undoes what a dashboard does to a terminal; 1 when it was in use.
static int restore_terminal(struct launcher *l) {
  struct termios now;
  if (l->terminal < 0 || tcgetattr(l->terminal, &now) != 0)
    return 0;
  if (now.c_iflag == l->modes.c_iflag && now.c_oflag == l->modes.c_oflag && now.c_cflag == l->modes.c_cflag &&
      now.c_lflag == l->modes.c_lflag && memcmp(now.c_cc, l->modes.c_cc, sizeof now.c_cc) == 0)
    return 0;
  // SIGTTOU is blocked here, so this works from the background too.
  tcsetattr(l->terminal, TCSANOW, &l->modes);
  if (isatty(STDOUT_FILENO))
    // Attributes, scrolling region, mouse, focus and paste reports, keypad, wrapping, cursor, main screen.
    write_all(STDOUT_FILENO, "\033[0m\033[r\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?2004l"
                             "\033[?1l\033>\033[?7h\033[?1049l\033[?25h\r\033[K");
  return 1;
}

/// Waits for the guard, then ends whatever is left of it.
static void end_services(struct launcher *l) {
  int64_t end = raw_now() + GUARD_LIMIT_MS;
  int ignored;
  siginfo_t info;
  // With devtop proper gone its living guard is our child; another process with its number is not.
  while (l->guard > 0 && waitid(P_PID, (id_t)l->guard, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
    struct pollfd wait = {.fd = l->signals, .events = POLLIN};
    int64_t left = end - raw_now();
    reap(l, &ignored);
    if (l->guard <= 0 || left <= 0)
      break;
    poll(&wait, 1, (int)left);
    hear_signals(l);
  }
  trees_init(&remains, getpid(), remains.nonce);
  remains.emit = ignore_event;
  remains.reaps_all = 1;
  trees_end_marked(&remains, 500);
  reap(l, &ignored);
}

_Noreturn static void launcher_main(struct launcher *l) {
  int status = 0;
  for (;;) {
    struct pollfd waits[2] = {{.fd = l->signals, .events = POLLIN}, {.fd = l->control, .events = POLLIN}};
    if (poll(waits, 2, -1) < 0)
      continue;
    if (waits[1].revents)
      hear_proper(l);
    if (waits[0].revents)
      hear_signals(l);
    if (reap(l, &status))
      break;
  }
  l->proper = 0;
  hear_proper(l);
  int was_in_use = l->said_goodbye ? 0 : restore_terminal(l);
  end_services(l);
  char reason[160] = "";
  if (WIFSIGNALED(status)) {
    const char *name = sigabbrev_np(WTERMSIG(status));
    snprintf(reason, sizeof reason, "devtop ended by SIG%s; services were stopped.\n", name ? name : "?");
    if (!name)
      snprintf(reason, sizeof reason, "devtop ended by signal %d; services were stopped.\n", WTERMSIG(status));
  } else if (was_in_use) {
    snprintf(reason, sizeof reason, "devtop ended unexpectedly (exit %d); services were stopped.\n",
             WEXITSTATUS(status));
  }
  write_all(STDERR_FILENO, reason);
  _exit(mirror(status));
}

/// Standard descriptors that are closed would be taken by our own files.
static void open_standard_descriptors(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0)
      open("/dev/null", O_RDWR);
}

/// What devtop proper ignores: it never stops (its PTYs would fill), and a closed pipe is an error, not a death.
static void ignore_in_proper(void) {
  signal(SIGTSTP, SIG_IGN);
  signal(SIGTTIN, SIG_IGN);
  signal(SIGTTOU, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
}

/// Swift's runtime answers a crash on a terminal with a prompt of 30 s, which a terminal in raw mode cannot even
/// show; the launcher says what happened instead. Whoever wants the backtrace sets SWIFT_BACKTRACE.
static void crash_at_once(void) {
  static const int crashes[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
  for (size_t i = 0; !getenv("SWIFT_BACKTRACE") && i < sizeof crashes / sizeof *crashes; i++)
    signal(crashes[i], SIG_DFL);
}

int devtop_launch(devtop_handles *handles) {
  struct launcher l;
  int control[2];
  int lifeline[2];
  sigset_t all;
  sigset_t before;
  memset(&l, 0, sizeof l);
  memset(handles, 0, sizeof *handles);
  open_standard_descriptors();
  l.terminal = -1;
  for (int fd = 0; fd < 3 && l.terminal < 0; fd++)
    if (isatty(fd) && tcgetattr(fd, &l.modes) == 0)
      l.terminal = fd;
  devtop_origin_init(&handles->origin);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0)
    return errno;
  if (pipe2(lifeline, O_CLOEXEC) != 0)
    return errno;
  // Orphans of devtop proper come here, so that even the death of two of the three leaves nobody behind.
  devtop_become_subreaper();
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  handles->launcher_pid = getpid();
  l.proper = fork();
  if (l.proper < 0) {
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
  }
  if (l.proper > 0) {
    close(control[1]);
    close(lifeline[0]);
    l.control = control[0];
    l.signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    remains.nonce = handles->origin.nonce;
    launcher_main(&l);
  }
  close(control[0]);
  close(lifeline[1]);
  handles->launcher = control[1];
  handles->origin.lifeline = lifeline[0];
  devtop_become_subreaper();
  int error = devtop_guard_start(&handles->origin, &handles->guard);
  if (error == 0)
    devtop_launcher_send_guard(handles->launcher, handles->guard.pid);
  ignore_in_proper();
  crash_at_once();
  sigprocmask(SIG_SETMASK, &before, NULL);
  return error;
}

int devtop_launcher_send(int launcher, int message) {
  char byte = (char)message;
  return send(launcher, &byte, 1, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

int devtop_launcher_send_guard(int launcher, int32_t pid) {
  char message[5] = {'G'};
  memcpy(message + 1, &pid, sizeof pid);
  return send(launcher, message, sizeof message, MSG_NOSIGNAL) == sizeof message ? 0 : errno;
}

int devtop_launcher_receive(int launcher) {
  char message = 0;
  ssize_t n = recv(launcher, &message, 1, MSG_DONTWAIT);
  if (n == 1)
    return message;
  return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}
