#ifndef CPROCESS_CHILDREN_H
#define CPROCESS_CHILDREN_H

#include <stdint.h>

/// Whether the kernel has /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN).
int children_files_exist(void);
/// The children of all threads of `pid`, at most `limit`; `by_parent`: looks them up in all of /proc instead.
int children_of(int32_t pid, int by_parent, int32_t *pids, int limit);
/// The effective user of a process, from /proc/PID/status.
uint32_t process_user(int32_t pid);

#endif
