// A million mutated requests against the C of the server, by sockets of this process: built with Address and Undefined Behaviour
// Sanitizer by scripts/http-fuzz, with callbacks that read every byte that they are given. usage: fuzz COUNT SEED
#include "CMicrohttpd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static atomic_long opened, closed, admitted, answered, completed, states;
static atomic_ulong sum;

static void touch(const void *bytes, size_t count) {
  unsigned long total = 0;
  for (size_t place = 0; place < count; ++place) { total += ((const unsigned char *)bytes)[place]; }
  atomic_fetch_add(&sum, total);
}

static void connected(void *context, int descriptor) {
  (void)context;
  (void)descriptor;
  atomic_fetch_add(&opened, 1);
}

static void disconnected(void *context, int descriptor) {
  (void)context;
  (void)descriptor;
  atomic_fetch_add(&closed, 1);
}

static bool respond(cutline_http_exchange *exchange, unsigned status, bool ends) {
  const cutline_http_field fields[] = {{"Content-Type", 0, "text/plain", 0}, {"X-Thing", 0, "1", 0}};
  return cutline_http_respond(exchange, status, fields, 2, (const uint8_t *)"done\n", 5, ends);
}

static bool admit(void *context, cutline_http_exchange *exchange) {
  (void)context;
  atomic_fetch_add(&admitted, 1);
  touch(exchange->method, strlen(exchange->method));
  touch(exchange->target, strlen(exchange->target));
  touch(exchange->version, strlen(exchange->version));
  touch(exchange->peer, strlen(exchange->peer));
  for (size_t place = 0; place < exchange->field_count && place < 200; ++place) {
    const cutline_http_field field = exchange->fields[place];
    touch(field.name, field.name_length);
    if (field.value) { touch(field.value, field.value_length); }
  }
  // Something of the caller's, which must come back exactly once.
  exchange->state = malloc(8);
  if (exchange->state) { atomic_fetch_add(&states, 1); }
  exchange->body_limit = 300;
  exchange->drop_limit = 600;
  if (exchange->field_count % 7 != 3) { return true; }
  respond(exchange, 403, true);
  return false;
}

static void answer(void *context, cutline_http_exchange *exchange) {
  (void)context;
  atomic_fetch_add(&answered, 1);
  touch(exchange->body, exchange->body_length);
  respond(exchange, exchange->is_too_large ? 413 : 200, exchange->body_length % 5 == 4);
}

static void ended(void *context, cutline_http_exchange *exchange, bool is_whole) {
  (void)context;
  (void)is_whole;
  atomic_fetch_add(&completed, 1);
  if (exchange->state) { atomic_fetch_sub(&states, 1); }
  free(exchange->state);
  exchange->state = NULL;
}

static uint64_t seed;
static size_t next(size_t bound) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (size_t)((seed >> 33) % bound);
}

static const char *const models[] = {
    "GET /api/versions?x=1&y=%20 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
    "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"token\":1}",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
    "PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 400\r\n\r\n",
    "HEAD / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nX-Folded: a\r\n b\r\nX-Null: a\r\n\r\n",
};
static const char *const spices[] = {
    "\r\n", "\n", "\r", " ", "\t", ":", "\0", "%00", "%", "/", "..", "?", "Host: b\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
    "0\r\n\r\n", "ffffffffffffffff\r\n", "-1", "18446744073709551616", "\xff\xfe", "HTTP/1.1", "GET ", "Cookie: ;;=;\r\n", "Expect: 100-continue\r\n",
};

static size_t mutate(char *text, size_t length, size_t room) {
  for (size_t count = 1 + next(6); count > 0; --count) {
    const size_t place = length ? next(length) : 0;
    switch (next(5)) {
      case 0: if (length) { text[place] = (char)next(256); } break;
      case 1: {
        const size_t cut = length ? 1 + next(length - place < 9 ? length - place : 9) : 0;
        memmove(text + place, text + place + cut, length - place - cut);
        length -= cut;
        break;
      }
      case 2: {
        const char *spice = spices[next(sizeof(spices) / sizeof(*spices))];
        const size_t size = *spice ? strlen(spice) : 1;
        if (length + size > room) { break; }
        memmove(text + place + size, text + place, length - place);
        memcpy(text + place, spice, size);
        length += size;
        break;
      }
      case 3: {
        const size_t size = length ? 1 + next(length - place < 40 ? length - place : 40) : 0;
        if (length + size > room) { break; }
        memmove(text + place + size, text + place, length - place);
        length += size;
        break;
      }
      default: length = place; break;
    }
  }
  return length;
}

int main(int count, char **words) {
  const long total = count > 1 ? atol(words[1]) : 1000000;
  seed = count > 2 ? strtoull(words[2], NULL, 10) : 1;
  char problem[256];
  // Never freed, as in the program.
  static const cutline_http_library *library;
  library = cutline_http_load("libmicrohttpd.so.12", problem, sizeof(problem));
  if (!library) {
    fprintf(stderr, "%s\n", problem);
    return 2;
  }
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof(address);
  if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 512) != 0) { return 2; }
  getsockname(listener, (struct sockaddr *)&address, &length);
  const cutline_http_settings settings = {listener, false, 2, 512, 2, 48 << 10};
  const cutline_http_callbacks callbacks = {NULL, connected, disconnected, admit, answer, ended};
  cutline_http_server *server = cutline_http_start(library, &settings, &callbacks);
  if (!server) { return 2; }

  static char text[1 << 16], reply[1 << 16];
  long sent = 0, failed = 0, silent = 0;
  const struct linger at_once = {1, 0};
  while (sent < total) {
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)) != 0) {
      if (client >= 0) { close(client); }
      if (++failed > 1000) { return 3; }
      continue;
    }
    // Some on one connection, as long as it is kept; each in one piece or two.
    for (size_t turns = 1 + next(8); turns > 0 && sent < total; --turns) {
      const char *model = models[next(sizeof(models) / sizeof(*models))];
      size_t size = strlen(model);
      memcpy(text, model, size);
      if (next(10)) { size = mutate(text, size, 4096); }
      if (next(4000) == 0) {
        memset(text, 'a', sizeof(text) - 1);
        memcpy(text, "GET /", 5);
        size = sizeof(text) - 1;
      }
      const size_t half = next(2) ? size : next(size + 1);
      ++sent;
      if (half && send(client, text, half, MSG_NOSIGNAL) < 0) { break; }
      if (size > half && send(client, text + half, size - half, MSG_NOSIGNAL) < 0) { break; }
      struct pollfd wait = {client, POLLIN, 0};
      if (poll(&wait, 1, 1) <= 0) {
        ++silent;
        if (next(2)) { break; }
        continue;
      }
      if (recv(client, reply, sizeof(reply), 0) <= 0) { break; }
    }
    // Without waiting for the end, so that ports do not run out.
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(client);
  }
  cutline_http_quiesce(server);
  cutline_http_stop(server);
  close(listener);
  printf(
      "%ld requests: %ld admitted, %ld answered, %ld waited for more; %ld connections\n", sent, atomic_load(&admitted),
      atomic_load(&answered), silent, atomic_load(&opened));
  const bool even = atomic_load(&opened) == atomic_load(&closed) && atomic_load(&admitted) == atomic_load(&completed)
      && atomic_load(&states) == 0;
  if (!even) {
    printf(
        "uneven: %ld closed, %ld completed, %ld states left\n", atomic_load(&closed), atomic_load(&completed),
        atomic_load(&states));
  }
  return even ? 0 : 1;
}
