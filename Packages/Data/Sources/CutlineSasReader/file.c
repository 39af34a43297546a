#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol.h"

enum { ENCODING_OFFSET = 70, ENCODING_UTF8 = 20, ENCODING_ANY = 204, RECORD = 80 };

enum { NAME_BYTES = 32, LISTED_BYTES = 900 };

// A table of a transport file: where its header begins, and what it is called.
struct member {
  int64_t start;
  char name[NAME_BYTES + 1];
};

// The name stands in the third record, of eight characters or, in version 8, of 32.
static void read_name(struct member *member, int is_v8) {
  char record[RECORD] = {0};
  size_t width = is_v8 ? NAME_BYTES : 8;
  if (pread(FD_FILE, record, sizeof record, member->start + 2 * RECORD) < 0) {
    send_error(ORIGIN_SYSTEM, errno, "the file could not be read");
  }
  memcpy(member->name, record + 8, width);
  while (width && (member->name[width - 1] == ' ' || member->name[width - 1] == 0)) member->name[--width] = 0;
}

static _Noreturn void refuse_members(const struct member *members, size_t count, int code) {
  char text[LISTED_BYTES + 64];
  size_t length = 0;
  for (size_t i = 0; i < count && length < LISTED_BYTES - NAME_BYTES - 8; i++) {
    length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", i ? ", " : "", members[i].name);
    if (length >= LISTED_BYTES - NAME_BYTES - 8) snprintf(text + length, sizeof text - length, ", …");
  }
  send_error(ORIGIN_PROGRAM, code, text);
}

// A transport file may hold several tables one behind the other; the parser would take the second for rows of the first.
static void inspect_transport(struct file *file, const char *wanted) {
  static const char mark[] = "HEADER RECORD*******MEMB";
  unsigned char buffer[RECORD * 1024];
  struct member *members = NULL;
  size_t found = 0, room = 0;
  int64_t position = 0;
  file->is_transport = 1;
  for (;;) {
    size_t count = 0;
    while (count < sizeof buffer) {
      ssize_t got = read(FD_FILE, buffer + count, sizeof buffer - count);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) send_error(ORIGIN_SYSTEM, errno, "the file could not be read");
      if (got == 0) break;
      count += (size_t)got;
    }
    for (size_t at = 0; at + RECORD <= count; at += RECORD) {
      if (memcmp(buffer + at, mark, sizeof mark - 1) != 0) continue;
      if (found == room) {
        room = 2 * room + 4;
        members = realloc(members, room * sizeof *members);
        if (!members) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for the list of tables");
      }
      members[found] = (struct member){.start = position + (int64_t)at};
      read_name(&members[found++], memcmp(buffer + at + sizeof mark - 1, "V8", 2) == 0);
    }
    position += (int64_t)count;
    if (count < sizeof buffer) break;
  }
  if (file->size % RECORD) send_error(ORIGIN_PROGRAM, EIO, "the transport file does not end with a whole record");
  if (found == 0) send_error(ORIGIN_PROGRAM, ENODATA, "the transport file holds no table");
  if (!wanted && found > 1) refuse_members(members, found, EMFILE);
  if (!wanted) {
    free(members);
    return;
  }
  size_t chosen = 0;
  while (chosen < found && strcasecmp(members[chosen].name, wanted) != 0) chosen++;
  if (chosen == found) refuse_members(members, found, ENOENT);
  file->library_bytes = members[0].start;
  file->member_start = members[chosen].start;
  file->member_end = chosen + 1 < found ? members[chosen + 1].start : file->size;
  file->size = file->library_bytes + file->member_end - file->member_start;
  free(members);
}

