// The compiler records the embedded files as inputs of this one, so an edit of them rebuilds it. A new plan is one more
// array and one more line of the list; a test compares the list with the folder.
#include "CTexts.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char portfolio[] = {
#embed "../../../../Plans/portfolio.toml"
  , 0};

static const char scorecard[] = {
#embed "../../../../Plans/scorecard.toml"
  , 0};

static const char configuration[] = {
#embed "pages/configuration.md"
  , 0};
#pragma clang diagnostic pop

#define TEXT(name) {#name, name, sizeof name - 1}

static const struct cutline_text plans[] = {TEXT(portfolio), TEXT(scorecard)};

const struct cutline_text *cutline_plans(size_t *count) {
  *count = sizeof plans / sizeof *plans;
  return plans;
}

struct cutline_text cutline_configuration_page(void) {
  return (struct cutline_text)TEXT(configuration);
}
