#include "blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1 << 19, MAX_ROWS = 8192, MAX_TEXT_BYTES = 4 << 20 };

static void read_answer(unsigned char *answer, size_t count) {
  while (count) {
    ssize_t got = read(FD_CONTROL, answer, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) _exit(1);
    answer += got;
    count -= (size_t)got;
  }
}

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a block of rows");
  return memory;
}

void blocks_begin(struct blocks *blocks) {
  size_t count = (size_t)blocks->column_count;
  unsigned char *keep = allocate(count, 1);
  send_message('K', NULL, 0);
  read_answer(keep, count);
  size_t row_bytes = 0;
  blocks->last_kept = -1;
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    column->variable->skip = !keep[i];
    if (!keep[i]) continue;
    blocks->kept_count++;
    blocks->last_kept = i;
    size_t width = column->variable->storage_width;
    row_bytes += column->is_text ? 4 + (width < 32 ? width : 32) : 8;
  }
  size_t rows = row_bytes ? BLOCK_BYTES / row_bytes : 1;
  blocks->capacity = rows < 1 ? 1 : rows > MAX_ROWS ? MAX_ROWS : (uint32_t)rows;
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (!keep[i]) continue;
    if (column->is_text) {
      column->lengths = allocate(blocks->capacity, sizeof(uint32_t));
    } else {
      column->numbers = allocate(blocks->capacity, sizeof(double));
    }
  }
  free(keep);
}

static double missing(char tag) {
  uint64_t code = tag == '_' ? 27 : tag >= 'A' && tag <= 'Z' ? (uint64_t)(tag - 'A' + 1) : 0;
  uint64_t bits = UINT64_C(0x7FF8000000000000) | code;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

void blocks_add(struct blocks *blocks, const readstat_variable_t *variable, const readstat_value_t *value) {
  struct column *column = &blocks->columns[variable->index];
  uint32_t row = blocks->rows;
  if (column->is_text) {
    const char *text = value->v.string_value;
    size_t length = text ? strlen(text) : 0;
    while (length && text[length - 1] == ' ') length--;
    column->lengths[row] = (uint32_t)length;
    if (length) {
      bytes_append(&column->text, text, length);
      blocks->text_bytes += length;
    }
  } else {
    double number = value->v.double_value;
    column->numbers[row] =
        value->is_system_missing || value->is_tagged_missing || number != number ? missing(value->tag) : number;
  }
}

static void drop_row(struct blocks *blocks) {
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (!column->lengths) continue;
    column->text.count -= column->lengths[blocks->rows];
    blocks->text_bytes -= column->lengths[blocks->rows];
  }
}

void blocks_end_row(struct blocks *blocks, int deleted) {
  if (deleted) {
    drop_row(blocks);
    return;
  }
  blocks->rows++;
  if (blocks->rows == blocks->capacity || blocks->text_bytes > MAX_TEXT_BYTES) blocks_flush(blocks);
}

// Everything in a block starts at a multiple of eight, so that the parent can take numbers from where they lie.
static size_t padded(size_t count) { return (count + 7) & ~(size_t)7; }

static void send_padded(const void *data, size_t count) {
  static const char zeros[8];
  if (count) send_bytes(data, count);
  if (padded(count) != count) send_bytes(zeros, padded(count) - count);
}

void blocks_flush(struct blocks *blocks) {
  uint32_t rows = blocks->rows;
  if (!rows) return;
  size_t payload = 2 * sizeof rows;
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (column->lengths) payload += padded(rows * sizeof(uint32_t)) + padded(column->text.count);
    if (column->numbers) payload += rows * sizeof(double);
  }
  uint32_t head[4] = {'B', (uint32_t)payload, rows, 0};
  send_bytes(head, sizeof head);
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (column->numbers) send_bytes(column->numbers, rows * sizeof(double));
    if (column->lengths) {
      send_padded(column->lengths, rows * sizeof(uint32_t));
      send_padded(column->text.data, column->text.count);
      column->text.count = 0;
    }
  }
  blocks->rows_sent += rows;
  blocks->rows = 0;
  blocks->text_bytes = 0;
}
