// What stands between the library's callbacks and the program's: one exchange for each request.
#define _GNU_SOURCE
#include "CMicrohttpd.h"
#include "library.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cutline_http_server {
  const cutline_http_library *library;
  cutline_http_callbacks callbacks;
  void *daemon;
  int socket;
};

/// More header fields than that are counted, but not kept: the program refuses them by their number.
enum { MOST_FIELDS = 200 };

/// An exchange with what it owns.
typedef struct {
  cutline_http_exchange shown;
  cutline_http_server *server;
  void *connection;
  char *target;
  cutline_http_field *fields;
  uint8_t *body;
  size_t body_capacity;
  /// Bytes of the body that were not kept.
  size_t dropped;
  char peer[INET6_ADDRSTRLEN];
  /// Behind the line of the header that was looked at last.
  const char *line_end;
  bool is_admitted;
  bool has_responded;
} own_exchange;

static void destroy(own_exchange *own) {
  free(own->target);
  free(own->fields);
  free(own->body);
  free(own);
}

/// The target as it came, before the library takes it apart; what this returns is the request's state from then on.
static void *began(void *context, const char *uri, void *connection) {
  own_exchange *own = calloc(1, sizeof(own_exchange));
  if (!own) { return NULL; }
  own->server = context;
  own->connection = connection;
  own->target = strdup(uri);
  if (own->target) { return own; }
  free(own);
  return NULL;
}

/// Nothing is decoded by the library.
static size_t leave(void *context, void *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

static int keep_field(
    void *context, int kind, const char *key, size_t key_length, const char *value, size_t value_length) {
  (void)kind;
  own_exchange *own = context;
  const size_t place = own->shown.field_count++;
  // The library takes lines apart where they lie, so what lies between them tells how they ended.
  if (key != own->line_end + 2) { own->shown.has_plain_lines = false; }
  own->line_end = (value ? value : key) + (value ? value_length : key_length);
  if (place < MOST_FIELDS) {
    own->fields[place] = (cutline_http_field){key, key_length, value, value ? value_length : 0};
  }
  return HTTP_YES;
}

static void name_peer(own_exchange *own) {
  const union connection_info *info = own->server->library->info(own->connection, INFO_CLIENT_ADDRESS);
  const struct sockaddr *address = info ? info->address : NULL;
  if (address && address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, own->peer, sizeof(own->peer));
  } else if (address && address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, own->peer, sizeof(own->peer));
  }
}

static bool fill(own_exchange *own, const char *method, const char *version) {
  const cutline_http_library *library = own->server->library;
  own->fields = calloc(MOST_FIELDS, sizeof(cutline_http_field));
  if (!own->fields) { return false; }
  own->shown.has_plain_lines = true;
  own->line_end = version + strlen(version);
  library->values(own->connection, HEADER_KIND, keep_field, own);
  const union connection_info *size = library->info(own->connection, INFO_HEADER_SIZE);
  const union connection_info *descriptor = library->info(own->connection, INFO_DESCRIPTOR);
  name_peer(own);
  own->shown.method = method;
  own->shown.target = own->target;
  own->shown.version = version;
  own->shown.fields = own->fields;
  own->shown.header_size = size ? size->header_size : 0;
  own->shown.descriptor = descriptor ? descriptor->descriptor : -1;
  own->shown.peer = own->peer;
  return true;
}

/// Keeps what fits into the limit, and drops the rest as far as its own.
static bool keep_body(own_exchange *own, const char *upload, size_t size) {
  cutline_http_exchange *shown = &own->shown;
  if (shown->is_too_large || size > shown->body_limit - shown->body_length) {
    shown->is_too_large = true;
    if (size > shown->drop_limit - own->dropped) { return false; }
    own->dropped += size;
    return true;
  }
  if (shown->body_length + size > own->body_capacity) {
    size_t capacity = own->body_capacity ? own->body_capacity : 4096;
    while (capacity < shown->body_length + size) { capacity *= 2; }
    uint8_t *body = realloc(own->body, capacity);
    if (!body) { return false; }
    own->body = body;
    own->body_capacity = capacity;
    shown->body = body;
  }
  memcpy(own->body + shown->body_length, upload, size);
  shown->body_length += size;
  return true;
}

