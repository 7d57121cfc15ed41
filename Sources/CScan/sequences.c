#include "CScan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline bool is_in(const scan_class *class, uint8_t byte) {
  return byte < 0x80 && (class->low[byte & 0x0F] >> (byte >> 4) & 1) != 0;
}

static inline bool is_at(const uint8_t *place, const scan_sequence *sequence) {
  for (size_t index = 0; index < sequence->count; index++) {
    if (!is_in(&sequence->classes[sequence->places[index]], place[index])) return false;
  }
  return true;
}

#if defined(__x86_64__)

/// Which of 64 bytes are in the class. The table tells for the low half of a byte which high halves go with it, one bit
/// each; for ASCII that is exact (as Hyperscan's "shufti").
__attribute__((target("avx2"))) static inline uint64_t members(
    __m256i first, __m256i second, __m256i first_high, __m256i second_high, __m256i low) {
  const __m256i zero = _mm256_setzero_si256();
  // A byte beyond ASCII has its highest bit set: there the shuffle gives zero.
  __m256i a = _mm256_and_si256(_mm256_shuffle_epi8(low, first), first_high);
  __m256i b = _mm256_and_si256(_mm256_shuffle_epi8(low, second), second_high);
  uint32_t not_a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, zero));
  uint32_t not_b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, zero));
  return ~((uint64_t)not_b << 32 | not_a);
}

/// Looks at 64 bytes a turn, as long as there are so many; `*at` is where it ended, or where the sequence is.
__attribute__((target("avx2"))) static bool find_avx2(
    const uint8_t *text, size_t count, size_t *at, const scan_sequence *sequence) {
  const __m256i bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i half = _mm256_set1_epi8(0x0F);
  const size_t last = sequence->count - 1;
  const size_t start = *at;
  __m256i low[SCAN_CLASSES];
  uint64_t before[SCAN_CLASSES] = {0}, here[SCAN_CLASSES];
  for (size_t index = 0; index < sequence->class_count; index++) {
    low[index] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sequence->classes[index].low));
  }
  size_t place = start;
  for (; place + 64 <= count; place += 64) {
    __m256i first = _mm256_loadu_si256((const __m256i *)(text + place));
    __m256i second = _mm256_loadu_si256((const __m256i *)(text + place + 32));
    __m256i first_high = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(first, 4), half));
    __m256i second_high = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(second, 4), half));
    for (size_t index = 0; index < sequence->class_count; index++) {
      here[index] = members(first, second, first_high, second_high, low[index]);
    }
    // A bit for each place where the sequence ends.
    uint64_t ends = here[sequence->places[last]];
    for (size_t back = 1; back <= last && ends != 0; back++) {
      size_t class = sequence->places[last - back];
      ends &= here[class] << back | before[class] >> (64 - back);
    }
    if (ends != 0) {
      *at = place + (size_t)__builtin_ctzll(ends) - last;
      return true;
    }
    for (size_t index = 0; index < sequence->class_count; index++) before[index] = here[index];
  }
  // It may have begun in what was looked at.
  *at = place - start < last ? start : place - last;
  return false;
}

#endif

size_t scan_find_sequence(const uint8_t *text, size_t count, size_t start, const scan_sequence *sequence) {
  if (sequence->count > count || start > count - sequence->count) return count;
  size_t at = start;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && find_avx2(text, count, &at, sequence)) return at;
#endif
  for (; at + sequence->count <= count; at++) {
    if (is_at(text + at, sequence)) return at;
  }
  return count;
}
