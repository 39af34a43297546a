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

/// The number that all of `text` spells in the C locale, correctly rounded; 0 where it is none.
int cutline_parse_double(const char *text, size_t count, double *value);

/// A converter to UTF-8, NULL where the system knows no such character set.
void *cutline_converter_open(const char *encoding);
void cutline_converter_close(void *converter);

/// Converts what it can of `input` into `output` and moves both on.
///
/// - Returns: 0 when all is done, E2BIG when the output is full, EINVAL when the input ends inside a character, EILSEQ
///   at bytes that are not in the character set.
int cutline_convert(void *converter, const char **input, size_t *input_count, char **output, size_t *output_count);

#endif
