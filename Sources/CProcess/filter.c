#include "filter.h"
#include "raw.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
/// Set in the numbers of the x32 ABI (__X32_SYSCALL_BIT), whose programs have the same `arch`.
#define FOREIGN_NUMBERS 0x40000000
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

RAW_BEGIN

#ifdef NATIVE_ARCHITECTURE

// Comparisons with constants only, so that the kernel answers every other call from a bitmap without running it.
static const struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    // A program of another architecture has other numbers, and keeps its ports.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef FOREIGN_NUMBERS
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN_NUMBERS, 2, 0),
#endif
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_listen, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
};

/// Whether the kernel knows SECCOMP_USER_NOTIF_FLAG_CONTINUE (Linux 5.5), which the flags above do not tell.
static int can_continue(void) {
  static struct utsname name;
  int version[2] = {0, 0};
  const char *at = name.release;
  if (RAW(uname, &name) < 0)
    return 0;
  for (int i = 0; i < 2; i++, at++)
    for (; *at >= '0' && *at <= '9'; at++)
      version[i] = version[i] * 10 + (*at - '0');
  return version[0] > 5 || (version[0] == 5 && version[1] >= 5);
}

int filter_ports(char *restarts_calls) {
  struct sock_fprog filter;
  filter.len = sizeof program / sizeof *program;
  filter.filter = (struct sock_filter *)program;
  long result = RAW(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (result < 0)
    return (int)result;
  result = RAW(seccomp, SECCOMP_SET_MODE_FILTER,
               SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &filter);
  // Before Linux 5.19 a signal may restart a call that is being answered.
  *restarts_calls = result == -EINVAL && can_continue();
  if (*restarts_calls)
    result = RAW(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
  return (int)result;
}

#else

int filter_ports(char *restarts_calls) {
  *restarts_calls = 0;
  return -ENOSYS;
}

#endif

RAW_END
