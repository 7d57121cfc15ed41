#include "CScan.h"
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { TAB = 0x09, CARRIAGE_RETURN = 0x0D, ESCAPE = 0x1B };

static inline bool is_plain(uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == TAB; }

/// How many bytes a character beyond ASCII has that is shown as it is wherever it stands: Latin-1 without its controls and
/// the soft hyphen, and what boxes and bars are drawn with (U+2500 to U+259F); 0 for all others.
static size_t shown_character(const uint8_t *text, size_t left) {
  if (left >= 2 && (text[0] == 0xC2 || text[0] == 0xC3) && (text[1] & 0xC0) == 0x80) {
    if (text[0] == 0xC3) return 2;
    return text[1] >= 0xA1 && text[1] != 0xAD ? 2 : 0;
  }
  if (left >= 3 && text[0] == 0xE2 && text[1] >= 0x94 && text[1] <= 0x96 && (text[2] & 0xC0) == 0x80) return 3;
  return 0;
}

/// How many bytes `CSI … m` at the beginning has, without private parameters; 0 where it is something else.
static size_t rendition(const uint8_t *text, size_t left) {
  if (left < 3 || text[1] != '[') return 0;
  size_t at = 2;
  while (at < left && text[at] >= '0' && text[at] <= ';') at++;
  return at < left && text[at] == 'm' ? at + 1 : 0;
}

size_t scan_plain(const uint8_t *line, size_t count, uint8_t *plain) {
  while (count > 0 && line[count - 1] == CARRIAGE_RETURN) count--;
  size_t at = 0, size = 0;
  while (at < count) {
#if defined(__SSE2__)
    const __m128i space = _mm_set1_epi8(0x20), delete = _mm_set1_epi8(0x7F), tab = _mm_set1_epi8(TAB);
    while (at + 16 <= count) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(line + at));
      _mm_storeu_si128((__m128i *)(plain + size), bytes);
      // Signed: what is beyond ASCII is below a blank.
      __m128i is_other = _mm_or_si128(
          _mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), _mm_cmplt_epi8(bytes, space)), _mm_cmpeq_epi8(bytes, delete));
      uint32_t others = (uint32_t)_mm_movemask_epi8(is_other);
      size_t shown = others == 0 ? 16 : (size_t)__builtin_ctz(others);
      at += shown;
      size += shown;
      if (others != 0) break;
    }
#endif
    while (at < count && is_plain(line[at])) plain[size++] = line[at++];
    if (at == count) break;
    size_t skipped = line[at] == ESCAPE ? rendition(line + at, count - at) : 0;
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    size_t shown = shown_character(line + at, count - at);
    if (shown == 0) return SIZE_MAX;
    memcpy(plain + size, line + at, shown);
    at += shown;
    size += shown;
  }
  return size;
}
