#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"

void bytes_append(struct bytes *bytes, const void *data, size_t count) {
  if (bytes->capacity - bytes->count < count) {
    size_t capacity = bytes->capacity ? bytes->capacity : 256;
    while (capacity - bytes->count < count) capacity *= 2;
    char *larger = realloc(bytes->data, capacity);
    if (!larger) send_error(ORIGIN_PROGRAM, ENOMEM, "no memory left for a block of rows");
    bytes->data = larger;
    bytes->capacity = capacity;
  }
  memcpy(bytes->data + bytes->count, data, count);
  bytes->count += count;
}

void bytes_append_u8(struct bytes *bytes, uint8_t value) { bytes_append(bytes, &value, sizeof value); }

void bytes_append_u32(struct bytes *bytes, uint32_t value) { bytes_append(bytes, &value, sizeof value); }

void bytes_append_i64(struct bytes *bytes, int64_t value) { bytes_append(bytes, &value, sizeof value); }

void bytes_append_string(struct bytes *bytes, const char *text) {
  size_t count = text ? strlen(text) : 0;
  bytes_append_u32(bytes, (uint32_t)count);
  if (count) bytes_append(bytes, text, count);
}

void send_bytes(const void *data, size_t count) {
  const char *next = data;
  while (count) {
    ssize_t written = write(FD_OUTPUT, next, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      _exit(1);
    }
    next += written;
    count -= (size_t)written;
  }
}

static void wake_parent(void) {
  uint64_t one = 1;
  // It can only fail where the counter is at its end, and then the parent is awake.
  ssize_t written = write(FD_READY, &one, sizeof one);
  (void)written;
}

void send_head(char kind, size_t count) {
  uint32_t head[2] = {(uint32_t)(unsigned char)kind, (uint32_t)count};
  send_bytes(head, sizeof head);
  wake_parent();
}

void send_message(char kind, const void *payload, size_t count) {
  // In one piece where that is possible.
  char message[64];
  if (count > sizeof message - 8) {
    send_head(kind, count);
    send_bytes(payload, count);
    return;
  }
  uint32_t head[2] = {(uint32_t)(unsigned char)kind, (uint32_t)count};
  memcpy(message, head, sizeof head);
  if (count) memcpy(message + sizeof head, payload, count);
  send_bytes(message, sizeof head + count);
  wake_parent();
}

_Noreturn void send_error(enum error_origin origin, int code, const char *message) {
  // On the stack: the error may be that there is no memory.
  char payload[1100];
  size_t length = message ? strlen(message) : 0;
  if (length > 1024) length = 1024;
  uint32_t numbers[3] = {origin, (uint32_t)code, (uint32_t)length};
  memcpy(payload, numbers, sizeof numbers);
  if (length) memcpy(payload + sizeof numbers, message, length);
  send_message('E', payload, sizeof numbers + length);
  _exit(0);
}
