#include "CScan.h"
#include <string.h>

static inline bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
static inline bool is_letter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }
/// Beyond ASCII all is of words: `12.3µs`.
static inline bool is_word(uint8_t byte) { return is_digit(byte) || is_letter(byte) || byte == '_' || byte >= 0x80; }

// MARK: Repetition

/// What a date or a time is written with.
static inline bool is_of_time(uint8_t byte) {
  return is_digit(byte) || byte == ':' || byte == '.' || byte == ',' || byte == '-' || byte == '/' || byte == '+'
      || byte == 'T' || byte == 'Z';
}

/// Whether text that is written with such characters is a time of day (`10:42:07.1`), a date (`2026-11-23`,
/// `2026/11/23`), both, or seconds or milliseconds since 1970.
static bool is_time(const uint8_t *text, size_t count) {
  size_t digits = 0;
  while (digits < count && is_digit(text[digits])) digits++;
  // From 2001 to 2286.
  if (digits == 10 || digits == 13) return count == digits || text[digits] == '.' || text[digits] == ',';
  if (digits == 4 && count >= 10) return (text[4] == '-' || text[4] == '/') && text[7] == text[4];
  return (digits == 1 || digits == 2) && count >= digits + 6 && text[digits] == ':' && text[digits + 3] == ':';
}

/// So many bytes at the end are looked at first.
enum { TAIL = 8 };

bool scan_is_repeat(const uint8_t *line, const uint8_t *other, size_t count) {
  // Times stand in front, mostly; what tells lines apart stands behind.
  for (size_t at = count; at > 0 && at + TAIL > count; at--) {
    if (line[at - 1] != other[at - 1] && !(is_digit(line[at - 1]) && is_digit(other[at - 1]))) return false;
  }
  size_t at = 0;
  while (true) {
    while (at + 8 <= count && memcmp(line + at, other + at, 8) == 0) at += 8;
    while (at < count && line[at] == other[at]) at++;
    if (at == count) return true;
    if (!is_digit(line[at]) || !is_digit(other[at])) return false;
    size_t start = at, end = at;
    while (start > 0 && is_of_time(line[start - 1])) start--;
    while (end < count && is_of_time(line[end])) end++;
    // Separators in front, as in `ts:1700000000`, are none of the time's.
    while (start < at && !is_digit(line[start])) start++;
    if (!is_time(line + start, end - start) || !is_time(other + start, end - start)) return false;
    for (size_t index = at; index < end; index++) {
      if (is_digit(line[index]) != is_digit(other[index])) return false;
    }
    at = end;
  }
}

// MARK: Templates

/// FNV-1a, with 64 bits.
typedef uint64_t hash;
static const hash start_hash = 0xcbf29ce484222325u;
static inline hash add(hash value, uint8_t byte) { return (value ^ byte) * 0x100000001b3u; }

/// Stands for a number, an id, a time, or a value.
enum { ANYTHING = 0x01 };

static inline bool is_message_key(const uint8_t *key, size_t count) {
  return (count == 3 && memcmp(key, "msg", 3) == 0) || (count == 5 && memcmp(key, "event", 5) == 0)
      || (count == 7 && memcmp(key, "message", 7) == 0);
}

/// Behind the quote that ends the text in quotes that begins behind `at`.
static size_t end_of_quoted(const uint8_t *line, size_t count, size_t at) {
  for (at++; at < count && line[at] != '"'; at++) {
    if (line[at] == '\\') at++;
  }
  return at < count ? at + 1 : count;
}

/// The words of a text; those with a digit in them are anything. A message within the value of another is anything, too.
static hash add_text(hash value, const uint8_t *line, size_t at, size_t count, bool is_value);

/// `{"level":"info","msg":"paid","order":17}`: the keys, and what the message says.
static hash add_json(hash value, const uint8_t *line, size_t at, size_t count) {
  while (at < count) {
    if (line[at] != '"') {
      // Numbers and words are values; brackets tell how the fields lie in each other.
      if (!is_word(line[at]) && line[at] != '.' && line[at] != '-') value = add(value, line[at]);
      at++;
      continue;
    }
    size_t end = end_of_quoted(line, count, at);
    size_t key = at + 1, key_count = end > key ? end - 1 - key : 0;
    at = end;
    while (end < count && line[end] == ' ') end++;
    if (end >= count || line[end] != ':') continue;
    for (size_t index = key; index < key + key_count; index++) value = add(value, line[index]);
    at = end + 1;
    while (at < count && line[at] == ' ') at++;
    if (at < count && line[at] == '"') {
      size_t value_end = end_of_quoted(line, count, at);
      if (is_message_key(line + key, key_count)) value = add_text(value, line, at + 1, value_end, true);
      at = value_end;
    }
  }
  return value;
}

static inline bool is_hex(uint8_t byte) { return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f'); }

enum { UUID = 36 };

/// Whether a UUID begins here (RFC 9562 §4); its parts may be letters alone.
static bool is_uuid(const uint8_t *text, size_t left) {
  if (left < UUID || (left > UUID && is_word(text[UUID]))) return false;
  for (size_t index = 0; index < UUID; index++) {
    bool is_dash = index == 8 || index == 13 || index == 18 || index == 23;
    if (is_dash ? text[index] != '-' : !is_hex(text[index])) return false;
  }
  return true;
}

static hash add_text(hash value, const uint8_t *line, size_t at, size_t count, bool is_value) {
  while (at < count) {
    uint8_t byte = line[at];
    if (is_hex(byte) && is_uuid(line + at, count - at)) {
      value = add(value, ANYTHING);
      at += UUID;
      continue;
    }
    if (!is_word(byte)) {
      // Runs of blanks line columns up.
      if (byte != ' ' || at == 0 || line[at - 1] != ' ') value = add(value, byte);
      at++;
      continue;
    }
    size_t start = at;
    bool has_digit = false;
    for (; at < count && is_word(line[at]); at++) has_digit |= is_digit(line[at]);
    if (has_digit) {
      // `12.3µs`, `127.0.0.1:80`, `9f3a-17`: as long as digits follow, it is one thing.
      while (at + 1 < count && !is_word(line[at]) && line[at] != ' ' && is_digit(line[at + 1])) {
        for (at++; at < count && is_word(line[at]); at++) {}
      }
      value = add(value, ANYTHING);
      continue;
    }
    for (size_t index = start; index < at; index++) value = add(value, line[index]);
    if (at < count && line[at] == '=' && at + 1 < count && line[at + 1] != '=' && line[at + 1] != ' ') {
      value = add(value, '=');
      size_t from = ++at;
      bool is_quoted = line[at] == '"';
      if (is_quoted) {
        at = end_of_quoted(line, count, at);
      } else {
        while (at < count && line[at] != ' ') at++;
      }
      bool is_message = !is_value && is_message_key(line + start, from - 1 - start);
      value = is_message ? add_text(value, line, from, at, true) : add(value, ANYTHING);
    }
  }
  return value;
}

uint64_t scan_template(const uint8_t *line, size_t count) {
  return count > 0 && line[0] == '{' ? add_json(start_hash, line, 0, count) : add_text(start_hash, line, 0, count, false);
}
