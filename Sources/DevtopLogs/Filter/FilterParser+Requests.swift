import DevtopCore

extension FilterParser {
  /// The value of a field of requests; `index` is behind the colon.
  ///
  /// - Throws: `FilterError` with the column.
  mutating func fieldTerm(_ field: RequestField) throws(FilterError) -> FilterNode {
    try requireValue(field.rawValue, example: field.example)
    switch field {
    case .service: return try services()
    case .run: return try runs()
    case .request: return try requestIDs()
    case .method:
      let words = try values { parser, _ throws(FilterError) in
        parser.bareWord(stoppingAt: [","]).uppercased()
      }
      return .request(.method(words))
    case .path: return .request(.path(try globs()))
    case .route: return .request(.route(try globs()))
    case .host: return .request(.host(try globs()))
    case .status:
      return .request(
        .status(
          try ranges { word in
            if word.count == 3, word.lowercased().hasSuffix("xx"), let hundreds = word.first?.wholeNumberValue
            {
              return Int64(hundreds * 100)...Int64(hundreds * 100 + 99)
            }
            return Int64(word).map { $0...$0 }
          } otherwise: {
            "Write a status or its class: status:404, status:5xx. \"\($0)\" is none."
          }))
    case .duration:
      return .request(
        .duration(
          try ranges { word in
            Self.number(word, units: Self.durationUnits, bare: 1_000_000).map { $0...$0 }
          } otherwise: {
            "Write a duration: dur:>100ms, dur:1s..2s. \"\($0)\" is none."
          }))
    case .size:
      return .request(
        .size(
          try ranges { word in
            Self.number(word, units: Self.sizeUnits, bare: 1).map { $0...$0 }
          } otherwise: {
            "Write a size: size:>10k, size:1M..2M. \"\($0)\" is none."
          }))
    }
  }

  /// A bare word that stands for what a connection became.
  static func kind(_ word: String) -> RequestSample.Kind? {
    switch word {
    case "ws": .webSocket
    case "sse": .eventStream
    case "tunnel": .tunnel
    default: nil
    }
  }

  private mutating func globs() throws(FilterError) -> [Glob] {
    try values { parser, start throws(FilterError) in
      let word = parser.peek == "\"" ? try parser.quoted() : parser.bareWord(stoppingAt: [","])
      if word.isEmpty { throw parser.error("Write a value here: it is missing.", start) }
      return Glob(word)
    }
  }

  /// Values, comparisons (`>=400`) and ranges (`400..499`).
  private mutating func ranges(
    _ read: (String) -> ClosedRange<Int64>?, otherwise complaint: (String) -> String
  ) throws(FilterError) -> [ClosedRange<Int64>] {
    try values { parser, start throws(FilterError) in
      let word = parser.bareWord(stoppingAt: [","])
      func value(_ text: some StringProtocol) throws(FilterError) -> ClosedRange<Int64> {
        guard let range = read(String(text)) else { throw parser.error(complaint(String(text)), start) }
        return range
      }
      for prefix in [">=", "<=", ">", "<", "="] where word.hasPrefix(prefix) {
        let bound = try value(word.dropFirst(prefix.count))
        switch prefix {
        case ">=": return bound.lowerBound...Int64.max
        case ">": return min(bound.upperBound, .max - 1) + 1...Int64.max
        case "<=": return Int64.min...bound.upperBound
        case "<": return Int64.min...(bound.lowerBound - 1)
        default: return bound
        }
      }
      guard let dots = word.firstRange(of: "..") else { return try value(word) }
      let low = word[..<dots.lowerBound]
      let high = word[dots.upperBound...]
      let from = low.isEmpty ? Int64.min : try value(low).lowerBound
      let to = high.isEmpty ? Int64.max : try value(high).upperBound
      guard from <= to else {
        throw parser.error("Write the smaller value first: \(high)..\(low). The range is empty.", start)
      }
      return from...to
    }
  }

  private static let durationUnits: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9,
  ]
  private static let sizeUnits: [String: Double] = [
    "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9,
  ]

  /// A decimal number with a unit.
  private static func number(_ word: String, units: [String: Double], bare: Double) -> Int64? {
    let digits = word.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let name = word[digits.endIndex...].lowercased()
    guard !digits.isEmpty, let number = Double(digits), let unit = name.isEmpty ? bare : units[name],
      number * unit < 9e18
    else { return nil }
    return Int64(number * unit)
  }
}
