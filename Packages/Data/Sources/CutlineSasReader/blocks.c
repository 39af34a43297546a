#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"

enum { BLOCK_BYTES = 112 << 10, MAX_ROWS = 8192, MAX_TEXT_BYTES = 4 << 20 };

void blocks_share_memory(struct blocks *blocks) {
  void *shared = mmap(NULL, (size_t)SLOT_COUNT * SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, FD_SHARED, 0);
  if (shared == MAP_FAILED) return;
  blocks->shared = shared;
  blocks->free_slots = SLOT_COUNT;
  blocks->slot = -1;
}

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

static size_t padded(size_t count) { return (count + 7) & ~(size_t)7; }

// The parent counts every slot that it has emptied.
static void take_slot(struct blocks *blocks) {
  while (blocks->free_slots == 0) {
    uint64_t emptied;
    ssize_t got = read(FD_FREE, &emptied, sizeof emptied);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof emptied || emptied > SLOT_COUNT) _exit(1);
    blocks->free_slots += (int)emptied;
  }
  blocks->free_slots--;
  blocks->slot = (blocks->slot + 1) % SLOT_COUNT;
  blocks->block = blocks->shared + (size_t)blocks->slot * SLOT_BYTES;
}

static void begin_block(struct blocks *blocks) {
  if (blocks->shared) take_slot(blocks);
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (!column->is_kept) continue;
    void *place = blocks->block + column->offset;
    if (column->is_text) {
      column->length = place;
      column->text.count = 0;
    } else {
      column->number = place;
    }
  }
  blocks->rows = 0;
  blocks->text_bytes = 0;
}

void blocks_begin(struct blocks *blocks) {
  size_t count = (size_t)blocks->column_count;
  unsigned char *keep = allocate(count, 1);
  send_message('K', NULL, 0);
  read_answer(keep, count);
  size_t row_bytes = 0;
  struct column *last = NULL;
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    column->is_kept = keep[i];
    column->variable->skip = !keep[i];
    if (!keep[i]) continue;
    last = column;
    blocks->kept_count++;
    size_t width = column->variable->storage_width;
    // A character of the file becomes four bytes at most.
    column->longest = 4 * (uint32_t)width + 1;
    row_bytes += column->is_text ? 4 + (width < 32 ? width : 32) : 8;
  }
  free(keep);
  if (!last) return;
  last->ends_row = 1;
  size_t rows = BLOCK_BYTES / row_bytes;
  blocks->stride = rows < 1 ? 1 : rows > MAX_ROWS ? MAX_ROWS : (uint32_t)rows;
  size_t offset = 2 * sizeof(uint32_t);
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (!column->is_kept) continue;
    column->offset = (uint32_t)offset;
    offset += padded(blocks->stride * (column->is_text ? sizeof(uint32_t) : sizeof(double)));
  }
  blocks->fixed_bytes = offset;
  if (blocks->shared && offset > SLOT_BYTES) blocks->shared = NULL;
  if (!blocks->shared) blocks->block = allocate(offset, 1);
  begin_block(blocks);
}

double blocks_missing(char tag) {
  uint64_t code = tag == '_' ? 27 : tag >= 'A' && tag <= 'Z' ? (uint64_t)(tag - 'A' + 1) : 0;
  uint64_t bits = UINT64_C(0x7FF8000000000000) | code;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void grow_text(struct column *column) {
  struct bytes *text = &column->text;
  size_t capacity = 2 * text->capacity + column->longest + 4096;
  char *larger = realloc(text->data, capacity);
  if (!larger) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a block of rows");
  text->data = larger;
  text->capacity = capacity;
}

// Copies a text, eight bytes at a time: the parser keeps texts in a buffer of `longest` bytes at least, so that what
// lies behind the end of a short one may be read, though not believed.
static inline uint32_t copy_text(char *place, const char *text, uint32_t longest) {
  uint32_t at = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  while (at + 8 <= longest) {
    uint64_t word;
    memcpy(&word, text + at, 8);
    memcpy(place + at, &word, 8);
    uint64_t ends = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
    if (ends) return at + (uint32_t)(__builtin_ctzll(ends) / 8);
    at += 8;
  }
#endif
  while (at + 1 < longest && text[at]) {
    place[at] = text[at];
    at++;
  }
  return at;
}

void blocks_add_text(struct blocks *blocks, struct column *column, const char *text) {
  struct bytes *bytes = &column->text;
  if (bytes->capacity - bytes->count < column->longest) grow_text(column);
  // The parser has cut spaces at the end already.
  uint32_t length = text ? copy_text(bytes->data + bytes->count, text, column->longest) : 0;
  *column->length++ = length;
  bytes->count += length;
  blocks->text_bytes += length;
}

static void drop_row(struct blocks *blocks) {
  for (int i = 0; i < blocks->column_count; i++) {
    struct column *column = &blocks->columns[i];
    if (column->number) column->number--;
    if (!column->length) continue;
    column->length--;
    column->text.count -= *column->length;
    blocks->text_bytes -= *column->length;
  }
}

void blocks_end_row(struct blocks *blocks, int deleted) {
  if (deleted) {
    drop_row(blocks);
    return;
  }
  blocks->rows++;
  if (blocks->rows == blocks->stride || blocks->text_bytes > MAX_TEXT_BYTES) blocks_flush(blocks);
}

void blocks_flush(struct blocks *blocks) {
  if (!blocks->rows) return;
  uint32_t start[2] = {blocks->rows, blocks->stride};
  memcpy(blocks->block, start, sizeof start);
  size_t payload = blocks->fixed_bytes;
  for (int i = 0; i < blocks->column_count; i++) payload += padded(blocks->columns[i].text.count);
  int is_shared = blocks->shared && payload <= SLOT_BYTES;
  unsigned char *place = blocks->block + blocks->fixed_bytes;
  if (!is_shared) {
    send_head('B', payload);
    send_bytes(blocks->block, blocks->fixed_bytes);
    // The slot was not used up.
    if (blocks->shared) blocks->slot = (blocks->slot + SLOT_COUNT - 1) % SLOT_COUNT, blocks->free_slots++;
  }
  for (int i = 0; i < blocks->column_count; i++) {
    struct bytes *text = &blocks->columns[i].text;
    static const char zeros[8];
    size_t rest = padded(text->count) - text->count;
    if (text->count == 0) continue;
    if (is_shared) {
      memcpy(place, text->data, text->count);
      memset(place + text->count, 0, rest);
      place += text->count + rest;
    } else {
      send_bytes(text->data, text->count);
      if (rest) send_bytes(zeros, rest);
    }
  }
  if (is_shared) {
    uint32_t slot[2] = {(uint32_t)blocks->slot, (uint32_t)payload};
    send_message('S', slot, sizeof slot);
  }
  blocks->rows_sent += blocks->rows;
  begin_block(blocks);
}
