#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "protocol.h"

// The pages of a SAS7BDAT file, made fit for the parser: rows that are marked as deleted are noted, so that they can be
// left out when they are handed out, and compressed rows that hold commands which the parser does not know are written
// anew with those that it knows, behind the page.
//
// Sources: Shotwell and Cummins, "SAS7BDAT Database Binary Format"; the description of pages with deleted rows (types
// 384 and 640) in the Parso reader; of deleted compressed rows (5 in their pointer) and of the copies longer than 4,159
// bytes and between 96 and 111 bytes in the issues 245, 253 and 284 of ReadStat.

enum { PAGE_HAS_DELETED = 0x80, PAGE_IS_DATA = 0x0100, PAGE_IS_MIX = 0x0200, PAGE_KIND = 0x0F00 };
enum { POINTER_PLAIN = 0, POINTER_SKIPPED = 1, POINTER_ROW = 4, POINTER_DELETED_ROW = 5 };
static const uint32_t ROW_SIZE_SIGNATURE = 0xF7F7F7F7;

static uint64_t number(const struct file *file, const unsigned char *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value = value << 8 | bytes[file->is_big_endian ? i : count - 1 - i];
  return value;
}

static void put_number(const struct file *file, unsigned char *bytes, int count, uint64_t value) {
  for (int i = 0; i < count; i++) bytes[file->is_big_endian ? count - 1 - i : i] = (unsigned char)(value >> (8 * i));
}

static int page_size_offset(const unsigned char *head) { return 200 + (head[35] == '3' ? 4 : 0); }

void pages_begin(struct file *file, const unsigned char *head) {
  file->is_64bit = head[32] == '3';
  file->is_big_endian = head[37] == 0;
  file->page_number = -1;
  int at = page_size_offset(head);
  file->header_size = (int64_t)number(file, head + at - 4, 4);
  uint32_t size = (uint32_t)number(file, head + at, 4);
  // Anything else the parser refuses itself.
  if (size < 1024 || size > 1 << 24 || file->header_size < 288 || file->header_size > file->size) return;
  file->page_size = file->served_size = size;
  // The name of the compression stands among the texts of the first page.
  unsigned char *first = malloc(size);
  if (!first) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a page");
  ssize_t got = file_read_at(file, first, size, file->header_size);
  file->is_rle = got > 0 && memmem(first, (size_t)got, "SASYZCRL", 8) != NULL;
  free(first);
  // A row written anew grows by two bytes for each copy of 96 at least.
  if (file->is_rle && size <= 1 << 22) file->served_size = 2 * size + size / 32 + 64;
  if (!(file->page = malloc(file->served_size))) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a page");
}

int64_t pages_total(const struct file *file) {
  if (!file->page_size) return file->size;
  int64_t bytes = file->size - file->header_size;
  return file->header_size + bytes / file->page_size * file->served_size + bytes % file->page_size;
}

// The row length stands in a subheader of its own; the map of deleted rows lies behind the rows.
static void find_row_length(struct file *file, const unsigned char *page, uint64_t subheaders) {
  size_t head = file->is_64bit ? 40 : 24, step = file->is_64bit ? 24 : 12, word = file->is_64bit ? 8 : 4;
  for (uint64_t i = 0; i < subheaders && head + (i + 1) * step <= file->page_size; i++) {
    const unsigned char *pointer = page + head + i * step;
    uint64_t offset = number(file, pointer, (int)word), length = number(file, pointer + word, (int)word);
    if (length < 48 || length > file->page_size || offset > file->page_size - length) continue;
    int is_wide_big = file->is_64bit && file->is_big_endian;
    uint32_t first = (uint32_t)number(file, page + offset, 4);
    if (is_wide_big && first == UINT32_MAX) first = (uint32_t)number(file, page + offset + 4, 4);
    if (first != ROW_SIZE_SIGNATURE) continue;
    file->row_length = number(file, page + offset + (file->is_64bit ? 40 : 20), (int)word);
    return;
  }
}

