#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CSystem.h"

int cutline_own_path(char *path, size_t capacity) {
  Dl_info info;
  if (!dladdr((void *)cutline_own_path, &info) || !info.dli_fname) return 0;
  int length = snprintf(path, capacity, "%s", info.dli_fname);
  return length > 0 && (size_t)length < capacity;
}

void cutline_expect_use(void *memory, size_t bytes) {
  const uintptr_t page = 4096;
  uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1), end = ((uintptr_t)memory + bytes) & ~(page - 1);
  // Below a few megabytes the pages at both ends would outweigh it.
  if (end > start && end - start >= 3u << 20) madvise((void *)start, end - start, MADV_HUGEPAGE);
}
