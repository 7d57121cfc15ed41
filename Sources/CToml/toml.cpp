#include "CToml.h"

// Errors are values, so that nothing unwinds into Swift; the parser recurses for nested arrays only, up to this.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 64
#define TOML_ENABLE_FORMATTERS 1

#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Something that toml++ takes for granted did not hold.
struct BrokenExpectation {};

/// toml++ 3.3 asserts in debug builds and assumes (undefined behaviour) in others, also about its input: `[=]`
/// is enough. Here the same expectations are checked in every build and end the parsing. One is let pass, as the
/// code behind it reports the same with its place: the one at the start of a key.
constexpr bool is_reported_later(const char *expectation) {
  return std::string_view(expectation) == "is_bare_key_character(*cp) || is_string_delimiter(*cp)";
}

}  // namespace

#undef NDEBUG
#define TOML_ASSERT(...) \
  (static_cast<bool>(__VA_ARGS__) || is_reported_later(#__VA_ARGS__) ? static_cast<void>(0) : throw BrokenExpectation{})
#include <toml++/toml.h>

struct ctoml_document {
  std::vector<ctoml_node> nodes;
  // A deque: its strings stay where they are while it grows.
  std::deque<std::string> texts;
  ctoml_error error{};
  bool failed = false;

  ctoml_text keep(std::string text) {
    texts.push_back(std::move(text));
    return {texts.back().data(), texts.back().size()};
  }

  void fail(std::string message, uint32_t line, uint32_t column) {
    failed = true;
    nodes.clear();
    error = {keep(std::move(message)), line, column};
  }
};

namespace {

constexpr std::string_view too_deep = "values are nested more than 64 levels deep";

/// Finds the first place where a statement has so many dots in its keys that the tree would be too deep to be
/// destroyed: toml++ limits the nesting of values, not the length of dotted keys, and frees by recursion.
class DottedKeyScanner {
 public:
  explicit DottedKeyScanner(std::string_view text) : text(text) {}

  /// Whether the text is harmless; otherwise `line` and `column` say where it is not.
  bool scan() {
    while (at < text.size()) {
      const char byte = text[at];
      if (byte == '\n') {
        end_line();
      } else if (byte == '#') {
        skip_to_newline();
        continue;
      } else if (byte == '"' || byte == '\'') {
        skip_string(byte);
        continue;
      } else if (byte == '[' || byte == '{') {
        ++brackets;
      } else if ((byte == ']' || byte == '}') && brackets > 0) {
        --brackets;
      } else if (byte == '.' && ++dots > limit) {
        return false;
      }
      step();
    }
    return true;
  }

  uint32_t line = 1;
  uint32_t column = 1;

 private:
  static constexpr unsigned limit = 512;
  std::string_view text;
  size_t at = 0;
  unsigned dots = 0;
  unsigned brackets = 0;

  void step() {
    ++at;
    ++column;
  }

  void end_line() {
    ++line;
    column = 0;
    if (brackets == 0) dots = 0;
  }

  void skip_to_newline() {
    while (at < text.size() && text[at] != '\n') step();
  }

  void skip_string(char quote) {
    const std::string_view rest = text.substr(at);
    const bool is_long = rest.size() >= 3 && rest[1] == quote && rest[2] == quote;
    for (int count = is_long ? 3 : 1; count > 0; --count) step();
    while (at < text.size()) {
      const char byte = text[at];
      if (byte == '\n') {
        // A short string ends with its line, the document with it: toml++ reports that.
        if (!is_long) return;
        ++line;
        column = 0;
      }
      if (byte == '\\' && quote == '"' && at + 1 < text.size() && text[at + 1] != '\n') {
        step();
        step();
        continue;
      }
      if (byte == quote) {
        if (!is_long) {
          step();
          return;
        }
        if (at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote) {
          // Up to two quotes may stand before the closing three.
          while (at < text.size() && text[at] == quote) step();
          return;
        }
      }
      step();
    }
  }
};

template <typename Value>
std::string written(const Value &value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

/// A container whose children are still to be written, with the depth of those.
struct Pending {
  const toml::node *value;
  const toml::key *key;
  unsigned depth;
};

void append(ctoml_document &document, const Pending &item, std::vector<Pending> &stack) {
  const toml::node &value = *item.value;
  ctoml_node node{};
  node.line = value.source().begin.line;
  node.column = value.source().begin.column;
  if (item.key != nullptr) {
    node.key = document.keep(std::string(item.key->str()));
    node.key_line = item.key->source().begin.line;
    node.key_column = item.key->source().begin.column;
  }
  if (const auto *text = value.as_string()) {
    node.kind = CTOML_STRING;
    node.text = document.keep(text->get());
  } else if (const auto *integer = value.as_integer()) {
    node.kind = CTOML_INTEGER;
    node.integer = integer->get();
  } else if (const auto *floating = value.as_floating_point()) {
    node.kind = CTOML_FLOAT;
    node.floating = floating->get();
  } else if (const auto *boolean = value.as_boolean()) {
    node.kind = CTOML_BOOLEAN;
    node.boolean = boolean->get();
  } else if (const auto *date = value.as_date()) {
    node.kind = CTOML_DATE;
    node.text = document.keep(written(date->get()));
  } else if (const auto *time = value.as_time()) {
    node.kind = CTOML_DATE;
    node.text = document.keep(written(time->get()));
  } else if (const auto *date_time = value.as_date_time()) {
    node.kind = CTOML_DATE;
    node.text = document.keep(written(date_time->get()));
  } else if (const auto *array = value.as_array()) {
    node.kind = CTOML_ARRAY;
    node.child_count = static_cast<uint32_t>(array->size());
    for (size_t index = array->size(); index > 0; --index)
      stack.push_back({array->get(index - 1), nullptr, item.depth + 1});
  } else if (const auto *table = value.as_table()) {
    node.kind = CTOML_TABLE;
    node.child_count = static_cast<uint32_t>(table->size());
    std::vector<Pending> children;
    for (auto &&[key, child] : *table) children.push_back({&child, &key, item.depth + 1});
    stack.insert(stack.end(), children.rbegin(), children.rend());
  }
  document.nodes.push_back(node);
}

void read(ctoml_document &document, std::string_view text) {
  DottedKeyScanner scanner(text);
  if (!scanner.scan()) {
    document.fail(std::string(too_deep), scanner.line, scanner.column);
    return;
  }
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    const toml::parse_error &error = result.error();
    document.fail(
        std::string(error.description()), error.source().begin.line, error.source().begin.column);
    return;
  }
  std::vector<Pending> stack{{&result.table(), nullptr, 0}};
  while (!stack.empty()) {
    const Pending item = stack.back();
    stack.pop_back();
    if (item.depth > CTOML_MAX_DEPTH) {
      const auto begin = item.key != nullptr ? item.key->source().begin : item.value->source().begin;
      document.fail(std::string(too_deep), begin.line, begin.column);
      return;
    }
    append(document, item, stack);
  }
}

bool is_broken(std::string_view text) {
  try {
    return static_cast<void>(toml::parse(text)), false;
  } catch (const BrokenExpectation &) {
    return true;
  }
}

/// The line of a broken expectation, which tells no place: the last of the shortest beginning that breaks it.
uint32_t broken_line(std::string_view text) {
  std::vector<size_t> ends;
  for (size_t index = 0; index < text.size(); ++index)
    if (text[index] == '\n' || index + 1 == text.size()) ends.push_back(index + 1);
  size_t low = 0;
  size_t high = ends.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (is_broken(text.substr(0, ends[middle]))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return static_cast<uint32_t>(low + 1);
}

}  // namespace

extern "C" ctoml_document *ctoml_parse(const char *bytes, size_t count) {
  // The standard library may throw for want of memory; that must not cross into C.
  try {
    auto document = std::make_unique<ctoml_document>();
    const std::string_view text(bytes, count);
    try {
      read(*document, text);
    } catch (const BrokenExpectation &) {
      document->fail("malformed value", broken_line(text), 1);
    }
    return document.release();
  } catch (...) {
    return nullptr;
  }
}

extern "C" void ctoml_free(ctoml_document *document) { delete document; }

extern "C" const ctoml_error *ctoml_get_error(const ctoml_document *document) {
  return document->failed ? &document->error : nullptr;
}

extern "C" const ctoml_node *ctoml_nodes(const ctoml_document *document, size_t *count) {
  *count = document->nodes.size();
  return document->nodes.data();
}
