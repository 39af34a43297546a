#ifndef CUTLINE_SAS_BLOCKS_H
#define CUTLINE_SAS_BLOCKS_H

#include <readstat.h>
#include <stdint.h>

#include "protocol.h"

/// One column, and where its next value goes in the block that is being filled. One line of the cache.
struct column {
  double *number;    // NULL for text and for columns that nobody wants
  uint32_t *length;  // NULL for numbers and for columns that nobody wants
  struct bytes text;
  readstat_variable_t *variable;
  uint32_t longest;  // bytes that one text may take, with the byte that ends it
  uint32_t offset;   // of its numbers or lengths in a block
  uint8_t is_text, is_kept;
  uint8_t ends_row;  // whether it is the last wanted column
};

/// Rows on their way from the parser to the parent.
struct blocks {
  struct column *columns;  // by index in the file
  int column_count;
  int kept_count;
  uint32_t rows, stride;  // rows in the block, rows that it has room for
  size_t fixed_bytes;     // of a block without its text
  size_t text_bytes;
  int64_t rows_sent;
  unsigned char *block;   // a slot of the shared memory, or memory of our own
  unsigned char *shared;  // memory in common with the parent, in slots
  int slot, free_slots;
};

/// Finds the memory that the parent lends for blocks; without it they go through the pipe.
void blocks_share_memory(struct blocks *blocks);
/// Asks the parent which columns it wants and makes room for a block of them.
void blocks_begin(struct blocks *blocks);
/// The NaN that stands for a missing value with that letter, 0 for a plain one.
double blocks_missing(char tag);
/// Ends the row whose last value was just taken; a row marked as deleted is forgotten.
void blocks_end_row(struct blocks *blocks, int deleted);
void blocks_flush(struct blocks *blocks);

/// Takes a text; out of line, so that the way of numbers is short.
void blocks_add_text(struct blocks *blocks, struct column *column, const char *text);

/// Takes one value.
static inline void blocks_add(struct blocks *blocks, struct column *column, const readstat_value_t *value) {
  if (column->number) {
    double number = value->v.double_value;
    *column->number++ = __builtin_expect(number == number, 1) ? number : blocks_missing(value->tag);
  } else if (column->length) {
    blocks_add_text(blocks, column, value->v.string_value);
  }
}

#endif
