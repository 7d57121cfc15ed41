import DevtopCore

/// Times, durations and amounts in few characters.
struct Wording: Sendable {
  /// Seconds that local time is ahead of UTC.
  var utcOffsetInSeconds: Int

  /// `14:02`.
  func minute(_ time: WallTime) -> String { String(clock(time).prefix(5)) }

  /// `14:02:31`.
  func second(_ time: WallTime) -> String { clock(time) }

  /// `14:02:31.377`.
  func millisecond(_ time: WallTime) -> String {
    let rest = Self.positive(time.milliseconds, 1_000)
    return clock(time) + "." + String(rest + 1_000).dropFirst()
  }

  /// `port 8080 is held by pid 812 (node server.js) since 14:02`.
  func sentence(about holder: PortHolder) -> String {
    let (before, command, after) = holder.parts(minute: minute)
    return before + command + after
  }

  private func clock(_ time: WallTime) -> String {
    let (shifted, overflow) = time.milliseconds.addingReportingOverflow(Int64(utcOffsetInSeconds) * 1_000)
    let inDay = Self.positive(overflow ? time.milliseconds : shifted, 86_400_000) / 1_000
    let digits = [
      inDay / 36_000, inDay / 3_600 % 10, inDay / 600 % 6, inDay / 60 % 10, inDay / 10 % 6, inDay % 10,
    ]
    return String(unsafeUninitializedCapacity: 8) { buffer in
      for (index, digit) in digits.enumerated() {
        buffer[index + index / 2] = UInt8(ascii: "0") + UInt8(digit)
      }
      buffer[2] = UInt8(ascii: ":")
      buffer[5] = UInt8(ascii: ":")
      return 8
    }
  }

  private static func positive(_ value: Int64, _ modulus: Int64) -> Int {
    let rest = value % modulus
    return Int(rest < 0 ? rest + modulus : rest)
  }

  /// `<0.1ms`, `0.4ms`, `1.2ms`, `12ms`, `1.4s`, `42s`, `2m12s`, `3h04m`.
  static func duration(_ duration: Duration) -> String {
    let components = duration.components
    guard components.seconds >= 0, components.attoseconds >= 0 else { return "0ms" }
    guard components.seconds < 1_000_000_000 else { return "forever" }
    let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    switch microseconds {
    case 0 where components.attoseconds == 0: return "0ms"
    case ..<50: return "<0.1ms"
    case ..<950: return "0.\((microseconds + 50) / 100)ms"
    case ..<9_950: return tenths(Int(microseconds), of: 1_000) + "ms"
    case ..<999_500: return "\(max(1, (microseconds + 500) / 1_000))ms"
    case ..<9_950_000: return tenths(Int(microseconds), of: 1_000_000) + "s"
    case ..<60_000_000: return "\(microseconds / 1_000_000)s"
    case ..<3_600_000_000:
      return "\(microseconds / 60_000_000)m" + twoDigits(microseconds / 1_000_000 % 60) + "s"
    default:
      return "\(microseconds / 3_600_000_000)h" + twoDigits(microseconds / 60_000_000 % 60) + "m"
    }
  }

  /// A delay as a sentence has it: `0.4 s`, `10 s`.
  static func delay(_ duration: Duration) -> String {
    let milliseconds =
      max(0, duration.components.seconds) * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
    return (milliseconds < 10_000 ? tenths(Int(milliseconds), of: 1_000) : "\(milliseconds / 1_000)") + " s"
  }

  /// How often something comes: `35/s`, `2.5/s`, `every 4 s`.
  static func frequency(_ perSecond: Double) -> String {
    if perSecond < 1 { return "every " + delay(.seconds(1 / max(perSecond, 1e-6))) }
    return (perSecond < 10 ? tenths(Int(perSecond * 10), of: 10) : "\(Int(min(perSecond, 1e9)))") + "/s"
  }

  /// `310`, `1.2k`, `64M`.
  static func bytes(_ count: Int) -> String {
    guard count >= 1_000 else { return "\(max(0, count))" }
    var unit = 1_000
    var suffix = "k"
    for next in ["M", "G", "T"] where count / unit >= 1_000 {
      unit *= 1_000
      suffix = next
    }
    return (count / unit < 10 ? tenths(count, of: unit) : "\(count / unit)") + suffix
  }

  /// `2.4`, and `2` for 2.0.
  private static func tenths(_ value: Int, of unit: Int) -> String {
    let tenths = (value / (unit / 10) + (value % (unit / 10) * 2 >= unit / 10 ? 1 : 0))
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// A share of a whole in per cent: `97`, `2.4`, `0`.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part > 0 else { return "0" }
    let perMille = (part * 1_000 + whole / 2) / whole
    if perMille >= 100 || perMille % 10 == 0 && perMille > 0 { return "\((perMille + 5) / 10)" }
    return perMille == 0 ? "<0.1" : "\(perMille / 10).\(perMille % 10)"
  }

  /// `1 file`, `214 files`.
  static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
  }

  /// The newest values as bars, scaled to the largest of them.
  static func sparkline(_ values: some BidirectionalCollection<Int>, limit: Int, _ levels: [Character])
    -> String
  {
    sparkline(values.suffix(max(0, limit)), levels)
  }

  /// Values as bars, scaled to the largest of them; nil is a gap.
  static func sparkline(_ values: some Sequence<Int?>, _ levels: [Character]) -> String {
    let largest = max(1, values.lazy.compactMap { $0 }.max() ?? 1)
    return String(
      values.map { value -> Character in
        guard let value else { return " " }
        let scaled = Double(max(0, value)) / Double(largest) * Double(levels.count - 1)
        return levels[Int(scaled.rounded())]
      })
  }
}
