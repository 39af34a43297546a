// What the Swift overlay of the C library leaves out because it is declared for GNU only.
#ifndef CUTLINE_CSYSTEM_H
#define CUTLINE_CSYSTEM_H

#include <stddef.h>
#include <sys/types.h>

/// Starts `program` with one argument, `file` as its descriptor 3, a socket as its 0, a pipe as its 1, nothing to write
/// errors to, and no other descriptor.
///
/// - Returns: 0, or an errno; on success the process and this side's ends of the socket and the pipe.
int cutline_start_reader(const char *program, const char *argument, int file, pid_t *process, int *control, int *output);

/// A nameless file for reading and writing in `folder`; -1 and errno where there is none to be had.
int cutline_temporary_file(const char *folder);

/// The path of the program or library that this function is in; 0 where it is not known.
int cutline_own_path(char *path, size_t capacity);

#endif
