// What the reader says on its standard output, and the one thing that it is told.
//
// Everything is in the machine's own byte order; both ends run on one machine. A message is
//   uint32 kind, uint32 length of the payload, payload.
// A string is uint32 length, then that many bytes of UTF-8 (in a block: as the file had it after conversion).
//
//   'H' header    int64 rows (-1: the format does not say), uint32 columns, uint8 compression (0 none, 1 RLE, 2 RDC),
//                 uint8 big-endian, uint8 64 bit, uint8 version, uint8 the encoding is a guess, string encoding,
//                 string table, string file label
//   'V' variable  uint32 index, uint8 type (0 number, 1 text), uint32 width, string name, string label, string format
//   'K' keep?     empty; the parent answers on the control socket with one byte per column, 1 = send its values
//   'B' block     uint32 rows, uint32 rows that there is room for (n), then for each kept column, each part filled up to
//                 eight bytes: number: n doubles, a missing one a NaN whose low byte is 0 (.), 1-26 (.A-.Z) or 27 (._);
//                 text: n uint32 lengths; and after all of them for each column of text its bytes
//   'S' slot      uint32 slot, uint32 bytes: such a block lies in that slot of the common memory; the parent copies it
//                 and raises the counter FD_FREE by one, after which the slot may be filled again
//   'D' done      int64 rows sent, int64 rows left out because the file marks them as deleted, int64 blank rows at the
//                 end of a transport file that the parser takes for padding
//   'E' error     uint32 origin (0 the parser, 1 the system, 2 this program), int32 code, string message
// After the beginning of a message the counter FD_READY is raised, and the parent waits for that and not for the pipe:
// who is woken by a pipe is put on the processor of the writer, and the two would take turns on one of them.
#ifndef CUTLINE_SAS_PROTOCOL_H
#define CUTLINE_SAS_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

enum { FD_CONTROL = 0, FD_OUTPUT = 1, FD_FILE = 3, FD_SHARED = 4, FD_READY = 5, FD_FREE = 6 };

/// The common memory: a file in memory of this size, which nobody can shrink.
enum { SLOT_COUNT = 3, SLOT_BYTES = 192 << 10 };

enum error_origin { ORIGIN_PARSER = 0, ORIGIN_SYSTEM = 1, ORIGIN_PROGRAM = 2 };

/// Bytes that grow.
struct bytes {
  char *data;
  size_t count, capacity;
};

void bytes_append(struct bytes *bytes, const void *data, size_t count);
void bytes_append_u8(struct bytes *bytes, uint8_t value);
void bytes_append_u32(struct bytes *bytes, uint32_t value);
void bytes_append_i64(struct bytes *bytes, int64_t value);
void bytes_append_string(struct bytes *bytes, const char *text);

/// Writes all of it, or ends the process: with nobody reading there is nothing left to do.
void send_bytes(const void *data, size_t count);
/// The beginning of a message whose payload follows through send_bytes.
void send_head(char kind, size_t count);
void send_message(char kind, const void *payload, size_t count);
/// Sends an 'E' message and ends the process.
_Noreturn void send_error(enum error_origin origin, int code, const char *message);

/// Limits of memory, time and rights, derived from the size of the file. Call before anything of the file is read.
void limit_process(int64_t file_size);

#endif
