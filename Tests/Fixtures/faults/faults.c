// Preloaded into the tool, it kills the program, makes a call fail, or puts another file in an input's place, at the n-th
// call that could leave something half done.
//
//   FAULT_AT    the call, counted from 1
//   FAULT_KIND  kill, swap, lend (swapped for that one open only), or the number of an error
//   FAULT_SWAP  for swap: only opens of paths that end like this count; FAULT_NEW is renamed onto it
//   FAULT_LOG   gets a line a call that counts
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;
static long at;
static const char *kind = "", *swapped, *new_file, *log_file;
static int is_on;

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("FAULT_AT"), *stated = getenv("FAULT_KIND");
  is_on = number && stated && !strcmp(program_invocation_short_name, "cutline");
  if (!is_on) return;
  at = atol(number);
  kind = stated;
  swapped = getenv("FAULT_SWAP");
  new_file = getenv("FAULT_NEW");
  log_file = getenv("FAULT_LOG");
}

static void keep(const char *name) {
  if (!log_file) return;
  int file = (int)syscall(SYS_openat, AT_FDCWD, log_file, O_WRONLY | O_CREAT | O_APPEND, 0644);
  syscall(SYS_write, file, name, strlen(name));
  syscall(SYS_write, file, "\n", 1);
  syscall(SYS_close, file);
}

// 1: the call is to fail with errno.
static int fails(const char *name) {
  if (!is_on || swapped) return 0;
  keep(name);
  if (atomic_fetch_add(&calls, 1) + 1 != at) return 0;
  if (!strcmp(kind, "kill")) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
  }
  errno = atoi(kind);
  return errno != 0;
}

// 1: what was lent is to be taken back.
static int swap(const char *path) {
  if (!is_on || !swapped) return 0;
  size_t length = strlen(path), end = strlen(swapped);
  if (length < end || strcmp(path + length - end, swapped)) return 0;
  keep(path);
  if (atomic_fetch_add(&calls, 1) + 1 != at) return 0;
  if (!strcmp(kind, "swap")) syscall(SYS_rename, new_file, path);
  if (strcmp(kind, "lend")) return 0;
  syscall(SYS_renameat2, AT_FDCWD, new_file, AT_FDCWD, path, RENAME_EXCHANGE);
  return 1;
}

#define REAL(result, name, ...)                                      \
  static result (*real)(__VA_ARGS__);                                \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(function)                                               \
  int function(const char *path, int flags, ...) {                   \
    REAL(int, #function, const char *, int, ...);                    \
    va_list rest;                                                    \
    va_start(rest, flags);                                           \
    mode_t mode = va_arg(rest, mode_t);                              \
    va_end(rest);                                                    \
    int is_lent = swap(path);                                        \
    int writes = (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0;       \
    if (writes && fails("open")) return -1;                          \
    int file = real(path, flags, mode);                              \
    if (is_lent) syscall(SYS_renameat2, AT_FDCWD, new_file, AT_FDCWD, path, RENAME_EXCHANGE); \
    return file;                                                     \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  if (file > 2 && fails("write")) return -1;
  return real(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
  return fails("pwrite") ? -1 : real(file, bytes, count, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return fails("pwrite64") ? -1 : real(file, bytes, count, place);
}
int fdatasync(int file) {
  REAL(int, "fdatasync", int);
  return fails("fdatasync") ? -1 : real(file);
}
int ftruncate64(int file, off64_t length) {
  REAL(int, "ftruncate64", int, off64_t);
  return fails("ftruncate64") ? -1 : real(file, length);
}
int fsync(int file) {
  REAL(int, "fsync", int);
  return fails("fsync") ? -1 : real(file);
}
int rename(const char *a, const char *b) {
  REAL(int, "rename", const char *, const char *);
  return fails("rename") ? -1 : real(a, b);
}
int renameat2(int x, const char *a, int y, const char *b, unsigned flags) {
  REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
  return fails("renameat2") ? -1 : real(x, a, y, b, flags);
}
int link(const char *a, const char *b) {
  REAL(int, "link", const char *, const char *);
  return fails("link") ? -1 : real(a, b);
}
int linkat(int x, const char *a, int y, const char *b, int flags) {
  REAL(int, "linkat", int, const char *, int, const char *, int);
  return fails("linkat") ? -1 : real(x, a, y, b, flags);
}
int unlink(const char *a) {
  REAL(int, "unlink", const char *);
  return fails("unlink") ? -1 : real(a);
}
int unlinkat(int folder, const char *a, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  return fails("unlinkat") ? -1 : real(folder, a, flags);
}
int rmdir(const char *a) {
  REAL(int, "rmdir", const char *);
  return fails("rmdir") ? -1 : real(a);
}
int mkdir(const char *a, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return fails("mkdir") ? -1 : real(a, mode);
}
char *mkdtemp(char *path) {
  REAL(char *, "mkdtemp", char *);
  return fails("mkdtemp") ? NULL : real(path);
}
int flock(int file, int operation) {
  REAL(int, "flock", int, int);
  return fails("flock") ? -1 : real(file, operation);
}
