// A text that was ever handed out is never edited: a store remembers its digest. A new migration is one more array and one
// more line of the list; a test compares the list with the folder.
#include "CMigrations.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char versions_and_people[] = {
#embed "migrations/0001-versions-and-people.sql"
  , 0};

static const char runs_and_repeats[] = {
#embed "migrations/0002-runs-and-repeats.sql"
  , 0};

static const char outcomes_labels_models[] = {
#embed "migrations/0003-outcomes-labels-models.sql"
  , 0};

static const char models_and_outcomes[] = {
#embed "migrations/0004-models-and-outcomes.sql"
  , 0};

static const char answers_and_decisions[] = {
#embed "migrations/0005-answers-and-decisions.sql"
  , 0};
#pragma clang diagnostic pop

#define MIGRATION(name, text) {name, text, sizeof text - 1}

static const struct cutline_migration all[] = {
  MIGRATION("0001-versions-and-people", versions_and_people),
  MIGRATION("0002-runs-and-repeats", runs_and_repeats),
  MIGRATION("0003-outcomes-labels-models", outcomes_labels_models),
  MIGRATION("0004-models-and-outcomes", models_and_outcomes),
  MIGRATION("0005-answers-and-decisions", answers_and_decisions),
};

const struct cutline_migration *cutline_migrations(size_t *count) {
  *count = sizeof all / sizeof *all;
  return all;
}
