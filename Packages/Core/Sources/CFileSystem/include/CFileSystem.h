// System calls that the Swift overlay of the C library does not show. All repeat what a signal has interrupted.
#ifndef CUTLINE_CFILESYSTEM_H
#define CUTLINE_CFILESYSTEM_H

#include <sys/stat.h>

/// Opens a regular file for reading, links followed, and says what it is. What is no regular file is never opened for
/// reading: a pipe's writer is not woken, a device not started.
///
/// Returns the descriptor; −1 with errno; −2 where it is no regular file, with `status` filled in; −3
/// where it is one of those that the kernel makes up while they are read (/proc, /sys).
int cutline_open_regular_file(const char *path, struct stat *status);

/// A second, independent reading of what `descriptor` holds, from its beginning. −1 with errno.
int cutline_open_again(int descriptor);

/// A nameless file in `folder`, which ends with its descriptor. −1 with errno where the file system has none.
int cutline_open_nameless(const char *folder);

/// As above, and where the file system has none, one whose name is removed at once.
int cutline_temporary_file(const char *folder);

/// Gives a nameless file a name that must be free. 0 when done; otherwise −1 with errno.
int cutline_name_file(int descriptor, const char *path);

/// Exchanges two paths in one step. 0 when done; otherwise −1 with errno, EINVAL where the file system cannot.
int cutline_exchange_paths(const char *a, const char *b);

#endif
