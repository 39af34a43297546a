#ifndef CUTLINE_SAS_BLOCKS_H
#define CUTLINE_SAS_BLOCKS_H

#include <readstat.h>
#include <stdint.h>

#include "protocol.h"

/// The values of one column in the block that is being filled.
struct column {
  readstat_variable_t *variable;
  int is_text;
  double *numbers;
  uint32_t *lengths;
  struct bytes text;
};

/// Rows on their way from the parser to the pipe.
struct blocks {
  struct column *columns;  // by index in the file
  int column_count;
  int kept_count;
  int last_kept;  // index in the file; its value ends a row
  uint32_t rows, capacity;
  size_t text_bytes;
  int64_t rows_sent;
};

/// Asks the parent which columns it wants and makes room for a block of them.
void blocks_begin(struct blocks *blocks);
/// Takes one value.
void blocks_add(struct blocks *blocks, const readstat_variable_t *variable, const readstat_value_t *value);
/// Ends the row whose last value was just taken; a row marked as deleted is forgotten.
void blocks_end_row(struct blocks *blocks, int deleted);
void blocks_flush(struct blocks *blocks);

#endif
