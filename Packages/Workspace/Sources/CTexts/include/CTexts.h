// Texts that travel inside the program: the built-in plans, and the frame of a page that is written by the tool.
#pragma once

#include <stddef.h>

#pragma clang assume_nonnull begin

/// A file's name without its folder and ending, and its bytes, followed by a zero that does not count.
struct cutline_text {
  const char *name;
  const char *bytes;
  size_t length;
};

/// The files of `Plans/`, in order of name.
const struct cutline_text *cutline_plans(size_t *count);

/// `pages/configuration.md`.
struct cutline_text cutline_configuration_page(void);

#pragma clang assume_nonnull end
