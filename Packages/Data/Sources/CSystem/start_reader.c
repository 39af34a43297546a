#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "CSystem.h"

enum { PIPE_BYTES = 1 << 20 };

static void close_all(const int *descriptors, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (descriptors[i] >= 0) close(descriptors[i]);
  }
}

static int start(const char *program, const char *const arguments[2], const int theirs[6], pid_t *process) {
  static const int targets[6] = {0, 1, 3, 4, 5, 6};
  posix_spawn_file_actions_t actions;
  int code = posix_spawn_file_actions_init(&actions);
  if (code) return code;
  for (int i = 0; i < 6; i++) posix_spawn_file_actions_adddup2(&actions, theirs[i], targets[i]);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 7);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  char libraries[4096] = "";
  const char *path = getenv("LD_LIBRARY_PATH");
  char *environment[3] = {"LC_ALL=C", NULL, NULL};
  if (path && snprintf(libraries, sizeof libraries, "LD_LIBRARY_PATH=%s", path) < (int)sizeof libraries) {
    environment[1] = libraries;
  }
  char *words[4] = {(char *)program, (char *)arguments[0], (char *)arguments[1], NULL};
  code = posix_spawn(process, program, &actions, &attributes, words, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

// Sealed: a process that could shrink it would make the parent's next look at it fatal.
static int make_shared(struct cutline_reader *reader, size_t bytes) {
  int memory = memfd_create("cutline", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (memory < 0) return -1;
  if (ftruncate(memory, (off_t)bytes) == 0 &&
      fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
    void *mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, memory, 0);
    if (mapped != MAP_FAILED) {
      reader->shared = mapped;
      reader->shared_bytes = bytes;
      return memory;
    }
  }
  int code = errno;
  close(memory);
  errno = code;
  return -1;
}

int cutline_start_reader(const char *program, const char *encoding, const char *table, int file, size_t shared_bytes,
                         struct cutline_reader *reader) {
  int sockets[2] = {-1, -1}, pipes[2] = {-1, -1}, theirs[6] = {-1, -1, -1, -1, -1, -1}, code = 0;
  *reader = (struct cutline_reader){.control = -1, .output = -1, .ready = -1, .free = -1};
  reader->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  reader->free = eventfd(0, EFD_CLOEXEC);
  int memory = make_shared(reader, shared_bytes);
  if (reader->ready < 0 || reader->free < 0 || memory < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0 ||
      pipe2(pipes, O_CLOEXEC) != 0) {
    code = errno;
  } else {
    fcntl(pipes[1], F_SETPIPE_SZ, PIPE_BYTES);
    // Away from the low numbers: a descriptor that already is one of them must not be overwritten by another.
    int mine[6] = {sockets[1], pipes[1], file, memory, reader->ready, reader->free};
    for (int i = 0; i < 6 && !code; i++) {
      theirs[i] = fcntl(mine[i], F_DUPFD_CLOEXEC, 16);
      if (theirs[i] < 0) code = errno;
    }
    if (!code) code = start(program, (const char *const[2]){encoding, table}, theirs, &reader->process);
  }
  close_all(theirs, 6);
  close_all((int[]){memory, sockets[1], pipes[1]}, 3);
  if (code) {
    close_all((int[]){sockets[0], pipes[0], reader->ready, reader->free}, 4);
    if (reader->shared) munmap((void *)reader->shared, shared_bytes);
    return code;
  }
  reader->control = sockets[0];
  reader->output = pipes[0];
  fcntl(reader->output, F_SETFL, O_NONBLOCK);
  return 0;
}

void cutline_release_reader(struct cutline_reader *reader) {
  close_all((int[]){reader->control, reader->output, reader->ready, reader->free}, 4);
  munmap((void *)reader->shared, reader->shared_bytes);
}
