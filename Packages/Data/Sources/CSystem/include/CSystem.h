// What the Swift overlay of the C library leaves out because it is declared for GNU only.
#ifndef CUTLINE_CSYSTEM_H
#define CUTLINE_CSYSTEM_H

#include <stddef.h>
#include <sys/types.h>

/// A program that reads a file for its parent.
struct cutline_reader {
  pid_t process;
  /// This side's ends of a socket (its descriptor 0) and of a pipe (its 1).
  int control, output;
  /// Counters: its 5, which it raises when there is something in the pipe; its 6, raised for each emptied slot.
  int ready, free;
  /// Memory in common (its 4): the process may change it at any time, but not its size.
  const unsigned char *shared;
  size_t shared_bytes;
};

/// Starts `program` with two arguments, `file` as its descriptor 3, nothing to write errors to, and no other descriptor.
///
/// - Returns: 0, or an errno.
int cutline_start_reader(const char *program, const char *encoding, const char *table, int file, size_t shared_bytes,
                         struct cutline_reader *reader);

/// Closes and unmaps what starting it has opened; the process is the caller's to wait for.
void cutline_release_reader(struct cutline_reader *reader);

/// Asks for large pages for memory that will soon be filled; a wish, nothing depends on it.
void cutline_expect_use(void *memory, size_t bytes);

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
