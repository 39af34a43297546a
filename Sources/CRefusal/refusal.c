// Linked into the executable, so that its `malloc` and `pthread_create` come before those of the libraries.
#define _GNU_SOURCE
#include "refusal.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_IO = 7 };

/// Text without anything that may allocate.
typedef struct {
  char bytes[320];
  size_t count;
} Line;

static void add(Line *line, const char *text) {
  size_t length = strlen(text);
  if (length > sizeof line->bytes - line->count) { length = sizeof line->bytes - line->count; }
  memcpy(line->bytes + line->count, text, length);
  line->count += length;
}

static void add_number(Line *line, size_t value) {
  char digits[24];
  size_t at = sizeof digits;
  digits[--at] = 0;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  add(line, digits + at);
}

/// The first thread that ends the program says why; others that are refused meanwhile wait for the end.
static void end(const Line *line) {
  static atomic_flag ended = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set(&ended)) {
    for (;;) { pause(); }
  }
  for (size_t done = 0; done < line->count;) {
    const ssize_t written = write(STDERR_FILENO, line->bytes + done, line->count - done);
    if (written < 0 && errno != EINTR) { break; }
    if (written > 0) { done += (size_t)written; }
  }
  _exit(EXIT_IO);
}

static const Line no_threads = {
  .bytes = "error: threads: the system refused one. Allow more processes or more memory, or use fewer threads.\n",
  .count = sizeof "error: threads: the system refused one. Allow more processes or more memory, or use fewer threads.\n" - 1,
};

/// Set while what is unfinished is put away for want of threads, which must not take long.
static volatile sig_atomic_t leaving_now;

static void end_late(int number) {
  (void)number;
  end(&no_threads);
}

static void end_for_memory(size_t bytes) {
  Line line = {.count = 0};
  add(&line, "error: memory: the system refused ");
  add_number(&line, bytes);
  add(&line, " bytes. Allow more, use fewer threads, or state a limit where the command takes one.\n");
  end(&line);
}

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *start, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/// What was refused last on this thread, and how often in a row that size.
static __thread size_t refused;
static __thread unsigned int times;

enum { PATIENCE = 4 };

static void *note(void *start, size_t size) {
  if (__builtin_expect(start == NULL && size > 0, 0)) {
    times = size == refused ? times + 1 : 1;
    refused = size;
    if (times >= PATIENCE) { end_for_memory(size); }
    errno = ENOMEM;
  }
  return start;
}

void *malloc(size_t size) { return note(__libc_malloc(size), size); }
void *realloc(void *start, size_t size) { return note(__libc_realloc(start, size), size); }
void *memalign(size_t alignment, size_t size) { return note(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return note(__libc_memalign(alignment, size), size); }

void *calloc(size_t count, size_t size) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) { bytes = SIZE_MAX; }
  return note(__libc_calloc(count, size), bytes);
}

int posix_memalign(void **start, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) { return EINVAL; }
  void *made = note(__libc_memalign(alignment, size), size);
  if (!made && size > 0) { return ENOMEM; }
  *start = made;
  return 0;
}

static const int deaths[] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS};
static struct sigaction before[sizeof deaths / sizeof *deaths];

static void died(int number) {
  if (refused > 0) { end_for_memory(refused); }
  if (leaving_now) { end(&no_threads); }
  // Any other death is what it was without this.
  for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
    if (deaths[i] == number) { sigaction(number, &before[i], NULL); }
  }
  raise(number);
}

static void watch_deaths(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = died;
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) { sigaction(deaths[i], &action, &before[i]); }
}

#else
static void watch_deaths(void) {}
#endif

static void (*_Atomic leaving)(void);

int pthread_create(
  pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*body)(void *), void *restrict argument
) {
  static int (*_Atomic known)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = known;
  if (!real) {
    real = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
    if (!real) { return EAGAIN; }
    known = real;
  }
  int state = real(thread, attributes, body, argument);
  // Threads that end make room for others.
  for (int tries = 0; state == EAGAIN && tries < 20; tries++) {
    const struct timespec moment = {0, 50000000};
    nanosleep(&moment, NULL);
    state = real(thread, attributes, body, argument);
  }
  void (*leave)(void) = state == EAGAIN ? atomic_exchange(&leaving, NULL) : NULL;
  if (state != EAGAIN) { return state; }
  if (leave) {
    leaving_now = 1;
    signal(SIGALRM, end_late);
    alarm(2);
    leave();
  }
  end(&no_threads);
  return state;
}

void cutline_memory_returned(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

void cutline_refusal_install(void (*leave)(void)) {
  leaving = leave;
  watch_deaths();
}
