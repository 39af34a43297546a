// Tables of rules that come with the program, embedded.
#ifndef CUTLINE_CRULETABLES_H
#define CUTLINE_CRULETABLES_H

#include <stddef.h>

struct cutline_rule_table {
  const char *name;
  const char *text;
  size_t length;
};

const struct cutline_rule_table *cutline_rule_tables(size_t *count);

#endif
