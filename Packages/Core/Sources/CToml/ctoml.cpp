#include "CToml.h"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace {

struct Refused {
  toml::source_position at;
};

struct Walk {
  ctoml_handler handler;
  void *context;

  void emit(ctoml_event event) { handler(&event, context); }

  ctoml_event start(const toml::node &node, const toml::key *key) {
    ctoml_event event{};
    event.line = node.source().begin.line;
    event.column = node.source().begin.column;
    if (key != nullptr) {
      // It is handed on as a C text, which would end there.
      if (key->str().find('\0') != std::string_view::npos) throw Refused{key->source().begin};
      event.key = key->str().data();
      event.key_line = key->source().begin.line;
      event.key_column = key->source().begin.column;
    }
    return event;
  }

  // Tables of toml++ are sorted by name; the order of the file is what people see.
  void table(const toml::table &table) {
    std::vector<std::pair<const toml::key *, const toml::node *>> rows;
    for (auto it = table.begin(); it != table.end(); ++it) rows.emplace_back(&it->first, &it->second);
    std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) {
      const auto &x = a.first->source().begin, &y = b.first->source().begin;
      return x.line != y.line ? x.line < y.line : x.column < y.column;
    });
    for (const auto &[key, node] : rows) visit(*node, key);
  }

  void visit(const toml::node &node, const toml::key *key) {
    ctoml_event event = start(node, key);
    std::string held;
    switch (node.type()) {
      case toml::node_type::table:
        event.kind = CTOML_BEGIN_TABLE;
        emit(event);
        table(*node.as_table());
        emit(ctoml_event{CTOML_END_TABLE});
        return;
      case toml::node_type::array:
        event.kind = CTOML_BEGIN_ARRAY;
        emit(event);
        for (const auto &element : *node.as_array()) visit(element, nullptr);
        emit(ctoml_event{CTOML_END_ARRAY});
        return;
      case toml::node_type::string: {
        const std::string &value = node.as_string()->get();
        event.kind = CTOML_STRING;
        event.text = value.data();
        event.length = value.size();
        emit(event);
        return;
      }
      case toml::node_type::integer:
        event.kind = CTOML_INTEGER;
        event.integer = node.as_integer()->get();
        emit(event);
        return;
      case toml::node_type::floating_point:
        event.kind = CTOML_FLOAT;
        event.number = node.as_floating_point()->get();
        emit(event);
        return;
      case toml::node_type::boolean:
        event.kind = CTOML_BOOLEAN;
        event.integer = node.as_boolean()->get() ? 1 : 0;
        emit(event);
        return;
      default: {
        std::ostringstream out;
        if (auto *date = node.as_date()) out << date->get();
        if (auto *time = node.as_time()) out << time->get();
        if (auto *moment = node.as_date_time()) out << moment->get();
        held = out.str();
        event.kind = CTOML_TEMPORAL;
        event.text = held.data();
        event.length = held.size();
        emit(event);
        return;
      }
    }
  }
};

void describe(ctoml_result &result, std::string_view text) {
  std::snprintf(result.message, sizeof result.message, "%.*s", static_cast<int>(text.size()), text.data());
}

}  // namespace

ctoml_result ctoml_parse(const char *text, uint64_t length, ctoml_handler handler, void *context) {
  ctoml_result result{};
  try {
    const toml::table root = toml::parse(std::string_view(text, length));
    Walk walk{handler, context};
    walk.table(root);
  } catch (const toml::parse_error &error) {
    result.failed = 1;
    result.line = error.source().begin.line;
    result.column = error.source().begin.column;
    describe(result, error.description());
  } catch (const Refused &refused) {
    result.failed = 1;
    result.line = refused.at.line;
    result.column = refused.at.column;
    describe(result, "a key holds the character U+0000");
  } catch (const std::exception &error) {
    result.failed = 1;
    describe(result, error.what());
  }
  return result;
}
