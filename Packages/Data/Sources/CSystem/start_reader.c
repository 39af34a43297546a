#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "CSystem.h"

enum { PIPE_BYTES = 1 << 20 };

static void close_all(const int *descriptors, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (descriptors[i] >= 0) close(descriptors[i]);
  }
}

static int start(const char *program, const char *argument, const int theirs[3], pid_t *process) {
  static const int targets[3] = {0, 1, 3};
  posix_spawn_file_actions_t actions;
  int code = posix_spawn_file_actions_init(&actions);
  if (code) return code;
  for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, theirs[i], targets[i]);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, 4);
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
  char *arguments[3] = {(char *)program, (char *)argument, NULL};
  code = posix_spawn(process, program, &actions, &attributes, arguments, environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

int cutline_start_reader(const char *program, const char *argument, int file, pid_t *process, int *control,
                         int *output) {
  int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) return errno;
  if (pipe2(pipes, O_CLOEXEC) != 0) {
    int code = errno;
    close_all(sockets, 2);
    return code;
  }
  fcntl(pipes[1], F_SETPIPE_SZ, PIPE_BYTES);
  // Away from the low numbers: a descriptor that already is one of them must not be overwritten by another.
  int theirs[3] = {fcntl(sockets[1], F_DUPFD_CLOEXEC, 16), fcntl(pipes[1], F_DUPFD_CLOEXEC, 16),
                   fcntl(file, F_DUPFD_CLOEXEC, 16)};
  int code = theirs[0] < 0 || theirs[1] < 0 || theirs[2] < 0 ? errno : start(program, argument, theirs, process);
  close_all(theirs, 3);
  close(sockets[1]);
  close(pipes[1]);
  if (code) {
    close(sockets[0]);
    close(pipes[0]);
    return code;
  }
  *control = sockets[0];
  *output = pipes[0];
  return 0;
}