static int handle(
    void *context, void *connection, const char *url, const char *method, const char *version, const char *upload,
    size_t *upload_size, void **state) {
  (void)connection;
  (void)url;
  cutline_http_server *server = context;
  own_exchange *own = *state;
  if (!own) { return HTTP_NO; }
  if (!own->is_admitted) {
    own->is_admitted = true;
    if (!fill(own, method, version)) { return HTTP_NO; }
    if (server->callbacks.admit(server->callbacks.context, &own->shown)) { return HTTP_YES; }
    return own->has_responded ? HTTP_YES : HTTP_NO;
  }
  if (*upload_size > 0) {
    const size_t size = *upload_size;
    *upload_size = 0;
    return keep_body(own, upload, size) ? HTTP_YES : HTTP_NO;
  }
  server->callbacks.answer(server->callbacks.context, &own->shown);
  return own->has_responded ? HTTP_YES : HTTP_NO;
}

static void completed(void *context, void *connection, void **state, int how) {
  (void)connection;
  cutline_http_server *server = context;
  own_exchange *own = *state;
  if (!own) { return; }
  *state = NULL;
  if (own->is_admitted && own->shown.target) {
    server->callbacks.completed(server->callbacks.context, &own->shown, how == COMPLETED_OK);
  }
  destroy(own);
}

static void connection_changed(void *context, void *connection, void **socket_state, int what) {
  (void)socket_state;
  cutline_http_server *server = context;
  const union connection_info *info = server->library->info(connection, INFO_DESCRIPTOR);
  if (!info) { return; }
  if (what == CONNECTION_STARTED) {
    server->callbacks.connected(server->callbacks.context, info->descriptor);
  } else {
    server->callbacks.disconnected(server->callbacks.context, info->descriptor);
  }
}

cutline_http_server *cutline_http_start(
    const cutline_http_library *library, const cutline_http_settings *settings, const cutline_http_callbacks *callbacks) {
  cutline_http_server *server = calloc(1, sizeof(cutline_http_server));
  if (!server) { return NULL; }
  server->library = library;
  server->callbacks = *callbacks;
  // The library closes its own.
  server->socket = fcntl(settings->socket, F_DUPFD_CLOEXEC, 0);
  const unsigned flags =
      USE_INTERNAL_THREAD | USE_EPOLL | USE_ITC | (settings->is_ipv6 ? USE_IPV6 : 0);
  if (server->socket >= 0) {
    server->daemon = library->start(
        flags, 0, NULL, NULL, handle, server, OPTION_LISTEN_SOCKET, server->socket, OPTION_THREAD_POOL_SIZE,
        settings->threads, OPTION_CONNECTION_LIMIT, settings->connections, OPTION_CONNECTION_TIMEOUT,
        settings->idle_seconds, OPTION_MEMORY_LIMIT, settings->memory, OPTION_STRICT, 1, OPTION_URI_LOG, began, server,
        OPTION_UNESCAPE, leave, NULL, OPTION_NOTIFY_COMPLETED, completed, server, OPTION_NOTIFY_CONNECTION,
        connection_changed, server, OPTION_END);
  }
  if (server->daemon) { return server; }
  if (server->socket >= 0) { close(server->socket); }
  free(server);
  return NULL;
}

void cutline_http_quiesce(cutline_http_server *server) {
  const int socket = server->library->quiesce(server->daemon);
  if (socket < 0) { return; }
  // The system greets hardly anybody any more; clients that it has greeted already may have sent their request.
  listen(socket, 0);
  struct sockaddr_storage address;
  for (int turns = 0;;) {
    socklen_t length = sizeof(address);
    const int client = accept4(socket, (struct sockaddr *)&address, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) {
      if (errno == EINTR || errno == ECONNABORTED) { continue; }
      // Whoever was being greeted is there by now.
      if (++turns > 2) { break; }
      usleep(2000);
      continue;
    }
    // It closes the socket where it does not take it.
    server->library->add(server->daemon, client, (const struct sockaddr *)&address, length);
  }
  close(socket);
}

void cutline_http_stop(cutline_http_server *server) {
  server->library->stop(server->daemon);
  free(server);
}

bool cutline_http_respond(
    cutline_http_exchange *exchange, unsigned status, const cutline_http_field *fields, size_t field_count,
    const uint8_t *body, size_t length, bool close) {
  own_exchange *own = (own_exchange *)exchange;
  const cutline_http_library *library = own->server->library;
  if (own->has_responded) { return false; }
  void *response = library->make(length, (void *)(body ? body : (const uint8_t *)""), MEMORY_MUST_COPY);
  if (!response) { return false; }
  bool done = true;
  for (size_t place = 0; done && place < field_count; ++place) {
    done = library->add_header(response, fields[place].name, fields[place].value) == HTTP_YES;
  }
  if (close) { done = done && library->add_header(response, "Connection", "close") == HTTP_YES; }
  done = done && library->queue(own->connection, status, response) == HTTP_YES;
  library->destroy(response);
  own->has_responded = done;
  return done;
}
