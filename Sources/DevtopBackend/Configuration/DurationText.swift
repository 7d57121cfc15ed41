/// Durations as configurations write them: `500ms`, `10s`, `1m30s`, `1.5h`.
enum DurationText {
  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
  ]
  /// Longer ones are mistakes.
  private static let longestInNanoseconds: Double = 366 * 24 * 3600e9

  /// Nil where the text is no duration, is negative, or is longer than a year.
  static func parse(_ text: String) -> Duration? {
    var rest = Substring(text)
    var total = 0.0
    guard !rest.isEmpty else { return nil }
    if rest == "0" { return .zero }
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
      guard !digits.isEmpty, let number = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isLetter }
      guard let unit = units.first(where: { $0.name == letters }) else { return nil }
      rest = rest.dropFirst(letters.count)
      total += number * unit.nanoseconds
    }
    guard total.isFinite, total <= longestInNanoseconds else { return nil }
    return .nanoseconds(Int64(total.rounded()))
  }

  /// What `parse` reads back, as short as it can be written exactly.
  static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    if nanoseconds % 1_000_000_000 == 0 {
      if seconds >= 60, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
      if seconds >= 60, seconds % 60 == 0 { return "\(seconds / 60)m" }
      return "\(seconds)s"
    }
    if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
    if nanoseconds % 1000 == 0 { return "\(nanoseconds / 1000)us" }
    return "\(nanoseconds)ns"
  }
}
