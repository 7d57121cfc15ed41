// The system-call filter that asks devtop about bind(2) and listen(2).
#ifndef CPROCESS_FILTER_H
#define CPROCESS_FILTER_H

/// Filters the calling process and all its descendants; the notification descriptor (close-on-exec), or -errno.
///
/// It sets PR_SET_NO_NEW_PRIVS, so programs with setuid or file capabilities gain nothing from then on.
/// -EBUSY: a filter with a listener is in force already (seccomp(2)).
///
/// `restarts_calls` becomes 1 where a signal may restart a call that is being answered, even behind its answer.
int filter_ports(char *restarts_calls);

#endif
