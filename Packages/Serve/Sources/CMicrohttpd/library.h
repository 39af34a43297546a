// The functions and constants of libmicrohttpd that are in use, from its documentation; where its own header is installed they are
// compared with it when this is built.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
  HTTP_NO = 0,
  HTTP_YES = 1,

  USE_INTERNAL_THREAD = 8,
  USE_IPV6 = 16,
  USE_EPOLL = 512,
  USE_ITC = 1024,

  OPTION_END = 0,
  OPTION_MEMORY_LIMIT = 1,
  OPTION_CONNECTION_LIMIT = 2,
  OPTION_CONNECTION_TIMEOUT = 3,
  OPTION_NOTIFY_COMPLETED = 4,
  OPTION_URI_LOG = 7,
  OPTION_LISTEN_SOCKET = 12,
  OPTION_THREAD_POOL_SIZE = 14,
  OPTION_UNESCAPE = 16,
  OPTION_NOTIFY_CONNECTION = 27,
  OPTION_STRICT = 29,

  HEADER_KIND = 1,
  INFO_CLIENT_ADDRESS = 2,
  INFO_DESCRIPTOR = 6,
  INFO_HEADER_SIZE = 10,
  CONNECTION_STARTED = 0,
  MEMORY_MUST_COPY = 2,
  COMPLETED_OK = 0,
};

union connection_info {
  int descriptor;
  size_t header_size;
  const struct sockaddr *address;
};

typedef int (*each_value)(
    void *context, int kind, const char *key, size_t key_length, const char *value, size_t value_length);
typedef int (*access_handler)(
    void *context, void *connection, const char *url, const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state);

/// X(member, name in the library, result, parameters)
#define CUTLINE_HTTP_FUNCTIONS(X) \
  X(version, MHD_get_version, const char *, (void)) \
  X(start, MHD_start_daemon, void *, \
    (unsigned flags, uint16_t port, void *accept, void *accept_context, access_handler handler, void *context, ...)) \
  X(quiesce, MHD_quiesce_daemon, int, (void *daemon)) \
  X(add, MHD_add_connection, int, (void *daemon, int socket, const struct sockaddr *address, socklen_t length)) \
  X(stop, MHD_stop_daemon, void, (void *daemon)) \
  X(values, MHD_get_connection_values_n, int, (void *connection, int kind, each_value each, void *context)) \
  X(info, MHD_get_connection_info, const union connection_info *, (void *connection, int what, ...)) \
  X(make, MHD_create_response_from_buffer, void *, (size_t size, void *bytes, int mode)) \
  X(add_header, MHD_add_response_header, int, (void *response, const char *name, const char *value)) \
  X(queue, MHD_queue_response, int, (void *connection, unsigned status, void *response)) \
  X(destroy, MHD_destroy_response, void, (void *response))

struct cutline_http_library {
#define MEMBER(member, function, result, parameters) result(*member) parameters;
  CUTLINE_HTTP_FUNCTIONS(MEMBER)
#undef MEMBER
};
