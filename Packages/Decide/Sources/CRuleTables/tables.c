// A new table is one more array and one more line of the list; a test compares the list with the folder.
#include "CRuleTables.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char escalation[] = {
#embed "tables/escalation.toml"
  , 0};
#pragma clang diagnostic pop

static const struct cutline_rule_table all[] = {
  {"escalation", escalation, sizeof escalation - 1},
};

const struct cutline_rule_table *cutline_rule_tables(size_t *count) {
  *count = sizeof all / sizeof *all;
  return all;
}
