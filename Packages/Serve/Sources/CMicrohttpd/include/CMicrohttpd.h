// HTTP/1.1 through libmicrohttpd, found when the program runs: connections and requests as plain structures, so that nothing of the
// library is seen outside. Declared from its documentation.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Bytes of a request that stay where they are until it is completed; not ended by a zero.
typedef struct {
  const char *name;
  size_t name_length;
  const char *_Nullable value;
  size_t value_length;
} cutline_http_field;

/// One request and what is answered to it.
typedef struct cutline_http_exchange {
  const char *method;
  /// As it came: nothing is decoded.
  const char *target;
  const char *version;
  const cutline_http_field *_Nullable fields;
  size_t field_count;
  /// Bytes from the method to the empty line.
  size_t header_size;
  /// Whether each line ends where the next begins, two bytes on: none is folded, cut by a zero, or ended by a line feed alone.
  bool has_plain_lines;
  /// The client's address as text; empty where the system does not say.
  const char *peer;
  int descriptor;

  const uint8_t *_Nullable body;
  size_t body_length;
  /// To be set by `admit`: the longest body that is kept. What is beyond is counted and dropped, as far as `drop_limit`.
  size_t body_limit;
  size_t drop_limit;
  bool is_too_large;
  /// For the caller.
  void *_Nullable state;
} cutline_http_exchange;

/// What the program does; each is called on a thread of the library, `context` is handed through.
typedef struct {
  void *_Nullable context;
  void (*connected)(void *_Nullable context, int descriptor);
  /// While the descriptor is still open.
  void (*disconnected)(void *_Nullable context, int descriptor);
  /// The header is there. False where it has responded already: the connection is closed after it.
  bool (*admit)(void *_Nullable context, cutline_http_exchange *exchange);
  /// The whole request is there; it must respond.
  void (*answer)(void *_Nullable context, cutline_http_exchange *exchange);
  /// The last that is heard of it. `is_whole` where all of the response was handed to the system.
  void (*completed)(void *_Nullable context, cutline_http_exchange *exchange, bool is_whole);
} cutline_http_callbacks;

typedef struct {
  /// A socket that listens; it stays the caller's.
  int socket;
  bool is_ipv6;
  unsigned threads;
  unsigned connections;
  unsigned idle_seconds;
  /// Of each connection: what the library reads of a header, and its own notes of it.
  size_t memory;
} cutline_http_settings;

typedef struct cutline_http_server cutline_http_server;
typedef struct cutline_http_library cutline_http_library;

/// - Returns: NULL with a sentence in `problem` where the library cannot be used.
const cutline_http_library *_Nullable cutline_http_load(const char *library, char *problem, size_t size);
const char *cutline_http_version(const cutline_http_library *library);

/// - Returns: NULL where the library starts no threads.
cutline_http_server *_Nullable cutline_http_start(
    const cutline_http_library *library, const cutline_http_settings *settings, const cutline_http_callbacks *callbacks);
/// Accepts no more connections; those that are there go on. Those that the system has accepted already are taken in.
void cutline_http_quiesce(cutline_http_server *server);
/// Ends all connections and threads, and frees the server.
void cutline_http_stop(cutline_http_server *server);

/// Responds with a copy of `body`; once, from `admit` or `answer`.
/// - Parameter close: ends the connection afterwards.
/// - Returns: false where the library has no memory for it.
bool cutline_http_respond(
    cutline_http_exchange *exchange, unsigned status, const cutline_http_field *_Nullable fields, size_t field_count,
    const uint8_t *_Nullable body, size_t length, bool close);

#pragma clang assume_nonnull end
