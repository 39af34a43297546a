// Everything is looked up when the program runs, so that it starts where no libmicrohttpd is installed.
#include "CMicrohttpd.h"
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#if __has_include(<microhttpd.h>)
#include <microhttpd.h>
#define SAME(own, theirs) _Static_assert((int)own == (int)theirs, #theirs);
SAME(HTTP_YES, MHD_YES)
SAME(USE_INTERNAL_THREAD, MHD_USE_INTERNAL_POLLING_THREAD)
SAME(USE_IPV6, MHD_USE_IPv6)
SAME(USE_EPOLL, MHD_USE_EPOLL)
SAME(USE_ITC, MHD_USE_ITC)
SAME(OPTION_END, MHD_OPTION_END)
SAME(OPTION_MEMORY_LIMIT, MHD_OPTION_CONNECTION_MEMORY_LIMIT)
SAME(OPTION_CONNECTION_LIMIT, MHD_OPTION_CONNECTION_LIMIT)
SAME(OPTION_CONNECTION_TIMEOUT, MHD_OPTION_CONNECTION_TIMEOUT)
SAME(OPTION_NOTIFY_COMPLETED, MHD_OPTION_NOTIFY_COMPLETED)
SAME(OPTION_URI_LOG, MHD_OPTION_URI_LOG_CALLBACK)
SAME(OPTION_LISTEN_SOCKET, MHD_OPTION_LISTEN_SOCKET)
SAME(OPTION_THREAD_POOL_SIZE, MHD_OPTION_THREAD_POOL_SIZE)
SAME(OPTION_UNESCAPE, MHD_OPTION_UNESCAPE_CALLBACK)
SAME(OPTION_NOTIFY_CONNECTION, MHD_OPTION_NOTIFY_CONNECTION)
SAME(OPTION_STRICT, MHD_OPTION_STRICT_FOR_CLIENT)
SAME(HEADER_KIND, MHD_HEADER_KIND)
SAME(INFO_CLIENT_ADDRESS, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
SAME(INFO_DESCRIPTOR, MHD_CONNECTION_INFO_CONNECTION_FD)
SAME(INFO_HEADER_SIZE, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
SAME(CONNECTION_STARTED, MHD_CONNECTION_NOTIFY_STARTED)
SAME(MEMORY_MUST_COPY, MHD_RESPMEM_MUST_COPY)
SAME(COMPLETED_OK, MHD_REQUEST_TERMINATED_COMPLETED_OK)
#endif

static bool find(void *handle, const char *name, void *place, char *problem, size_t size) {
  void *function = dlsym(handle, name);
  if (!function) {
    snprintf(problem, size, "the library lacks %s", name);
    return false;
  }
  *(void **)place = function;
  return true;
}

const cutline_http_library *cutline_http_load(const char *library, char *problem, size_t size) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    snprintf(problem, size, "%s", reason ? reason : "the library cannot be opened");
    return NULL;
  }
  cutline_http_library *functions = calloc(1, sizeof(cutline_http_library));
  bool usable = functions != NULL;
  if (!functions) { snprintf(problem, size, "the system gave no memory"); }
#define FIND(member, function, result, parameters) \
  usable = usable && find(handle, #function, &functions->member, problem, size);
  CUTLINE_HTTP_FUNCTIONS(FIND)
#undef FIND
  if (usable) { return functions; }
  free(functions);
  dlclose(handle);
  return NULL;
}

const char *cutline_http_version(const cutline_http_library *library) { return library->version(); }
