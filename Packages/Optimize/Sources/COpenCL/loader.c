// Everything is looked up when the program runs, so that it starts where no OpenCL is installed.
#include "COpenCL.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find(void *handle, const char *name, void *place, char *problem, size_t size) {
  void *function = dlsym(handle, name);
  if (!function) {
    snprintf(problem, size, "the library lacks %s", name);
    return false;
  }
  *(void **)place = function;
  return true;
}

const cutline_opencl *cutline_opencl_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_opencl *functions = calloc(1, sizeof(cutline_opencl));
  bool complete = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function) complete = complete && find(handle, #function, &functions->member, problem, size);
  CUTLINE_OPENCL_FUNCTIONS(FIND)
#undef FIND
  if (complete) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}

bool cutline_opencl_redirect_cache(void) {
  if (getenv("POCL_CACHE_DIR")) { return false; }
  const char *temporary = getenv("TMPDIR");
  if (!temporary || access(temporary, W_OK) != 0) { temporary = "/tmp"; }
  char folder[4096];
  const int length = snprintf(folder, sizeof folder, "%s/cutline-kernels-%u", temporary, (unsigned)geteuid());
  if (length < 0 || (size_t)length >= sizeof folder) { return false; }
  mkdir(folder, 0700);
  // What lies there is run, so the folder must be ours alone; where another has taken the name, a fresh one is made.
  struct stat status;
  if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid() ||
      (status.st_mode & (S_IWGRP | S_IWOTH))) {
    const int fresh = snprintf(folder, sizeof folder, "%s/cutline-kernels-XXXXXX", temporary);
    if (fresh < 0 || (size_t)fresh >= sizeof folder || !mkdtemp(folder)) { return false; }
  }
  return setenv("POCL_CACHE_DIR", folder, 0) == 0;
}
