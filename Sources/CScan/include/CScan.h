/// Looks through text 16 bytes at a time: where lines end, and where a word stands.
///
/// In C, since vector instructions are what it is about: the same loops in Swift take four to ten times as long.
#ifndef CSCAN_H
#define CSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// In a line's entry beside the offset of its line feed: its text differs from its bytes (escapes, backspaces, carriage
/// returns before its end).
#define SCAN_LINE_IS_DIRTY 0x80000000u

/// Finds the lines in `text` (less than 2^31 bytes): for each an entry with the offset of its line feed and
/// `SCAN_LINE_IS_DIRTY`, up to `limit`.
///
/// Returns how many entries it wrote.
size_t scan_lines(const uint8_t *_Nonnull text, size_t count, uint32_t *_Nonnull entries, size_t limit);

/// Whether the text of a line without its line feed differs from its bytes.
bool scan_is_dirty(const uint8_t *_Nonnull line, size_t count);

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

#endif
