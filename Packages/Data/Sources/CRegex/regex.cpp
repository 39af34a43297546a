#include "CRegex.h"

#include <cstdio>
#include <new>
#include <re2/re2.h>

// No exception crosses into Swift.
struct cutline_regex {
  re2::RE2 expression;

  cutline_regex(const re2::StringPiece &pattern, const re2::RE2::Options &options) : expression(pattern, options) {}
};

cutline_regex *cutline_regex_compile(const char *pattern, size_t length, char *message, size_t room) {
  try {
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    // For the program and what matching remembers; an expression that needs more is none.
    options.set_max_mem(4 << 20);
    auto *regex = new (std::nothrow) cutline_regex(re2::StringPiece(pattern, length), options);
    if (regex == nullptr || regex->expression.ok()) return regex;
    std::snprintf(message, room, "%s", regex->expression.error().c_str());
    delete regex;
  } catch (...) {
  }
  return nullptr;
}

int cutline_regex_matches(const cutline_regex *regex, const char *text, size_t length) {
  try {
    return re2::RE2::FullMatch(re2::StringPiece(text, length), regex->expression);
  } catch (...) {
    return 0;
  }
}

void cutline_regex_free(cutline_regex *regex) { delete regex; }
