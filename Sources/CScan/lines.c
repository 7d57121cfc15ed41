#include "CScan.h"
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BACKSPACE = 0x08, LINE_FEED = 0x0A, CARRIAGE_RETURN = 0x0D, ESCAPE = 0x1B };

/// The lines found so far, and what is known of the one that is being read.
typedef struct {
  uint32_t *entries;
  size_t found;
  uint32_t dirty;
  /// Where a carriage return stands that makes the line dirty unless the line ends behind it; `SIZE_MAX`: none.
  size_t open_return;
} reading;

static inline void take(reading *r, uint8_t byte, size_t at) {
  // Most controls in logs are line feeds and tabs.
  switch (byte) {
  case LINE_FEED:
    if (r->open_return != SIZE_MAX && r->open_return + 1 != at) r->dirty = SCAN_LINE_IS_DIRTY;
    r->entries[r->found++] = (uint32_t)at | r->dirty;
    r->dirty = 0;
    r->open_return = SIZE_MAX;
    break;
  case CARRIAGE_RETURN:
    if (r->open_return != SIZE_MAX) r->dirty = SCAN_LINE_IS_DIRTY;
    r->open_return = at;
    break;
  case ESCAPE:
  case BACKSPACE:
    r->dirty = SCAN_LINE_IS_DIRTY;
    break;
  default: break;
  }
}

size_t scan_lines(const uint8_t *text, size_t count, uint32_t *entries, size_t limit) {
  reading r = {entries, 0, 0, SIZE_MAX};
  size_t at = 0;
#if defined(__SSE2__)
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i feed = _mm_set1_epi8(LINE_FEED);
  while (at + 64 <= count && r.found + 64 <= limit) {
    uint64_t controls = 0, feeds = 0;
    for (int part = 0; part < 4; part++) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(text + at + 16 * part));
      __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
      controls |= (uint64_t)(uint32_t)_mm_movemask_epi8(low) << 16 * part;
      feeds |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, feed)) << 16 * part;
    }
    if (controls == feeds && r.open_return == SIZE_MAX) {
      while (feeds != 0) {
        r.entries[r.found++] = (uint32_t)(at + (size_t)__builtin_ctzll(feeds)) | r.dirty;
        r.dirty = 0;
        feeds &= feeds - 1;
      }
    } else {
      while (controls != 0) {
        size_t place = at + (size_t)__builtin_ctzll(controls);
        take(&r, text[place], place);
        controls &= controls - 1;
      }
    }
    at += 64;
  }
#endif
  for (; at < count && r.found < limit; at++) {
    if (text[at] < 0x20) take(&r, text[at], at);
  }
  return r.found;
}

bool scan_is_dirty(const uint8_t *line, size_t count) {
  if (count > 0 && line[count - 1] == CARRIAGE_RETURN) count--;
  return memchr(line, ESCAPE, count) != NULL || memchr(line, CARRIAGE_RETURN, count) != NULL
      || memchr(line, BACKSPACE, count) != NULL;
}
