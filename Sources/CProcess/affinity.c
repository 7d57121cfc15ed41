#include "include/CProcess.h"

#include <sched.h>

int devtop_affinity(uint8_t *cpus, size_t size) {
  return sched_getaffinity(0, size, (cpu_set_t *)(void *)cpus);
}

int devtop_set_affinity(pid_t thread, const uint8_t *cpus, size_t size) {
  return sched_setaffinity(thread, size, (const cpu_set_t *)(const void *)cpus);
}
