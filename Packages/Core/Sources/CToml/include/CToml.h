// A C view of toml++: the document as a stream of events, each with the place of its key or value.
#ifndef CUTLINE_CTOML_H
#define CUTLINE_CTOML_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CTOML_BEGIN_TABLE,
  CTOML_END_TABLE,
  CTOML_BEGIN_ARRAY,
  CTOML_END_ARRAY,
  CTOML_STRING,
  CTOML_INTEGER,
  CTOML_FLOAT,
  CTOML_BOOLEAN,
  CTOML_TEMPORAL
} ctoml_event_kind;

typedef struct {
  ctoml_event_kind kind;
  const char *key;  // NULL in arrays and at the root
  uint32_t key_line, key_column;
  uint32_t line, column;
  const char *text;  // strings, and dates in ISO form; UTF-8, `length` bytes
  uint64_t length;
  int64_t integer;  // integers and booleans
  double number;
} ctoml_event;

typedef void (*ctoml_handler)(const ctoml_event *event, void *context);

typedef struct {
  int failed;
  uint32_t line, column;
  char message[512];
} ctoml_result;

/// Parses `length` bytes of TOML 1.0 and calls `handler` for each node in order of appearance within its table.
ctoml_result ctoml_parse(const char *text, uint64_t length, ctoml_handler handler, void *context);

#ifdef __cplusplus
}
#endif
#endif
