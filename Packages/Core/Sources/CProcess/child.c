#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void limit(int resource, rlim_t value) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) return;
  rlim_t most = now.rlim_max < value ? now.rlim_max : value;
  struct rlimit wanted = {most, most};
  setrlimit(resource, &wanted);
}

// Both run in the child, in the parent's memory until `execve`: nothing but system calls, and no variable but their own.

static size_t put_number(char *place, unsigned long long number) {
  char digits[24];
  size_t count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  for (size_t i = 0; i < count; i++) place[i] = digits[count - 1 - i];
  return count;
}

// Who the child is, before it is the program: whoever started it may end at any moment.
static int say_who(int note) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  char text[64];
  size_t length = put_number(text, (unsigned long long)getpid());
  text[length++] = ' ';
  length += put_number(text + length, (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec);
  text[length++] = '\n';
  return write(note, text, length) == (ssize_t)length;
}

static void become(const char *program, char *const arguments[], char *const environment[], const int streams[3],
                   uint64_t memory_bytes, int note, volatile int *failure) {
  struct sigaction standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < 65; number++) sigaction(number, &standard, NULL);
  for (int i = 0; i < 3; i++) {
    if (dup2(streams[i], i) < 0) {
      *failure = errno;
      _exit(127);
    }
  }
  // As late as can be: whoever finds it looks for the program.
  if (note >= 0 && !say_who(note)) {
    *failure = errno;
    _exit(127);
  }
  // Whatever else is open here is none of the program's business.
  if (syscall(SYS_close_range, 3u, ~0u, 0u) != 0) {
    int last = (int)sysconf(_SC_OPEN_MAX);
    for (int i = 3; i < last && i < 65536; i++) close(i);
  }
  limit(RLIMIT_CORE, 0);
  if (memory_bytes > 0) limit(RLIMIT_AS, (rlim_t)memory_bytes);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(program, arguments, environment);
  *failure = errno;
  _exit(127);
}

int cutline_start_child(const char *program, char *const arguments[], char *const environment[], int input,
                        uint64_t memory_bytes, struct cutline_child *child) {
  int out[2] = {-1, -1}, err[2] = {-1, -1}, streams[3] = {-1, -1, -1};
  volatile int failure = 0;
  *child = (struct cutline_child){.process = -1, .ended = -1, .output = -1, .errors = -1};
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) failure = errno;
  // Away from the low numbers: a descriptor that already is one of them must not be overwritten by another.
  int mine[3] = {input, out[1], err[1]};
  for (int i = 0; i < 3 && !failure; i++) {
    streams[i] = fcntl(mine[i], F_DUPFD_CLOEXEC, 16);
    if (streams[i] < 0) failure = errno;
  }
  if (!failure) {
    // The child borrows this memory until it becomes the program: no signal handler of ours may run in it.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t process = vfork();
    if (process == 0) {
      setpgid(0, 0);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(127);
      become(program, arguments, environment, streams, memory_bytes, -1, &failure);
    }
    if (process < 0) failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (process > 0) {
      if (failure) {
        while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
        }
      } else {
        child->process = process;
        child->ended = (int)syscall(SYS_pidfd_open, process, 0);
        if (child->ended >= 0) fcntl(child->ended, F_SETFD, FD_CLOEXEC);
      }
    }
  }
  for (int i = 0; i < 3; i++) {
    if (streams[i] >= 0) close(streams[i]);
  }
  if (out[1] >= 0) close(out[1]);
  if (err[1] >= 0) close(err[1]);
  if (failure) {
    if (out[0] >= 0) close(out[0]);
    if (err[0] >= 0) close(err[0]);
    return failure;
  }
  child->output = out[0];
  child->errors = err[0];
  fcntl(child->output, F_SETFL, O_NONBLOCK);
  fcntl(child->errors, F_SETFL, O_NONBLOCK);
  return 0;
}

int cutline_start_detached(const char *program, char *const arguments[], char *const environment[], const char *folder,
                           const int files[3], int note, pid_t *started) {
  int streams[3] = {-1, -1, -1};
  volatile int failure = 0;
  for (int i = 0; i < 3 && !failure; i++) {
    streams[i] = fcntl(files[i], F_DUPFD_CLOEXEC, 16);
    if (streams[i] < 0) failure = errno;
  }
  int word = fcntl(note, F_DUPFD_CLOEXEC, 16);
  if (word < 0 && !failure) failure = errno;
  if (!failure) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t process = vfork();
    if (process == 0) {
      setsid();
      if (chdir(folder) != 0) {
        failure = errno;
        _exit(127);
      }
      become(program, arguments, environment, streams, 0, word, &failure);
    }
    if (process < 0) failure = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (process > 0 && failure) {
      while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
      }
    }
    *started = process;
  }
  for (int i = 0; i < 3; i++) {
    if (streams[i] >= 0) close(streams[i]);
  }
  if (word >= 0) close(word);
  return failure;
}

int cutline_process_end(pid_t process) {
  int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  return descriptor;
}

int cutline_child_has_ended(pid_t process) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  int code;
  while ((code = waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT)) < 0 && errno == EINTR) {
  }
  return code < 0 || info.si_pid == process;
}

int cutline_memory_file(const void *bytes, size_t count) {
  int file = memfd_create("cutline-request", MFD_CLOEXEC);
  if (file < 0) return -1;
  size_t done = 0;
  while (done < count) {
    ssize_t written = write(file, (const char *)bytes + done, count - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      int code = errno;
      close(file);
      errno = code;
      return -1;
    }
    done += (size_t)written;
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

int cutline_open_regular(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return -1;
  struct stat status;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) return file;
  close(file);
  errno = EINVAL;
  return -1;
}
