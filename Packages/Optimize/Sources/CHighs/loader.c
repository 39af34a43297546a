// Everything is looked up when the program runs, so that it starts where no HiGHS is installed.
#include "CHighs.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool find(void *handle, const char *name, void *place, char *problem, size_t size) {
  void *function = dlsym(handle, name);
  if (!function) {
    snprintf(problem, size, "the library lacks %s", name);
    return false;
  }
  *(void **)place = function;
  return true;
}

/// Whether the library speaks the interface that is declared here: version 1, integers of 32 bits.
static bool fits(const cutline_highs *functions, char *problem, size_t size) {
  const char *version = functions->version();
  if (strncmp(version, "1.", 2) != 0) {
    snprintf(problem, size, "version 1 is needed, the library is %s", version);
    return false;
  }
  void *model = functions->create();
  if (!model) {
    snprintf(problem, size, "the library creates no model");
    return false;
  }
  const int32_t bytes = functions->get_integer_size(model);
  functions->destroy(model);
  if (bytes != (int32_t)sizeof(int32_t)) {
    snprintf(problem, size, "integers of 32 bits are needed, the library's have %d", (int)(8 * bytes));
    return false;
  }
  return true;
}

const cutline_highs *cutline_highs_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_highs *functions = calloc(1, sizeof(cutline_highs));
  bool usable = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function, result, parameters) \
  usable = usable && find(handle, #function, &functions->member, problem, size);
  CUTLINE_HIGHS_FUNCTIONS(FIND)
#undef FIND
  usable = usable && fits(functions, problem, size);
  if (usable) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}
