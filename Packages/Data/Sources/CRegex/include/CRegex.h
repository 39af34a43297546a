#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A regular expression that is matched in time linear in the text, whatever it is.
typedef struct cutline_regex cutline_regex;

/// Compiles `pattern`, capitals ignored, within 4 MiB.
///
/// - Parameter message: what is wrong with it, cut to `room` bytes with the closing zero; untouched where nothing is.
/// - Returns: NULL where it is no expression, or memory is short.
cutline_regex *cutline_regex_compile(const char *pattern, size_t length, char *message, size_t room);

/// Whether all of `text` matches.
int cutline_regex_matches(const cutline_regex *expression, const char *text, size_t length);

void cutline_regex_free(cutline_regex *expression);

#ifdef __cplusplus
}
#endif
