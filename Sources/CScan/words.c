#include "CScan.h"
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool is_letter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

static inline bool is_at(const uint8_t *place, const scan_word *word) {
  if (!word->is_caseless) return memcmp(place, word->bytes, word->count) == 0;
  for (size_t index = 0; index < word->count; index++) {
    uint8_t byte = place[index];
    if (byte >= 'A' && byte <= 'Z') byte |= 0x20;
    if (byte != word->bytes[index]) return false;
  }
  return true;
}

size_t scan_find(const uint8_t *text, size_t count, size_t start, const scan_word *word) {
  if (word->count > count || start > count - word->count) return count;
  // Places where the word could begin.
  size_t end = count - word->count + 1;
  size_t at = start;
#if defined(__SSE2__)
  // The two bytes at their distance tell nearly always (Wojciech Muła's "generic SIMD" search with rare bytes).
  const uint8_t first = word->bytes[word->rare], second = word->bytes[word->second];
  const __m128i firsts = _mm_set1_epi8((char)first), seconds = _mm_set1_epi8((char)second);
  const __m128i first_fold = _mm_set1_epi8(word->is_caseless && is_letter(first) ? 0x20 : 0);
  const __m128i second_fold = _mm_set1_epi8(word->is_caseless && is_letter(second) ? 0x20 : 0);
  const uint8_t *first_text = text + word->rare, *second_text = text + word->second;
  while (at + 64 <= end) {
    uint64_t places = 0;
    for (int part = 0; part < 4; part++) {
      __m128i a = _mm_loadu_si128((const __m128i *)(first_text + at + 16 * part));
      __m128i b = _mm_loadu_si128((const __m128i *)(second_text + at + 16 * part));
      a = _mm_cmpeq_epi8(_mm_or_si128(a, first_fold), firsts);
      b = _mm_cmpeq_epi8(_mm_or_si128(b, second_fold), seconds);
      places |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_and_si128(a, b)) << 16 * part;
    }
    while (places != 0) {
      size_t place = at + (size_t)__builtin_ctzll(places);
      if (is_at(text + place, word)) return place;
      places &= places - 1;
    }
    at += 64;
  }
#endif
  for (; at < end; at++) {
    if (is_at(text + at, word)) return at;
  }
  return count;
}
