// What devtop proper does to answer bind(2) and listen(2) of a filtered program.
#include "CProcess.h"
#include "filter.h"
#include "raw.h"
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>

int devtop_ports_next(int notifications, devtop_port_call *call) {
  // The kernel writes its own size of the structure, which may grow (seccomp_unotify(2)).
  union {
    struct seccomp_notif notification;
    char room[1024];
  } received;
  for (;;) {
    struct pollfd one = {.fd = notifications, .events = POLLIN};
    int ready = poll(&one, 1, 0);
    if (ready < 0 && errno == EINTR)
      continue;
    if (ready <= 0)
      return ready;
    if (!(one.revents & POLLIN))
      return -1;
    memset(&received, 0, sizeof received);
    if (ioctl(notifications, SECCOMP_IOCTL_NOTIF_RECV, &received) == 0)
      break;
    // ENOENT: a signal or the end of the caller took the call back.
    if (errno != ENOENT && errno != EINTR)
      return -1;
  }
  const struct seccomp_notif *n = &received.notification;
  call->id = n->id;
  call->thread = (int32_t)n->pid;
  call->is_bind = n->data.nr == SYS_bind;
  call->descriptor = (int32_t)n->data.args[0];
  call->address = call->is_bind ? n->data.args[1] : 0;
  call->argument = (int32_t)n->data.args[call->is_bind ? 2 : 1];
  return 1;
}

int devtop_ports_is_waiting(int notifications, uint64_t id) {
  return ioctl(notifications, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static int answer(int notifications, struct seccomp_notif_resp *response) {
  int result;
  do
    result = ioctl(notifications, SECCOMP_IOCTL_NOTIF_SEND, response);
  while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

int devtop_ports_answer(int notifications, uint64_t id, int error) {
  struct seccomp_notif_resp response = {.id = id, .error = -error};
  return answer(notifications, &response);
}

int devtop_ports_pass(int notifications, uint64_t id) {
  struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  return answer(notifications, &response);
}

int devtop_memory_read(int32_t pid, uint64_t address, void *bytes, size_t count) {
  struct iovec here = {.iov_base = bytes, .iov_len = count};
  struct iovec there = {.iov_base = (void *)address, .iov_len = count};
  ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);
  if (n == (ssize_t)count)
    return 0;
  int error = n < 0 ? errno : EFAULT;
  if (error == EFAULT)
    return error;
  // The call itself is refused in some containers.
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  int memory = open(path, O_RDONLY | O_CLOEXEC);
  if (memory < 0)
    return error;
  n = pread(memory, bytes, count, (off_t)address);
  close(memory);
  return n == (ssize_t)count ? 0 : error;
}

int devtop_memory_write(int32_t pid, uint64_t address, const void *bytes, size_t count) {
  struct iovec here = {.iov_base = (void *)bytes, .iov_len = count};
  struct iovec there = {.iov_base = (void *)address, .iov_len = count};
  ssize_t n = process_vm_writev(pid, &here, 1, &there, 1, 0);
  return n == (ssize_t)count ? 0 : n < 0 ? errno : EFAULT;
}

int devtop_take_descriptor(int32_t pid, int number) {
  int process = (int)RAW(pidfd_open, pid, 0);
  if (process < 0)
    return process;
  int taken = (int)RAW(pidfd_getfd, process, number, 0);
  close(process);
  return taken;
}

int devtop_protocol_name(int32_t pid, int number, char *name, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
  ssize_t n = getxattr(path, "system.sockprotoname", name, size - 1);
  if (n < 0)
    return errno;
  name[n] = 0;
  return 0;
}

int devtop_waiting_connections(int listener) {
  struct tcp_info info;
  socklen_t size = sizeof info;
  memset(&info, 0, sizeof info);
  if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return -errno;
  return info.tcpi_state == TCP_LISTEN ? (int)info.tcpi_unacked : -EINVAL;
}

int devtop_set_blocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags >= 0 && fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 ? 0 : errno;
}

uint64_t devtop_network(int socket) {
#ifdef SO_NETNS_COOKIE
  uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 ? cookie : 0;
#else
  return 0;
#endif
}

// MARK: the probe

RAW_BEGIN

/// The child of a probe: filters itself, passes the descriptor on (or the error), and waits for its end.
_Noreturn static void be_probed(int channel) {
  char restarts_calls;
  int error = filter_ports(&restarts_calls);
  int notifications = error;
  error = error < 0 ? error : 0;
  raw_send(channel, &error, sizeof error, &notifications, error ? 0 : 1, 0);
  raw_close(notifications);
  raw_receive(channel, &error, sizeof error, NULL, NULL);
  raw_exit(0);
}

RAW_END

int devtop_ports_probe(void) {
  int channel[2];
  int error = 0;
  int fds[16];
  int count = 0;
  volatile uint64_t word = 0x646576746f70;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
    return -errno;
  uint64_t all = ~0ULL;
  uint64_t before;
  RAW(rt_sigprocmask, SIG_SETMASK, &all, &before, 8);
  int pid = raw_fork();
  if (pid == 0) {
    raw_close(channel[0]);
    be_probed(channel[1]);
  }
  RAW(rt_sigprocmask, SIG_SETMASK, &before, NULL, 8);
  close(channel[1]);
  int result = pid;
  if (pid > 0 && raw_receive(channel[0], &error, sizeof error, fds, &count) <= 0)
    result = -EIO;
  else if (pid > 0 && error)
    result = error;
  if (result > 0) {
    int taken = devtop_take_descriptor(pid, channel[1]);
    uint64_t read = 0;
    if (taken >= 0)
      result = DEVTOP_PORTS_DIRECT;
    else if (devtop_memory_read(pid, (uint64_t)&word, &read, sizeof read) == 0 && read == word &&
             devtop_memory_write(pid, (uint64_t)&word, &read, sizeof read) == 0)
      result = DEVTOP_PORTS_REWRITTEN;
    else
      result = taken;
    if (taken >= 0)
      close(taken);
  }
  for (int i = 0; i < count; i++)
    close(fds[i]);
  close(channel[0]);
  if (pid > 0) {
    siginfo_t info;
    RAW(waitid, P_PID, pid, &info, WEXITED, NULL);
  }
  return result;
}
