#include "include/CProcess.h"

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

// The first version of struct sched_attr (sched_setattr(2)); newer C libraries define it by that name themselves.
struct attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

// The kernel takes 0.1 to 100 ms.
static const uint64_t slice_in_nanoseconds = 100 * 1000;

void devtop_prefer_latency(void) {
  struct attributes attributes = {.size = sizeof attributes};
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  // Whoever gave devtop another policy knows better.
  if (attributes.policy != SCHED_NORMAL) return;
  attributes.size = sizeof attributes;
  attributes.flags |= SCHED_FLAG_RESET_ON_FORK;
  attributes.runtime = slice_in_nanoseconds;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}
