#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "protocol.h"

static void limit(int resource, rlim_t value) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) return;
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value) value = now.rlim_max;
  struct rlimit wanted = {value, value};
  setrlimit(resource, &wanted);
}

#define ALLOW(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

// A list of what is allowed; anything else is answered with EPERM. Files can be opened for reading only, which the C
// library needs for its character set tables. Where the kernel has no such filter the other limits still hold.
static void limit_system_calls(void) {
#if defined(__x86_64__)
  const unsigned int machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
  const unsigned int machine = AUDIT_ARCH_AARCH64;
#else
  const unsigned int machine = 0;
#endif
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(pread64),
      ALLOW(read),
      ALLOW(write),
      ALLOW(lseek),
      ALLOW(mmap),
      ALLOW(munmap),
      ALLOW(mremap),
      ALLOW(mprotect),
      ALLOW(madvise),
      ALLOW(brk),
      ALLOW(close),
      ALLOW(fstat),
      ALLOW(newfstatat),
      ALLOW(futex),
      ALLOW(rt_sigreturn),
      ALLOW(exit),
      ALLOW(exit_group),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  if (machine && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void limit_process(int64_t file_size) {
  const rlim_t mebibyte = 1 << 20;
  rlim_t size = file_size > 0 ? (rlim_t)file_size : 0;
  if (size > (rlim_t)1 << 44) size = (rlim_t)1 << 44;
  rlim_t memory = 384 * mebibyte + 4 * size;
  limit(RLIMIT_AS, memory);
  limit(RLIMIT_DATA, memory);
  // Four seconds and one for every 4 MB: ten times what the slowest compressed file takes.
  limit(RLIMIT_CPU, 4 + size / (4 * mebibyte));
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NPROC, 0);
  limit(RLIMIT_NOFILE, 32);
  limit(RLIMIT_FSIZE, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit_system_calls();
}