// Whether a subheader is one of those that describe the table, and no row; after the parser's own list.
static int is_description(const struct file *file, const unsigned char *bytes, uint64_t length) {
  if (length < 8) return 0;
  uint32_t first = (uint32_t)number(file, bytes, 4);
  if (first == UINT32_MAX && file->is_64bit && file->is_big_endian) first = (uint32_t)number(file, bytes + 4, 4);
  return first == ROW_SIZE_SIGNATURE || first == 0xF6F6F6F6 || first == 0xFFFFFC00 || first == 0xFFFFFBFE ||
         first >= 0xFFFFFFF8;
}

static void note_row(struct file *file, int is_deleted) {
  if ((size_t)file->page_rows == file->deleted_room) {
    file->deleted_room = 2 * file->deleted_room + 1024;
    file->deleted = realloc(file->deleted, file->deleted_room);
    if (!file->deleted) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a page");
  }
  file->deleted[file->page_rows++] = (unsigned char)is_deleted;
}

// Rows that are not compressed, which lie behind the pointers; a map of one bit a row lies behind them.
static void note_plain_rows(struct file *file, const unsigned char *page, uint64_t blocks, uint64_t subheaders) {
  uint64_t bit = file->is_64bit ? 32 : 16, step = file->is_64bit ? 24 : 12;
  uint64_t pointer = number(file, page + (file->is_64bit ? 24 : 12), 4);
  uint64_t align = (bit + 16 + subheaders * step) % 8;
  if (pointer == 0) return;
  if (blocks < subheaders || file->row_length == 0 || file->row_length > file->page_size) {
    file->map_is_broken = 1;
    return;
  }
  uint64_t rows = blocks - subheaders;
  uint64_t offset = bit + 8 + pointer + align + subheaders * step + rows * file->row_length;
  if (offset > file->page_size || (rows + 7) / 8 > file->page_size - offset) {
    file->map_is_broken = 1;
    return;
  }
  for (uint64_t row = 0; row < rows; row++) note_row(file, page[offset + row / 8] >> (7 - row % 8) & 1);
}

// Writes a row's commands with the parser's own ones: copies of 64 to 4,159 bytes in place of 96 to 111 and of 4,160 on.
// Returns the bytes written, 0 where nothing had to change or the row is broken, which the parser says better.
static size_t write_anew(const unsigned char *in, size_t count, unsigned char *out, size_t room) {
  size_t at = 0, done = 0;
  int is_changed = 0;
  while (at < count) {
    unsigned command = in[at] >> 4, low = in[at] & 15;
    size_t head = command < 2 || (command > 4 && command < 8) || command == 12 ? 2 : command == 4 ? 3 : 1, copied = 0;
    if (head > count - at || command == 3) return 0;
    if (command == 0) copied = 64 + 256 * low + in[at + 1];
    if (command == 1) copied = 4160 + 256 * low + in[at + 1];
    if (command == 2) copied = 96 + low;
    if (command >= 8 && command < 12) copied = 1 + 16 * (command - 8) + low;
    if (copied > count - at - head || copied + head + 4 > room - done) return 0;
    const unsigned char *from = in + at + head;
    at += head + copied;
    if (command != 1 && command != 2) {
      memcpy(out + done, from - head, head + copied);
      done += head + copied;
      continue;
    }
    is_changed = 1;
    while (copied) {
      // At least 64 must be left for a second one.
      size_t part = copied > 4159 ? 4096 : copied;
      out[done++] = (unsigned char)((part - 64) >> 8);
      out[done++] = (unsigned char)(part - 64);
      memcpy(out + done, from, part);
      done += part, from += part, copied -= part;
    }
  }
  return is_changed ? done : 0;
}

