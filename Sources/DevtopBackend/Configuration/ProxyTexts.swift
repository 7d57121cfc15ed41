internal import DevtopCore

/// Rates as configurations write them: `100/s`, `20/10s`.
enum RateText {
  static func parse(_ text: String) -> (count: Int, per: Duration)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0].trimmed), count > 0, count <= 1_000_000 else {
      return nil
    }
    let unit = parts[1].trimmed
    let isUnit = unit.first.map { !("0"..."9").contains($0) } ?? false
    guard let per = DurationText.parse(isUnit ? "1" + unit : unit), per > .zero else { return nil }
    return (count, per)
  }

  static func text(_ count: Int, per: Duration) -> String {
    let unit = DurationText.text(per)
    let isOne = unit == "1s" || unit == "1h" || unit == "1m"
    return "\(count)/\(isOne ? String(unit.dropFirst()) : unit)"
  }
}

/// Shares as configurations write them: `50%`, `0.5%`.
enum PercentText {
  /// 0 to 1.
  static func parse(_ text: String) -> Double? {
    guard text.hasSuffix("%"), let number = Double(text.dropLast().trimmed), (0...100).contains(number) else {
      return nil
    }
    return number / 100
  }

  static func text(_ share: Double) -> String {
    let percent = share * 100
    let whole = percent.rounded()
    // What was written comes back, whatever the division by 100 left behind.
    return abs(percent - whole) < 1e-9 ? "\(Int(whole))%" : "\((percent * 1e6).rounded() / 1e6)%"
  }
}

/// A delay with how far it may be off either way: `300ms±100ms`, also written `300ms+-100ms`.
enum JitterText {
  static func parse(_ text: String) -> (delay: Duration, jitter: Duration)? {
    for sign in ["±", "+-", "+/-"] {
      guard let range = text.range(of: sign) else { continue }
      guard let delay = DurationText.parse(text[..<range.lowerBound].trimmed),
        let jitter = DurationText.parse(text[range.upperBound...].trimmed), jitter <= delay
      else { return nil }
      return (delay, jitter)
    }
    return DurationText.parse(text.trimmed).map { ($0, .zero) }
  }

  static func text(_ delay: Duration, _ jitter: Duration) -> String {
    DurationText.text(delay) + (jitter == .zero ? "" : "±" + DurationText.text(jitter))
  }
}

/// A share of answers and the status that replaces them: `5% 503`.
enum ErrorShareText {
  static func parse(_ text: String) -> (share: Double, status: Int)? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let share = PercentText.parse(String(words[0])), let status = Int(words[1]),
      (400..<600).contains(status)
    else { return nil }
    return (share, status)
  }
}

/// Bytes a second: `64k/s`, `1M/s`.
enum BandwidthText {
  static func parse(_ text: String) -> Int? {
    guard text.hasSuffix("/s"), let size = SizeText.parse(text.dropLast(2).trimmed), size > 0 else {
      return nil
    }
    return size
  }
}

/// A numeric address with its port: `127.0.0.1:9000`, `[::1]:9000`, `localhost:9000`.
enum AddressText {
  static func parse(_ text: String) -> SocketAddress? {
    let text = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = String(text[..<colon])
    if host == "localhost" { host = "127.0.0.1" }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return NumericHost.isValid(host) ? SocketAddress(host: host, port: port) : nil
  }
}

extension StringProtocol {
  /// Without white space at either end.
  fileprivate var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest)
  }
}
