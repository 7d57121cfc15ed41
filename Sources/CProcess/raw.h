// System calls and byte loops for code that runs in a process forked from a threaded one.
//
// After such a fork only async-signal-safe work is allowed (fork(2)): no malloc, no stdio, no lock of libc or
// of a sanitizer's runtime. Everything here is a bare system call that returns -errno, or a loop.
#ifndef CPROCESS_RAW_H
#define CPROCESS_RAW_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Sanitizer runtimes take locks that another thread may hold at the fork, so this code is not instrumented.
#define RAW_BEGIN _Pragma("clang attribute push(__attribute__((disable_sanitizer_instrumentation)), apply_to = function)")
#define RAW_END _Pragma("clang attribute pop")

RAW_BEGIN

static inline long raw6(long n, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
#else
  long result = syscall(n, a, b, c, d, e, f);
  return result < 0 ? -errno : result;
#endif
}

#define RAW(name, ...) RAW_(SYS_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define RAW_(n, a, b, c, d, e, f, ...) \
  raw6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static inline int raw_open(const char *path, int flags) {
  return (int)RAW(openat, AT_FDCWD, path, flags | O_CLOEXEC);
}
static inline void raw_close(int fd) {
  if (fd >= 0)
    RAW(close, fd);
}
static inline int raw_kill(int pid, int number) { return (int)RAW(kill, pid, number); }
static inline int raw_getpid(void) { return (int)RAW(getpid); }
_Noreturn static inline void raw_exit(int status) {
  for (;;)
    RAW(exit_group, status);
}
/// A plain fork: no handlers, no stack of its own.
static inline int raw_fork(void) { return (int)RAW(clone, SIGCHLD); }

static inline long raw_read(int fd, void *bytes, size_t count) {
  long n;
  do
    n = RAW(read, fd, bytes, count);
  while (n == -EINTR);
  return n;
}
static inline long raw_write(int fd, const void *bytes, size_t count) {
  long n;
  do
    n = RAW(write, fd, bytes, count);
  while (n == -EINTR);
  return n;
}
/// Waits at most `milliseconds`; below 0 means without end.
static inline int raw_poll(struct pollfd *fds, unsigned count, int64_t milliseconds) {
  struct timespec wait;
  wait.tv_sec = milliseconds / 1000;
  wait.tv_nsec = milliseconds % 1000 * 1000000;
  return (int)RAW(ppoll, fds, count, milliseconds < 0 ? NULL : &wait, NULL, 8);
}
/// CLOCK_MONOTONIC in milliseconds.
static inline int64_t raw_now(void) {
  struct timespec now;
  RAW(clock_gettime, CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void raw_copy(void *to, const void *from, size_t count) {
  volatile char *target = to;
  const char *source = from;
  for (size_t i = 0; i < count; i++)
    target[i] = source[i];
}
static inline void raw_zero(void *bytes, size_t count) {
  volatile char *target = bytes;
  for (size_t i = 0; i < count; i++)
    target[i] = 0;
}
static inline size_t raw_length(const char *text) {
  size_t n = 0;
  while (((const volatile char *)text)[n])
    n++;
  return n;
}
static inline int raw_has_prefix(const char *text, const char *prefix) {
  for (; *prefix; text++, prefix++)
    if (*text != *prefix)
      return 0;
  return 1;
}
/// Appends `text` at `at`, ends it with NUL, and returns the new end.
static inline char *raw_append(char *at, const char *text) {
  while (*text)
    *at++ = *text++;
  *at = 0;
  return at;
}
static inline char *raw_append_number(char *at, uint64_t number) {
  char digits[24];
  int n = 0;
  do
    digits[n++] = (char)('0' + number % 10);
  while (number /= 10);
  while (n)
    *at++ = digits[--n];
  *at = 0;
  return at;
}
static inline char *raw_append_hex(char *at, uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4)
    *at++ = "0123456789abcdef"[number >> shift & 15];
  *at = 0;
  return at;
}
/// The text of a small file, cut at `size - 1` bytes and ended with NUL; its length, or -errno.
static inline long raw_slurp(const char *path, char *text, size_t size) {
  int fd = raw_open(path, O_RDONLY);
  if (fd < 0)
    return fd;
  size_t used = 0;
  while (used < size - 1) {
    long n = raw_read(fd, text + used, size - 1 - used);
    if (n <= 0) {
      if (n < 0 && used == 0) {
        raw_close(fd);
        return n;
      }
      break;
    }
    used += (size_t)n;
  }
  text[used] = 0;
  raw_close(fd);
  return (long)used;
}
/// Sends `count` bytes with descriptors beside the first of them; 0 or -errno.
static inline int raw_send(int socket, const void *bytes, size_t count, const int *fds, int fd_count, int flags) {
  union {
    char bytes[CMSG_SPACE(sizeof(int) * 16)];
    struct cmsghdr head;
  } control;
  struct iovec part;
  struct msghdr message;
  size_t sent = 0;
  while (sent < count) {
    part.iov_base = (char *)bytes + sent;
    part.iov_len = count - sent;
    raw_zero(&message, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (sent == 0 && fd_count > 0) {
      raw_zero(&control, sizeof control);
      message.msg_control = control.bytes;
      message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
      control.head.cmsg_level = SOL_SOCKET;
      control.head.cmsg_type = SCM_RIGHTS;
      control.head.cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
      raw_copy(CMSG_DATA(&control.head), fds, sizeof(int) * (size_t)fd_count);
    }
    long n = RAW(sendmsg, socket, &message, MSG_NOSIGNAL | flags);
    if (n == -EINTR)
      continue;
    if (n < 0)
      return (int)n;
    sent += (size_t)n;
  }
  return 0;
}
/// Receives exactly `count` bytes of a stream and at most 16 descriptors; 1, 0 at the end, or -errno.
static inline int raw_receive(int socket, void *bytes, size_t count, int *fds, int *fd_count) {
  union {
    char bytes[CMSG_SPACE(sizeof(int) * 16)];
    struct cmsghdr head;
  } control;
  struct iovec part;
  struct msghdr message;
  size_t got = 0;
  if (fd_count)
    *fd_count = 0;
  while (got < count) {
    part.iov_base = (char *)bytes + got;
    part.iov_len = count - got;
    raw_zero(&message, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control;
    long n = RAW(recvmsg, socket, &message, MSG_CMSG_CLOEXEC);
    if (n == -EINTR)
      continue;
    if (n <= 0)
      return (int)n;
    got += (size_t)n;
    if (message.msg_controllen >= CMSG_LEN(sizeof(int)) && control.head.cmsg_level == SOL_SOCKET &&
        control.head.cmsg_type == SCM_RIGHTS) {
      int received = (int)((control.head.cmsg_len - CMSG_LEN(0)) / sizeof(int));
      for (int i = 0; i < received; i++) {
        int fd;
        raw_copy(&fd, CMSG_DATA(&control.head) + sizeof(int) * (size_t)i, sizeof fd);
        if (fds && fd_count && *fd_count < 16)
          fds[(*fd_count)++] = fd;
        else
          raw_close(fd);
      }
    }
  }
  return 1;
}

RAW_END
#endif
