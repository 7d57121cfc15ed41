import DevtopCore

extension FilterParser {
  /// The value of `t:`: `-5m`, `14:02`, `14:02..14:05`, `-10m..-5m`, `14:02:33.120..`; a time stands for all of its
  /// minute, second or millisecond.
  ///
  /// - Throws: `FilterError` with the column.
  mutating func times() throws(FilterError) -> FilterNode {
    let start = index
    let word = bareWord()
    guard let dots = word.firstRange(of: "..") else {
      let span = try time(word[...], at: start)
      // A while ago means since then.
      return .time(span.lowerBound...(word.hasPrefix("-") ? Int64.max : span.upperBound))
    }
    let low = word[..<dots.lowerBound]
    let high = word[dots.upperBound...]
    var from = low.isEmpty ? Int64.min : try time(low, at: start).lowerBound
    let to =
      high.isEmpty
      ? Int64.max
      : try time(high, at: start + word.distance(from: word.startIndex, to: high.startIndex)).upperBound
    // Over midnight.
    if from > to, !low.hasPrefix("-"), !high.hasPrefix("-") { from -= 86_400_000 }
    guard from <= to else {
      throw error("Write the earlier time first: t:\(high)..\(low). The range is empty.", start)
    }
    return .time(from...to)
  }

  /// The milliseconds since 1970 that a time stands for.
  private func time(_ word: Substring, at start: Int) throws(FilterError) -> ClosedRange<Int64> {
    if word.hasPrefix("-"), let unit = word.last, let number = Int64(word.dropFirst().dropLast()),
      number >= 0, number < 1_000_000_000
    {
      let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000]
      if let milliseconds = units[unit] {
        let moment = clock.now.milliseconds - number * milliseconds
        return moment...moment
      }
    }
    if let (milliseconds, length) = Self.timeOfDay(word) {
      let moment = clock.moment(atTimeOfDay: milliseconds)
      return moment...(moment + length - 1)
    }
    throw error("Write a time of day or a while ago: t:14:02..14:05, t:-5m. \"\(word)\" is none.", start)
  }

  /// Milliseconds since midnight, and how long what was written stands for.
  private static func timeOfDay(_ word: Substring) -> (milliseconds: Int64, length: Int64)? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = number(parts[0], 1...2), hour < 24,
      let minute = number(parts[1], 2...2), minute < 60
    else { return nil }
    let start = (hour * 60 + minute) * 60_000
    guard parts.count == 3 else { return (start, 60_000) }
    let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    guard seconds.count <= 2, let second = number(seconds[0], 2...2), second < 60 else { return nil }
    guard seconds.count == 2 else { return (start + second * 1_000, 1_000) }
    guard let fraction = number(seconds[1], 1...3) else { return nil }
    let length: Int64 = [100, 10, 1][seconds[1].count - 1]
    return (start + second * 1_000 + fraction * length, length)
  }

  private static func number(_ digits: Substring, _ lengths: ClosedRange<Int>) -> Int64? {
    guard lengths.contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
      return nil
    }
    return Int64(digits)
  }
}
