// Between the reader of Parquet files and the library that parses them, `library/parquet.cpp`, which is opened when it is
// first needed. Columns cross as the Arrow project's C data interface and C stream interface, declared from their
// specification.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The specification's own guards, so that a translation unit may also include Arrow's declarations.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/// The type of a column, or of a table: a struct of columns.
struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

/// Values of that type.
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/// A run of arrays; one that was released marks the end. The functions give 0 or an errno.
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif

/// Raised when something below changes; the library says which one it has.
#define CUTLINE_PARQUET_INTERFACE 1

/// An open file. What reads it may be called by several threads at a time.
typedef struct cutline_parquet_file cutline_parquet_file;

/// The functions of the library, as X(member, name in the library, result, parameters). An `int32_t` result is 0 or an
/// errno: ENOMEM = the limit on memory is reached, ENOSYS = the file has something that the library cannot read, EINVAL =
/// the content is wrong, any other = the system could not read. `problem` then says more, in at most `size` bytes. No
/// exception leaves any of them.
///
/// - interface: `CUTLINE_PARQUET_INTERFACE` of when it was built; version: Arrow's.
/// - open: reads the footer. The descriptor is duplicated; reading takes at most about `memory` bytes.
/// - rows: of the table; -1 where the footer makes no sense.
/// - schema: a struct with a child for each column of the table.
/// - stream: the values of one column, each array a struct with it as its only child, of at most `rows` rows. It may
///   outlive the file; its arrays must be released before it.
#define CUTLINE_PARQUET_FUNCTIONS(X) \
  X(interface, cutline_parquet_interface, int32_t, (void)) \
  X(version, cutline_parquet_version, const char *, (void)) \
  X(open, cutline_parquet_open, int32_t, \
    (int descriptor, int64_t memory, cutline_parquet_file **file, char *problem, size_t size)) \
  X(close, cutline_parquet_close, void, (cutline_parquet_file * file)) \
  X(rows, cutline_parquet_rows, int64_t, (const cutline_parquet_file *file)) \
  X(schema, cutline_parquet_schema, int32_t, \
    (const cutline_parquet_file *file, struct ArrowSchema *schema, char *problem, size_t size)) \
  X(stream, cutline_parquet_stream, int32_t, \
    (const cutline_parquet_file *file, int32_t column, int64_t rows, struct ArrowArrayStream *stream, char *problem, \
     size_t size))

typedef struct {
#define CUTLINE_PARQUET_MEMBER(member, function, result, parameters) result(*member) parameters;
  CUTLINE_PARQUET_FUNCTIONS(CUTLINE_PARQUET_MEMBER)
#undef CUTLINE_PARQUET_MEMBER
} cutline_parquet;

/// Opens the library and finds all functions. NULL where it cannot be opened, lacks one or has another interface;
/// `problem` then says which. It stays open until the program ends.
const cutline_parquet *cutline_parquet_load(const char *library, char *problem, size_t size);

#ifdef __cplusplus
}
#endif
