// Everything is looked up when the program runs, so that it starts where no XGBoost is installed.
#include "CXGBoost.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static bool find(void *handle, const char *name, void *place, char *problem, size_t size) {
  void *function = dlsym(handle, name);
  if (!function) {
    snprintf(problem, size, "the library lacks %s", name);
    return false;
  }
  *(void **)place = function;
  return true;
}

/// Models as JSON in memory came with 1.6.
static bool fits(const cutline_xgboost *functions, char *problem, size_t size) {
  int major = 0, minor = 0, patch = 0;
  functions->version(&major, &minor, &patch);
  if (major > 1 || (major == 1 && minor >= 6)) { return true; }
  snprintf(problem, size, "version 1.6 or later is needed, the library is %d.%d.%d", major, minor, patch);
  return false;
}

const cutline_xgboost *cutline_xgboost_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_xgboost *functions = calloc(1, sizeof(cutline_xgboost));
  bool usable = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function, result, parameters) \
  usable = usable && find(handle, #function, &functions->member, problem, size);
  CUTLINE_XGBOOST_FUNCTIONS(FIND)
#undef FIND
  usable = usable && fits(functions, problem, size);
  if (usable) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}
