/// A set of lines of one chunk, one bit a line, for a stretch that begins at a multiple of 64.
struct LineSet: Equatable {
  /// The line of the first bit.
  let base: Int
  var words: [UInt64]

  /// The empty set, with room for the lines up to `end`.
  init(base: Int, end: Int) {
    self.base = base & ~63
    words = Array(repeating: 0, count: max(0, (end - self.base + 63) / 64))
  }

  /// Exactly the lines of a range.
  init(_ range: Range<Int>) {
    self.init(base: range.lowerBound, end: range.upperBound)
    insert(range)
  }

  /// The same lines, with room for all of a range.
  init(_ other: LineSet, widenedTo range: Range<Int>) {
    self.init(base: range.lowerBound, end: range.upperBound)
    let shift = (other.base - base) / 64
    for (index, word) in other.words.enumerated() { words[index + shift] = word }
  }

  /// The members in a range.
  func restricted(to range: Range<Int>) -> LineSet {
    var part = LineSet(range)
    let shift = (part.base - base) / 64
    for index in part.words.indices {
      part.words[index] &= words.indices.contains(index + shift) ? words[index + shift] : 0
    }
    return part
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ line: Int) -> Bool {
    let bit = line - base
    return bit >= 0 && bit >> 6 < words.count && words[bit >> 6] >> UInt64(bit & 63) & 1 == 1
  }

  @inline(__always)
  mutating func insert(_ line: Int) {
    let bit = line - base
    words[bit >> 6] |= 1 << UInt64(bit & 63)
  }

  mutating func remove(_ line: Int) { words[(line - base) >> 6] &= ~(1 << UInt64((line - base) & 63)) }

  mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let low = range.lowerBound - base
    let high = range.upperBound - 1 - base
    let first = ~UInt64(0) << UInt64(low & 63)
    let last = ~UInt64(0) >> UInt64(63 - high & 63)
    if low >> 6 == high >> 6 {
      words[low >> 6] |= first & last
      return
    }
    words[low >> 6] |= first
    for index in (low >> 6) + 1..<max(high >> 6, (low >> 6) + 1) { words[index] = ~0 }
    words[high >> 6] |= last
  }

  mutating func formIntersection(_ other: LineSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func formUnion(_ other: LineSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func subtract(_ other: LineSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  /// Takes out the members of a set that may cover other lines.
  mutating func subtractAll(_ other: LineSet) {
    let shift = (base - other.base) / 64
    for index in words.indices where other.words.indices.contains(index + shift) {
      words[index] &= ~other.words[index + shift]
    }
  }

  /// Calls `body` for each line, in rising order, until it returns false.
  func forEach(_ body: (Int) -> Bool) {
    for (index, word) in words.enumerated() where word != 0 {
      var rest = word
      while rest != 0 {
        guard body(base + index * 64 + rest.trailingZeroBitCount) else { return }
        rest &= rest - 1
      }
    }
  }

  func first(from line: Int) -> Int? {
    let bit = max(0, line - base)
    var index = bit >> 6
    guard index < words.count else { return nil }
    var word = words[index] & ~UInt64(0) << UInt64(bit & 63)
    while word == 0 {
      index += 1
      guard index < words.count else { return nil }
      word = words[index]
    }
    return base + index * 64 + word.trailingZeroBitCount
  }

  func last(below line: Int) -> Int? {
    let bit = min(line, words.count * 64 + base) - base - 1
    guard bit >= 0 else { return nil }
    var index = bit >> 6
    var word = words[index] & ~UInt64(0) >> UInt64(63 - bit & 63)
    while word == 0 {
      index -= 1
      guard index >= 0 else { return nil }
      word = words[index]
    }
    return base + index * 64 + 63 - word.leadingZeroBitCount
  }

  /// The member with `rank` members below it.
  func member(rank: Int) -> Int? {
    var rest = rank
    for (index, word) in words.enumerated() {
      let count = word.nonzeroBitCount
      if rest >= count {
        rest -= count
        continue
      }
      var word = word
      for _ in 0..<rest { word &= word - 1 }
      return base + index * 64 + word.trailingZeroBitCount
    }
    return nil
  }

  /// Makes room for the lines up to `end`.
  mutating func grow(to end: Int) {
    let missing = (end - base + 63) / 64 - words.count
    if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
  }

  /// Within the stretch of `decided`, takes the members of `answer` in the place of its own; makes room for them.
  mutating func replace(_ decided: LineSet, by answer: LineSet) {
    grow(to: decided.base + decided.words.count * 64)
    let shift = (decided.base - base) / 64
    for (index, word) in decided.words.enumerated() { words[index + shift] &= ~word }
    merge(answer)
  }

  /// Adds the members of a set whose stretch begins at or above this one's, and makes room for them.
  mutating func merge(_ other: LineSet) {
    let shift = (other.base - base) / 64
    let missing = shift + other.words.count - words.count
    if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
    for (index, word) in other.words.enumerated() { words[index + shift] |= word }
  }

  /// How many members are at or above `line`.
  func count(from line: Int) -> Int {
    let bit = max(0, line - base)
    let index = bit >> 6
    guard index < words.count else { return 0 }
    let first = words[index] & ~UInt64(0) << UInt64(bit & 63)
    return words[(index + 1)...].reduce(first.nonzeroBitCount) { $0 + $1.nonzeroBitCount }
  }
}
