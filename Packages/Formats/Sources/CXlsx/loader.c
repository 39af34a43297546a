// Everything is looked up when the program runs, so that it starts where no libxlsxwriter is installed.
#include "CXlsx.h"

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

/// The layout of the properties is that of 1.0 and later.
static bool fits(const cutline_xlsx *functions, char *problem, size_t size) {
  const char *version = functions->version();
  if (version && atoi(version) >= 1) { return true; }
  snprintf(problem, size, "version 1.0 or later is needed, the library is %s", version ? version : "older");
  return false;
}

const cutline_xlsx *cutline_xlsx_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_xlsx *functions = calloc(1, sizeof(cutline_xlsx));
  bool usable = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function, result, parameters) \
  usable = usable && find(handle, #function, &functions->member, problem, size);
  CUTLINE_XLSX_FUNCTIONS(FIND)
#undef FIND
  usable = usable && fits(functions, problem, size);
  if (usable) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}
