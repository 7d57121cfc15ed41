import DevtopCore

/// Numbers for people: three digits that mean something.
enum Figure {
  static func milliseconds(_ duration: Duration) -> String { number(duration.inMilliseconds) + " ms" }

  static func signedMilliseconds(_ duration: Duration) -> String {
    (duration < .zero ? "−" : "+") + number(abs(duration.inMilliseconds)) + " ms"
  }

  static func number(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
    return rounded(value, digits: digits)
  }

  static func rounded(_ value: Double, digits: Int) -> String {
    var factor = 1
    for _ in 0..<digits { factor *= 10 }
    let scaled = Int((abs(value) * Double(factor)).rounded())
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % factor)
    return "\(sign)\(scaled / factor)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  static func megabytes(_ bytes: Int) -> String { number(Double(bytes) / 1_000_000) + " MB" }

  /// `12,345`.
  static func count(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value).reversed().enumerated() {
      if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
