/// Looks through text 16 bytes at a time: where lines end, and where a word stands or a row of classes.
///
/// In C, since vector instructions are what it is about: the same loops in Swift take four to ten times as long.
#ifndef CSCAN_H
#define CSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Where lines go.
typedef struct {
  /// Room for as many bytes as are looked at; what is behind the lines that were taken is of no meaning.
  uint8_t *_Nonnull text;
  /// For each line the offset of its first byte, with `dirty` where its text differs from its bytes (escapes, backspaces,
  /// carriage returns before its end).
  uint32_t *_Nonnull entries;
  size_t entry_count;
  /// The offset of the first line.
  uint32_t offset;
  uint32_t dirty;
  /// A line with more bytes, without its end, is not taken, nor what follows it.
  size_t longest;
} scan_target;

/// Copies whole lines, with their ends, and makes an entry for each, in one pass.
///
/// Returns how many lines it took; `*size` is how many bytes of `text` they are.
size_t scan_take_lines(
    const uint8_t *_Nonnull text, size_t count, const scan_target *_Nonnull target, size_t *_Nonnull size);

/// How many bytes the whole lines at the beginning of the text are, their ends included.
size_t scan_whole_lines(const uint8_t *_Nonnull text, size_t count);

/// Whether the text of a line without its line feed differs from its bytes.
bool scan_is_dirty(const uint8_t *_Nonnull line, size_t count);

/// The text of a line without its colours, where it has nothing else that is not shown as it is.
///
/// `plain` needs room for `count` bytes. Returns how many bytes it took; `SIZE_MAX` where the line must be looked at by
/// somebody who knows more: other controls, characters beyond Latin-1 and boxes.
size_t scan_plain(const uint8_t *_Nonnull line, size_t count, uint8_t *_Nonnull plain);

/// Text to look for.
typedef struct {
  /// At least one byte; lower case where the case of ASCII letters does not matter.
  const uint8_t *_Nonnull bytes;
  size_t count;
  /// The places of two bytes in it that are rare in logs, in any order; the same twice for a single byte.
  size_t rare, second;
  bool is_caseless;
} scan_word;

/// Where the word begins for the first time at or after `start`; `count` when it does not occur.
size_t scan_find(const uint8_t *_Nonnull text, size_t count, size_t start, const scan_word *_Nonnull word);

enum { SCAN_CLASSES = 8, SCAN_PLACES = 16 };

/// A set of ASCII characters: bit `byte >> 4` of `low[byte & 15]` tells whether a byte is in it.
typedef struct {
  uint8_t low[16];
} scan_class;

/// Bytes in a row, each out of a class.
typedef struct {
  scan_class classes[SCAN_CLASSES];
  size_t class_count;
  /// The class of each place.
  uint8_t places[SCAN_PLACES];
  /// At least 1.
  size_t count;
} scan_sequence;

/// Where bytes out of these classes are in a row for the first time, at or after `start`; `count` when nowhere.
size_t scan_find_sequence(
    const uint8_t *_Nonnull text, size_t count, size_t start, const scan_sequence *_Nonnull sequence);

/// Whether two lines of the same length say the same but for the time of day or the date in them.
bool scan_is_repeat(const uint8_t *_Nonnull line, const uint8_t *_Nonnull other, size_t count);

/// What kind of message a line is: the same number for lines that differ in numbers, ids and times, and in the values of
/// their fields (`key=value`, and JSON but for its `msg`, `message`, `event`).
uint64_t scan_template(const uint8_t *_Nonnull line, size_t count);

#endif
