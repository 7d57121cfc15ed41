/// Sizes as configurations write them: `256M`, `1G`, `512K`, a number of bytes; powers of 1024.
enum SizeText {
  /// Nil where the text is no size or is larger than 1 TiB.
  static func parse(_ text: String) -> Int? {
    let upper = text.uppercased()
    let digits = upper.prefix { ("0"..."9").contains($0) }
    guard let number = Int(digits) else { return nil }
    let shift: Int
    switch upper.dropFirst(digits.count) {
    case "", "B": shift = 0
    case "K", "KB", "KIB": shift = 10
    case "M", "MB", "MIB": shift = 20
    case "G", "GB", "GIB": shift = 30
    default: return nil
    }
    guard number <= (1 << 40) >> shift else { return nil }
    return number << shift
  }

  /// What `parse` reads back.
  static func text(_ bytes: Int) -> String {
    for (unit, shift) in [("G", 30), ("M", 20), ("K", 10)] where bytes > 0 && bytes % (1 << shift) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)"
  }
}
