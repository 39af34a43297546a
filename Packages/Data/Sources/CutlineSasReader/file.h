#ifndef CUTLINE_SAS_FILE_H
#define CUTLINE_SAS_FILE_H

#include <readstat.h>
#include <stdint.h>

/// What the parser reads through: the file, with an eye on what the parser itself does not look at.
///
/// ReadStat hands out rows that a SAS7BDAT file marks as deleted as if they were not, and takes what stands at the end
/// of a transport file that was cut off for padding. Both are seen here, in the pages as they pass.
struct file {
  int64_t size, position;
  int is_transport;
  int encoding_named;  // by the user: what the header says does not matter, and must not stop the parser
  int encoding_is_guessed;  // the header names none, and the parser takes Windows-1252
  int system_error;    // errno of a read that failed

  // SAS7BDAT
  int is_64bit, is_big_endian;
  uint32_t page_size;
  uint64_t row_length;
  int64_t page_rows;        // rows that the page at hand still has under its map of deleted rows
  int64_t page_row;         // rows handed out from the page at hand
  unsigned char *deleted;   // one bit a row, the first in the highest; NULL where the page has no such map
  unsigned char *page;      // a copy of the page that the map lies in
  int map_is_broken;

  // Transport
  int64_t member_start, member_end;  // of the table that is read; both 0 where the file is read as it is
  int64_t library_bytes;             // what stands before the first table
  size_t transport_row_length;
  int64_t full_rows_read;
  int ends_inside_row;
};

/// Looks at the header; sends an error and ends the process where the file is none of the two formats, or holds several
/// tables and `member` does not name one.
void file_inspect(struct file *file, const char *member);
/// Puts the file between the parser and the system.
void file_connect(struct file *file, readstat_parser_t *parser);
/// Whether the row that was just handed out is marked as deleted; moves on to the next one.
int file_row_is_deleted(struct file *file);

#endif