static void prepare_pointers(struct file *file, unsigned char *page, uint64_t subheaders) {
  size_t head = file->is_64bit ? 40 : 24, step = file->is_64bit ? 24 : 12, word = file->is_64bit ? 8 : 4;
  size_t free_at = file->page_size;
  for (uint64_t i = 0; i < subheaders && head + (i + 1) * step <= file->page_size; i++) {
    unsigned char *pointer = page + head + i * step, *kind = pointer + 2 * word;
    uint64_t offset = number(file, pointer, (int)word), length = number(file, pointer + word, (int)word);
    if (length == 0 || length > file->page_size || offset > file->page_size - length) continue;
    int is_data = kind[1] != 0 && !is_description(file, page + offset, length);
    if (*kind == POINTER_SKIPPED && is_data && file->row_length && length == file->row_length) {
      // A row that did not get smaller by compression, and is deleted.
      *kind = POINTER_PLAIN;
      note_row(file, 1);
    } else if (*kind == POINTER_PLAIN && is_data) {
      note_row(file, 0);
    } else if (*kind == POINTER_ROW || *kind == POINTER_DELETED_ROW) {
      note_row(file, *kind == POINTER_DELETED_ROW);
      *kind = POINTER_ROW;
      if (!file->is_rle || free_at >= file->served_size) continue;
      size_t written = write_anew(page + offset, (size_t)length, page + free_at, file->served_size - free_at);
      if (!written) continue;
      put_number(file, pointer, (int)word, free_at);
      put_number(file, pointer + word, (int)word, written);
      free_at += written;
    }
  }
}

static void prepare_page(struct file *file) {
  unsigned char *page = file->page;
  memset(page + file->page_size, 0, file->served_size - file->page_size);
  uint64_t bit = file->is_64bit ? 32 : 16;
  uint64_t type = number(file, page + bit, 2), blocks = number(file, page + bit + 2, 2);
  uint64_t subheaders = number(file, page + bit + 4, 2);
  file->page_row = file->page_rows = 0;
  if (type & 0x9000) return;
  int is_data = (type & PAGE_KIND) == PAGE_IS_DATA;
  if (!is_data) {
    find_row_length(file, page, subheaders);
    prepare_pointers(file, page, subheaders);
  }
  if ((type & PAGE_HAS_DELETED) && (is_data || (type & PAGE_KIND) == PAGE_IS_MIX)) {
    note_plain_rows(file, page, blocks, subheaders);
  }
}

int file_row_is_deleted(struct file *file) {
  if (file->map_is_broken) send_error(ORIGIN_PROGRAM, EBADMSG, "the map of deleted rows lies outside its page");
  int64_t row = file->page_row++;
  return row < file->page_rows && file->deleted[row];
}

ssize_t pages_read(struct file *file, void *buffer, size_t count) {
  if (!file->page_size) return file_read_at(file, buffer, count, file->position);
  size_t done = 0;
  while (done < count) {
    int64_t position = file->position + (int64_t)done;
    if (position < file->header_size) {
      size_t some = (size_t)(file->header_size - position);
      if (some > count - done) some = count - done;
      ssize_t got = file_read_at(file, (char *)buffer + done, some, position);
      if (got <= 0) return got < 0 ? -1 : (ssize_t)done;
      // The parser is told the size of the pages that it gets.
      unsigned char head[288];
      if (file_read_at(file, head, sizeof head, 0) == sizeof head) {
        int at = page_size_offset(head);
        put_number(file, head + at, 4, file->served_size);
        for (int i = at; i < at + 4; i++) {
          if (i >= position && i < position + got) ((unsigned char *)buffer)[done + (size_t)(i - position)] = head[i];
        }
      }
      done += (size_t)got;
      if ((size_t)got < some) break;
      continue;
    }
    int64_t page = (position - file->header_size) / file->served_size;
    size_t inside = (size_t)((position - file->header_size) % file->served_size);
    if (page != file->page_number) {
      ssize_t got = file_read_at(file, file->page, file->page_size, file->header_size + page * file->page_size);
      if (got < 0) return -1;
      if ((uint32_t)got < file->page_size) {
        // A page that was cut off: what there is of it, for the parser to notice.
        file->page_number = -1;
        if ((size_t)got <= inside) break;
        size_t some = (size_t)got - inside < count - done ? (size_t)got - inside : count - done;
        memcpy((char *)buffer + done, file->page + inside, some);
        done += some;
        break;
      }
      file->page_number = page;
      prepare_page(file);
    }
    size_t some = file->served_size - inside;
    if (some > count - done) some = count - done;
    memcpy((char *)buffer + done, file->page + inside, some);
    done += some;
  }
  return (ssize_t)done;
}
