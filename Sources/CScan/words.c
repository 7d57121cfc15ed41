#include "CScan.h"
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
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

#if defined(__x86_64__)

// The two rare bytes at their distance tell nearly always (Wojciech Muła's "generic SIMD" search).

/// Looks at 64 places a turn, as long as there are so many; `*at` is where it ended, or where the word is.
static bool find_sse2(const uint8_t *text, size_t end, size_t *at, const scan_word *word, uint8_t folds[2]) {
  const __m128i first = _mm_set1_epi8((char)word->bytes[word->rare]);
  const __m128i second = _mm_set1_epi8((char)word->bytes[word->second]);
  const __m128i first_fold = _mm_set1_epi8((char)folds[0]), second_fold = _mm_set1_epi8((char)folds[1]);
  for (; *at + 64 <= end; *at += 64) {
    uint64_t places = 0;
    for (int part = 0; part < 4; part++) {
      const uint8_t *here = text + *at + 16 * part;
      __m128i a = _mm_or_si128(_mm_loadu_si128((const __m128i *)(here + word->rare)), first_fold);
      __m128i b = _mm_or_si128(_mm_loadu_si128((const __m128i *)(here + word->second)), second_fold);
      __m128i both = _mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, second));
      places |= (uint64_t)(uint32_t)_mm_movemask_epi8(both) << 16 * part;
    }
    for (; places != 0; places &= places - 1) {
      size_t place = *at + (size_t)__builtin_ctzll(places);
      if (!is_at(text + place, word)) continue;
      *at = place;
      return true;
    }
  }
  return false;
}

/// The same with registers of twice the width.
__attribute__((target("avx2"))) static bool find_avx2(
    const uint8_t *text, size_t end, size_t *at, const scan_word *word, uint8_t folds[2]) {
  const __m256i first = _mm256_set1_epi8((char)word->bytes[word->rare]);
  const __m256i second = _mm256_set1_epi8((char)word->bytes[word->second]);
  const __m256i first_fold = _mm256_set1_epi8((char)folds[0]), second_fold = _mm256_set1_epi8((char)folds[1]);
  for (; *at + 64 <= end; *at += 64) {
    uint64_t places = 0;
    for (int part = 0; part < 2; part++) {
      const uint8_t *here = text + *at + 32 * part;
      __m256i a = _mm256_or_si256(_mm256_loadu_si256((const __m256i *)(here + word->rare)), first_fold);
      __m256i b = _mm256_or_si256(_mm256_loadu_si256((const __m256i *)(here + word->second)), second_fold);
      __m256i both = _mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, second));
      places |= (uint64_t)(uint32_t)_mm256_movemask_epi8(both) << 32 * part;
    }
    for (; places != 0; places &= places - 1) {
      size_t place = *at + (size_t)__builtin_ctzll(places);
      if (!is_at(text + place, word)) continue;
      *at = place;
      return true;
    }
  }
  return false;
}

#endif

size_t scan_find(const uint8_t *text, size_t count, size_t start, const scan_word *word) {
  if (word->count > count || start > count - word->count) return count;
  // Places where the word could begin.
  size_t end = count - word->count + 1;
  size_t at = start;
#if defined(__x86_64__)
  uint8_t folds[2] = {
      word->is_caseless && is_letter(word->bytes[word->rare]) ? 0x20 : 0,
      word->is_caseless && is_letter(word->bytes[word->second]) ? 0x20 : 0,
  };
  bool found = __builtin_cpu_supports("avx2") ? find_avx2(text, end, &at, word, folds)
                                              : find_sse2(text, end, &at, word, folds);
  if (found) return at;
#endif
  for (; at < end; at++) {
    if (is_at(text + at, word)) return at;
  }
  return count;
}
