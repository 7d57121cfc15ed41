#include "CScan.h"
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { BACKSPACE = 0x08, LINE_FEED = 0x0A, CARRIAGE_RETURN = 0x0D, ESCAPE = 0x1B };

/// The lines taken so far, and what is known of the one that is being read.
typedef struct {
  const scan_target *target;
  size_t taken;
  /// Where the line begins.
  size_t start;
  uint32_t dirty;
  /// Where a carriage return stands that makes the line dirty unless the line ends behind it; `SIZE_MAX`: nowhere.
  size_t carriage_return;
  bool is_full;
} reading;

static inline void end_line(reading *r, size_t feed) {
  if (r->taken == r->target->entry_count || feed - r->start > r->target->longest) {
    r->is_full = true;
    return;
  }
  r->target->entries[r->taken++] = (r->target->offset + (uint32_t)r->start) | r->dirty;
  r->start = feed + 1;
  r->dirty = 0;
}

static void see(reading *r, uint8_t control, size_t at) {
  switch (control) {
  case LINE_FEED:
    if (r->carriage_return != SIZE_MAX && r->carriage_return + 1 != at) r->dirty = r->target->dirty;
    r->carriage_return = SIZE_MAX;
    end_line(r, at);
    break;
  case CARRIAGE_RETURN:
    if (r->carriage_return != SIZE_MAX) r->dirty = r->target->dirty;
    r->carriage_return = at;
    break;
  case ESCAPE:
  case BACKSPACE:
    r->dirty = r->target->dirty;
    break;
  default:  // Tabs, mostly.
    break;
  }
}

size_t scan_take_lines(const uint8_t *text, size_t count, const scan_target *target, size_t *size) {
  reading r = {.target = target, .carriage_return = SIZE_MAX};
  size_t at = 0;
#if defined(__SSE2__)
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i feed = _mm_set1_epi8(LINE_FEED);
  for (; at + 64 <= count && !r.is_full; at += 64) {
    uint64_t controls = 0, feeds = 0;
    for (int part = 0; part < 4; part++) {
      __m128i bytes = _mm_loadu_si128((const __m128i *)(text + at + 16 * part));
      _mm_storeu_si128((__m128i *)(target->text + at + 16 * part), bytes);
      __m128i is_low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
      controls |= (uint64_t)(uint32_t)_mm_movemask_epi8(is_low) << 16 * part;
      feeds |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, feed)) << 16 * part;
    }
    if (controls == feeds && r.carriage_return == SIZE_MAX) {
      for (; feeds != 0 && !r.is_full; feeds &= feeds - 1) end_line(&r, at + (size_t)__builtin_ctzll(feeds));
    } else {
      for (; controls != 0 && !r.is_full; controls &= controls - 1) {
        size_t place = at + (size_t)__builtin_ctzll(controls);
        see(&r, text[place], place);
      }
    }
  }
#endif
  for (; at < count && !r.is_full; at++) {
    target->text[at] = text[at];
    if (text[at] < 0x20) see(&r, text[at], at);
  }
  *size = r.start;
  return r.taken;
}

size_t scan_whole_lines(const uint8_t *text, size_t count) {
  const uint8_t *last = memrchr(text, LINE_FEED, count);
  return last == NULL ? 0 : (size_t)(last - text) + 1;
}

bool scan_is_dirty(const uint8_t *line, size_t count) {
  if (count > 0 && line[count - 1] == CARRIAGE_RETURN) count--;
  return memchr(line, ESCAPE, count) != NULL || memchr(line, CARRIAGE_RETURN, count) != NULL
      || memchr(line, BACKSPACE, count) != NULL;
}
