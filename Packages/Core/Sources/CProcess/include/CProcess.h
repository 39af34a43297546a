// Starts a program with limits, in a process group of its own.
#ifndef CUTLINE_CPROCESS_H
#define CUTLINE_CPROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cutline_child {
  pid_t process;
  /// Readable when the process has ended; -1 where the kernel has no such thing.
  int ended;
  /// This side's ends of its standard output and standard error, not blocking.
  int output, errors;
};

/// Starts `program` (a path) with `input` as its standard input and no descriptors but the first three.
///
/// It leads a process group of its own, has at most `memory_bytes` of address space, writes no core, and is killed when
/// the calling thread ends: the caller must stay on its thread until the process has ended.
///
/// - Returns: 0, or an errno: of `execve` where the program itself cannot be started.
int cutline_start_child(const char *program, char *const arguments[], char *const environment[], int input,
                        uint64_t memory_bytes, struct cutline_child *child);

/// Starts `program` so that it goes on when this process ends: in a session and a process group of its own, in `folder`, with
/// `files` as its first three descriptors and no others.
///
/// Before it becomes the program it writes its number and the time since the machine began, in nanoseconds, to `note`.
///
/// - Returns: 0, or an errno.
int cutline_start_detached(const char *program, char *const arguments[], char *const environment[], const char *folder,
                           const int files[3], int note, pid_t *started);

/// A descriptor that is readable when a process, child or not, has ended; -1 with errno.
int cutline_process_end(pid_t process);

/// Whether the process has ended; it is not reaped, so that its number still stands for its group.
int cutline_child_has_ended(pid_t process);

/// A nameless file in memory that holds `bytes`, to be read from its beginning; -1 and errno where there is none.
int cutline_memory_file(const void *bytes, size_t count);

/// Opens a file that must be a regular one, never following a link in its last part; -1 and errno (EINVAL: another kind
/// of file).
int cutline_open_regular(const char *path);

#endif
