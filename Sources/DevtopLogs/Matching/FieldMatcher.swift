import DevtopCore
import Glibc

/// Asks fields of lines, without building anything but what a text with escapes needs; for one thread.
struct FieldMatcher {
  let regex: RegexRunner
  let reader: FormatReader

  /// Whether the field that the path leads to meets one of the conditions; the line is without escapes.
  ///
  /// The formats of the configuration come first; `source` tells where the line is from.
  func matches(
    _ path: FieldPath, _ conditions: [FieldCondition], _ line: UnsafeBufferPointer<UInt8>,
    by formats: [LineFormat], source: UInt32?
  ) -> Bool {
    if let value = reader.value(of: path.text, in: line, by: formats)
      ?? LineFields.value(at: path, in: line)
    {
      return conditions.contains { holds($0, value, path) }
    }
    return matchesUnnamed(path, conditions, line, source: source)
  }

  /// The same for what a line tells without naming it, as access logs and the built-in formats do.
  func matchesUnnamed(
    _ path: FieldPath, _ conditions: [FieldCondition], _ line: UnsafeBufferPointer<UInt8>, source: UInt32?
  ) -> Bool {
    if let field = AccessField(rawValue: path.text), LineFields.object(in: line) == nil,
      let request = AccessLog.parse(plain: line)
    {
      var text = field.text(of: request)
      return text.withUTF8 { text in
        !text.isEmpty && conditions.contains { holds($0, .plain(text), path) }
      }
    }
    guard let value = reader.builtinValue(of: path.text, in: line, source: source) else { return false }
    return conditions.contains { holds($0, value, path) }
  }

  /// Whether lines may have the field without its name in them.
  func mayBeUnnamed(_ path: FieldPath) -> Bool {
    AccessField(rawValue: path.text) != nil || BuiltinFormats.formats[path.text] != nil
  }

  private func holds(_ condition: FieldCondition, _ value: FieldValue, _ path: FieldPath) -> Bool {
    switch condition {
    case .exists: true
    case .text(let glob): value.withText { glob.matches($0) }
    case .pattern(let pattern): value.withText { regex.matches(pattern, line: $0) }
    case .quantity(let range, let kind):
      Quantity(value.raw).map { range.contains(Self.measured($0, as: kind, of: path)) } ?? false
    }
  }

  /// The quantity in the unit that is asked for; NaN, which is in no range, where it counts something else.
  private static func measured(_ quantity: Quantity, as kind: Quantity.Kind, of path: FieldPath) -> Double {
    switch (quantity.kind, kind) {
    case (.number, .seconds): quantity.value * path.secondsOfBareNumber
    case (.number, .bytes), (.bytes, .number): quantity.value
    case let (own, asked): own == asked ? quantity.value : .nan
    }
  }
}

extension FieldPath {
  /// What 1 without a unit stands for: milliseconds, unless the name ends in another unit.
  fileprivate var secondsOfBareNumber: Double {
    if text.hasSuffix("_ns") || text.hasSuffix("_nanos") { return 1e-9 }
    if text.hasSuffix("_us") || text.hasSuffix("_micros") { return 1e-6 }
    if text.hasSuffix("_s") || text.hasSuffix("_sec") || text.hasSuffix("_seconds") { return 1 }
    return 1e-3
  }
}

/// What an access-log line tells without naming it.
enum AccessField: String, CaseIterable {
  case method, path, status, size, duration

  func text(of request: AccessLog) -> String {
    switch self {
    case .method: request.method
    case .path: request.path
    case .status: String(request.status)
    case .size: request.sizeInBytes.map(String.init) ?? ""
    case .duration: request.duration.map { "\(Double($0.inNanoseconds) / 1e6)ms" } ?? ""
    }
  }
}
