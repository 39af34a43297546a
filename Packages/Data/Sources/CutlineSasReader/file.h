#ifndef CUTLINE_SAS_FILE_H
#define CUTLINE_SAS_FILE_H

#include <readstat.h>
#include <stdint.h>

/// What the parser reads through: the file, with an eye on what the parser itself does not look at.
///
/// ReadStat hands out rows that a SAS7BDAT file marks as deleted as if they were not, or does not read the file for them;
/// it does not know all commands of SAS's run-length encoding; and it takes what stands at the end of a transport file
/// that was cut off for padding. All are seen here, in the pages as they pass.
struct file {
  int64_t size, position;
  int is_transport;
  int encoding_named;  // by the user: what the header says does not matter, and must not stop the parser
  int encoding_is_guessed;  // the header names none, and the parser takes Windows-1252
  int system_error;    // errno of a read that failed

  // SAS7BDAT: its pages, as pages.c serves them
  int is_64bit, is_big_endian;
  int64_t header_size;
  uint32_t page_size;      // 0 where pages are not served
  uint32_t served_size;    // of a page for the parser: more where rows have to be written anew
  int is_rle;
  uint64_t row_length;
  int64_t page_number;      // of the page at hand, -1 before the first
  int64_t page_rows;        // rows of the page at hand whose deletion is known
  int64_t page_row;         // rows handed out from the page at hand
  unsigned char *deleted;   // one byte a row of the page at hand
  size_t deleted_room;
  unsigned char *page;      // the page at hand, as it is served
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

/// Prepares the serving of pages from the file's header.
void pages_begin(struct file *file, const unsigned char *head);
/// The size of what the parser sees.
int64_t pages_total(const struct file *file);
/// Reads `count` bytes at the position, out of pages made fit for the parser.
/// - Returns: the number of bytes, fewer at the end only; -1 where the system could not read.
ssize_t pages_read(struct file *file, void *buffer, size_t count);
/// Reads bytes of the file itself.
ssize_t file_read_at(struct file *file, void *buffer, size_t count, int64_t place);

#endif
