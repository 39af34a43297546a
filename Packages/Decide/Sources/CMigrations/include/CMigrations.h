// The SQL texts of the store's migrations, embedded.
#ifndef CUTLINE_CMIGRATIONS_H
#define CUTLINE_CMIGRATIONS_H

#include <stddef.h>

struct cutline_migration {
  const char *name;
  const char *text;
  size_t length;
};

/// In their order; the first one makes schema 1.
const struct cutline_migration *cutline_migrations(size_t *count);

#endif