void file_inspect(struct file *file, const char *wanted) {
  static const unsigned char magic[20] = {0xc2, 0xea, 0x81, 0x60, 0xb3, 0x14, 0x11, 0xcf, 0xbd, 0x92,
                                          0x08, 0x00, 0x09, 0xc7, 0x31, 0x8c, 0x18, 0x1f, 0x10, 0x11};
  static const char transport[] = "HEADER RECORD*******LIB";
  unsigned char head[RECORD * 4] = {0};
  ssize_t count = pread(FD_FILE, head, sizeof head, 0);
  if (count < 0) send_error(ORIGIN_SYSTEM, errno, "the file could not be read");
  if (count == 0) send_error(ORIGIN_PROGRAM, ENODATA, "the file is empty");
  if ((size_t)count >= RECORD && memcmp(head, transport, sizeof transport - 1) == 0) {
    inspect_transport(file, wanted);
    return;
  }
  if ((size_t)count < sizeof head || memcmp(head + 12, magic, sizeof magic) != 0) {
    send_error(ORIGIN_PROGRAM, EILSEQ, "neither a SAS7BDAT nor a transport file");
  }
  file->encoding_is_guessed = head[ENCODING_OFFSET] == 0 || head[ENCODING_OFFSET] == ENCODING_ANY;
  pages_begin(file, head);
}

static int open_file(const char *path, void *context) {
  (void)path;
  struct file *file = context;
  file->position = 0;
  return FD_FILE;
}

static int close_file(void *context) {
  (void)context;
  return 0;
}

static readstat_off_t seek_file(readstat_off_t offset, readstat_io_flags_t whence, void *context) {
  struct file *file = context;
  int64_t base = whence == READSTAT_SEEK_SET ? 0 : whence == READSTAT_SEEK_CUR ? file->position : pages_total(file);
  int64_t target;
  if (__builtin_add_overflow(base, (int64_t)offset, &target) || target < 0) return -1;
  return file->position = target;
}

// Where a position of what the parser sees lies in the file, and how many bytes follow there: of several tables it sees
// the head of the file and the chosen one.
static int64_t place_of(const struct file *file, int64_t position, size_t *count) {
  if (!file->member_end) return position;
  int is_head = position < file->library_bytes;
  int64_t place = is_head ? position : position - file->library_bytes + file->member_start;
  int64_t left = (is_head ? file->library_bytes : file->member_end) - place;
  if (left < 0) left = 0;
  if ((int64_t)*count > left) *count = (size_t)left;
  return place;
}

ssize_t file_read_at(struct file *file, void *buffer, size_t count, int64_t position) {
  size_t done = 0;
  while (done < count) {
    size_t some = count - done;
    int64_t place = place_of(file, position + (int64_t)done, &some);
    ssize_t got = some ? pread(FD_FILE, (char *)buffer + done, some, place) : 0;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      file->system_error = errno;
      return -1;
    }
    if (got == 0) break;
    done += (size_t)got;
  }
  return (ssize_t)done;
}

static ssize_t read_file(void *buffer, size_t count, void *context) {
  struct file *file = context;
  ssize_t got = file->is_transport ? file_read_at(file, buffer, count, file->position) : pages_read(file, buffer, count);
  if (got < 0) return -1;
  size_t done = (size_t)got;
  if (file->is_transport) {
    if (file->transport_row_length && count == file->transport_row_length) {
      file->full_rows_read += done == count;
      for (size_t i = 0; done < count && i < done; i++) file->ends_inside_row |= ((char *)buffer)[i] != ' ';
    }
  } else {
    int64_t code = ENCODING_OFFSET - file->position;
    if (file->encoding_named && code >= 0 && code < (int64_t)done) ((char *)buffer)[code] = ENCODING_UTF8;
  }
  file->position += (int64_t)done;
  return (ssize_t)done;
}

static readstat_error_t no_progress(long size, readstat_progress_handler handler, void *user, void *context) {
  (void)size, (void)handler, (void)user, (void)context;
  return READSTAT_OK;
}

void file_connect(struct file *file, readstat_parser_t *parser) {
  readstat_set_open_handler(parser, open_file);
  readstat_set_close_handler(parser, close_file);
  readstat_set_seek_handler(parser, seek_file);
  readstat_set_read_handler(parser, read_file);
  readstat_set_update_handler(parser, no_progress);
  readstat_set_io_ctx(parser, file);
}
