#define _GNU_SOURCE
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "CSystem.h"

int cutline_parse_double(const char *text, size_t count, double *value) {
  // Made once and kept; two threads that both make it lose a few bytes, no more.
  static _Atomic(locale_t) c_locale;
  locale_t locale = c_locale;
  if (!locale) c_locale = locale = newlocale(LC_ALL_MASK, "C", 0);
  char small[128], *copy = count < sizeof small ? small : malloc(count + 1);
  if (!copy || !locale) return 0;
  memcpy(copy, text, count);
  copy[count] = 0;
  char *end;
  *value = strtod_l(copy, &end, locale);
  int whole = count > 0 && end == copy + count;
  if (copy != small) free(copy);
  return whole;
}

void *cutline_converter_open(const char *encoding) {
  iconv_t converter = iconv_open("UTF-8", encoding);
  return converter == (iconv_t)-1 ? NULL : converter;
}

void cutline_converter_close(void *converter) { iconv_close(converter); }

int cutline_convert(void *converter, const char **input, size_t *input_count, char **output, size_t *output_count) {
  return iconv(converter, (char **)input, input_count, output, output_count) == (size_t)-1 ? errno : 0;
}
