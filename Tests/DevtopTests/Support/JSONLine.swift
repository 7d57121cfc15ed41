/// One line of `--json`: an object whose values are strings, numbers, booleans or lists of strings.
struct JSONLine: Sendable, CustomStringConvertible {
  enum Value: Equatable, Sendable {
    case string(String)
    case number(Double)
    case boolean(Bool)
    case strings([String])
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  let text: String
  private(set) var values: [String: Value] = [:]

  /// Reads strictly what RFC 8259 allows of such objects.
  ///
  /// - Throws: `Malformed` for anything else, so that no line can be broken unnoticed.
  init(_ bytes: [UInt8]) throws(Malformed) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Malformed(description: "not UTF-8: \(String(decoding: bytes, as: UTF8.self))")
    }
    self.text = text
    var reader = Reader(bytes: bytes)
    guard let values = reader.object(), reader.index == bytes.count else {
      throw Malformed(description: "not the JSON that is promised: \(text)")
    }
    self.values = values
  }

  var description: String { text }
  var event: String { string("event") ?? "" }
  var service: String? { string("service") }
  var state: String? { string("state") }

  func string(_ key: String) -> String? { if case .string(let value)? = values[key] { value } else { nil } }
  func int(_ key: String) -> Int? { if case .number(let value)? = values[key] { Int(value) } else { nil } }
  func bool(_ key: String) -> Bool? { if case .boolean(let value)? = values[key] { value } else { nil } }
  func strings(_ key: String) -> [String] {
    if case .strings(let value)? = values[key] { value } else { [] }
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    mutating func object() -> [String: Value]? {
      var result: [String: Value] = [:]
      guard take("{") else { return nil }
      repeat {
        guard let key = string(), take(":"), let value = value(), result[key] == nil else { return nil }
        result[key] = value
      } while take(",")
      return take("}") ? result : nil
    }

    private mutating func value() -> Value? {
      guard index < bytes.count else { return nil }
      if bytes[index] == UInt8(ascii: "\"") { return string().map(Value.string) }
      if take("[") {
        var list: [String] = []
        if take("]") { return .strings(list) }
        repeat {
          guard let element = string() else { return nil }
          list.append(element)
        } while take(",")
        return take("]") ? .strings(list) : nil
      }
      let word = bytes[index...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
      index += word.count
      switch String(decoding: word, as: UTF8.self) {
      case "true": return .boolean(true)
      case "false": return .boolean(false)
      case let text: return Double(text).map(Value.number)
      }
    }

    private mutating func string() -> String? {
      guard take("\"") else { return nil }
      var result: [UInt8] = []
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
        case UInt8(ascii: "\\"):
          guard let scalar = escape() else { return nil }
          result += Array(String(Character(scalar)).utf8)
        case ..<0x20: return nil
        default: result.append(byte)
        }
      }
      return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
      case UInt8(ascii: "u"):
        guard index + 4 <= bytes.count else { return nil }
        defer { index += 4 }
        return UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
          .flatMap(Unicode.Scalar.init)
      default: return nil
      }
    }
  }
}
