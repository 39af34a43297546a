#define _GNU_SOURCE
#include "CFileSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#define REPEATED(call)                          \
  ({                                            \
    int result;                                 \
    do result = (call);                         \
    while (result < 0 && errno == EINTR);       \
    result;                                     \
  })

static void close_keeping_errno(int descriptor) {
  int code = errno;
  close(descriptor);
  errno = code;
}

static int open_number(int descriptor, int flags) {
  char name[40];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  return REPEATED(open(name, flags));
}

int cutline_open_again(int descriptor) { return open_number(descriptor, O_RDONLY | O_CLOEXEC | O_NOCTTY); }

// What /proc and /sys show as files is made while it is read: one may wait without end, or take what it shows away.
static int is_of_kernel(int descriptor) {
  struct statfs system;
  if (REPEATED(fstatfs(descriptor, &system)) != 0) return 0;
  switch ((unsigned long)system.f_type) {
  case PROC_SUPER_MAGIC:
  case SYSFS_MAGIC:
  case DEBUGFS_MAGIC:
  case TRACEFS_MAGIC:
  case SECURITYFS_MAGIC:
  case CGROUP_SUPER_MAGIC:
  case CGROUP2_SUPER_MAGIC:
    return 1;
  default:
    return 0;
  }
}

int cutline_open_regular_file(const char *path, struct stat *status) {
  // A place holder says what the path leads to; the file is then opened through it, so that nothing can come between.
  int place = REPEATED(open(path, O_PATH | O_CLOEXEC));
  if (place < 0) return -1;
  if (REPEATED(fstat(place, status)) != 0) {
    close_keeping_errno(place);
    return -1;
  }
  if (!S_ISREG(status->st_mode)) {
    close(place);
    return -2;
  }
  if (is_of_kernel(place)) {
    close(place);
    return -3;
  }
  int descriptor = cutline_open_again(place);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    // Without /proc: not blocking, should a pipe have come in its place.
    descriptor = REPEATED(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  }
  close_keeping_errno(place);
  if (descriptor < 0) return -1;
  if (REPEATED(fstat(descriptor, status)) != 0) {
    close_keeping_errno(descriptor);
    return -1;
  }
  if (!S_ISREG(status->st_mode)) {
    close(descriptor);
    return -2;
  }
  return descriptor;
}

int cutline_open_nameless(const char *folder) {
  return REPEATED(open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
}

int cutline_temporary_file(const char *folder) {
  int descriptor = REPEATED(open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600));
  if (descriptor >= 0) return descriptor;
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/cutline-XXXXXX", folder);
  if (length < 0 || (size_t)length >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  descriptor = mkostemp(path, O_CLOEXEC);
  if (descriptor >= 0) REPEATED(unlink(path));
  return descriptor;
}

int cutline_name_file(int descriptor, const char *path) {
  char name[40];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  return REPEATED(linkat(AT_FDCWD, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
}

int cutline_exchange_paths(const char *a, const char *b) {
  return REPEATED(renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE));
}
