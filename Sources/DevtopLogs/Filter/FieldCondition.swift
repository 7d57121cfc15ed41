import DevtopCore

/// What a filter asks of a field's value.
enum FieldCondition: Equatable, Sendable {
  /// The whole value; `*` stands for any text. Case matters only if there is a capital.
  case text(Glob)
  case pattern(TextPattern)
  case quantity(ClosedRange<Double>, Quantity.Kind)
  /// The field is there.
  case exists
}

/// A number with what it counts.
struct Quantity: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case number
    case seconds
    case bytes
  }

  var value: Double
  var kind: Kind

  /// `42`, `-1.5`, `2e3`, `100ms`, `1m2.5s` (Go's `time.Duration`), `10k`, `64MiB`; nil for anything else.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    if let duration = LoggedDuration.parse(text, bareUnit: nil) {
      (value, kind) = (Double(duration.inNanoseconds) / 1e9, .seconds)
      return
    }
    var reader = ByteReader(text)
    let isNegative = reader.skip(UInt8(ascii: "-"))
    guard let number = LoggedDuration.decimal(&reader) else { return nil }
    value = isNegative ? -number : number
    reader.skipSpaces()
    if reader.isAtEnd {
      kind = .number
      return
    }
    let unit = String(decoding: reader.rest, as: UTF8.self)
    guard let factor = unit == "M" ? 1e6 : Self.sizes[unit.lowercased()] else { return nil }
    value *= factor
    kind = .bytes
  }

  init?(_ text: some StringProtocol) {
    guard let quantity = Array(text.utf8).withUnsafeBufferPointer({ Quantity($0) }) else { return nil }
    self = quantity
  }

  private static let sizes: [String: Double] = [
    "b": 1, "k": 1e3, "kb": 1e3, "kib": 1024, "mb": 1e6, "mib": 1_048_576, "g": 1e9, "gb": 1e9,
    "gib": 1_073_741_824,
  ]
}
