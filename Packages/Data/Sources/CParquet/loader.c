// Everything is looked up when the program runs, so that it starts where no Arrow is installed.
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "CParquet.h"

static bool find(void *handle, const char *name, void *place, char *problem, size_t size) {
  void *function = dlsym(handle, name);
  if (!function) {
    snprintf(problem, size, "the library lacks %s", name);
    return false;
  }
  *(void **)place = function;
  return true;
}

const cutline_parquet *cutline_parquet_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_parquet *functions = calloc(1, sizeof(cutline_parquet));
  bool usable = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function, result, parameters) \
  usable = usable && find(handle, #function, &functions->member, problem, size);
  CUTLINE_PARQUET_FUNCTIONS(FIND)
#undef FIND
  if (usable && functions->interface() != CUTLINE_PARQUET_INTERFACE) {
    snprintf(problem, size, "it has interface %d, this program needs %d", (int)functions->interface(),
             CUTLINE_PARQUET_INTERFACE);
    usable = false;
  }
  if (usable) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}
