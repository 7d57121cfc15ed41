internal import DevtopCore

/// The grammar of `EnvironmentFile`.
struct EnvironmentParser {
  private let bytes: [UInt8]
  private let file: String
  private let environment: [String: String]
  private var index = 0
  private var line = 1
  private var lineStart = 0
  private var entries: [(name: String, value: String)] = []
  private var problems: [ConfigurationProblem] = []

  init(_ bytes: [UInt8], file: String, environment: [String: String]) {
    self.bytes = bytes
    self.file = file
    self.environment = environment
  }

  mutating func parse() throws(ConfigurationError) -> [(name: String, value: String)] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      index = 3
      lineStart = 3
    }
    while index < bytes.count {
      entry()
      skipLine()
    }
    guard problems.isEmpty else { throw .invalid(problems) }
    return entries
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func problem(_ message: String) {
    // A file of garbage need not be quoted whole.
    guard problems.count < 20 else { return }
    let position = SourcePosition(file: file, line: line, column: index - lineStart + 1)
    problems.append(ConfigurationProblem(message, at: position))
  }

  private mutating func advance() {
    if current == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    index += 1
  }

  private mutating func skipLine() {
    while let byte = current {
      advance()
      if byte == UInt8(ascii: "\n") { return }
    }
  }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0D { index += 1 }
  }

  private mutating func entry() {
    skipBlanks()
    guard let first = current, first != UInt8(ascii: "\n"), first != UInt8(ascii: "#") else { return }
    var name = word()
    if name == "export" {
      skipBlanks()
      // `export NAME` alone exports what the environment has already.
      name = word()
    }
    skipBlanks()
    guard !name.isEmpty, let separator = current,
      separator == UInt8(ascii: "=") || separator == UInt8(ascii: ":")
    else {
      problem("expected NAME=VALUE")
      return
    }
    index += 1
    skipBlanks()
    switch current {
    case UInt8(ascii: "'"): single(name)
    case UInt8(ascii: "\""): double(name)
    default: plain(name)
    }
  }

  /// Letters, digits, `_`, `.` and `-`, not beginning with a digit.
  private mutating func word() -> String {
    let start = index
    while let byte = current {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9") where index > start: break
      case UInt8(ascii: "."), UInt8(ascii: "-"): if index == start { return "" }
      default: return String(decoding: bytes[start..<index], as: UTF8.self)
      }
      index += 1
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func add(_ name: String, _ value: [UInt8]) {
    guard !value.contains(0) else {
      problem("\(name): a NUL byte cannot be part of a variable")
      return
    }
    entries.append((name, String(decoding: value, as: UTF8.self)))
  }

  private mutating func plain(_ name: String) {
    var value: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\n") {
      // A comment begins behind a blank; `color=#fff` is a value.
      if byte == UInt8(ascii: "#"), value.isEmpty || value.last == 0x20 || value.last == 0x09 {
        if !value.isEmpty || bytes[index - 1] != UInt8(ascii: "=") { break }
      }
      if byte == UInt8(ascii: "$") {
        value += variable()
      } else {
        value.append(byte)
        index += 1
      }
    }
    while let last = value.last, last == 0x20 || last == 0x09 || last == 0x0D { value.removeLast() }
    add(name, value)
  }

  private mutating func single(_ name: String) {
    let opening = (index, line, lineStart)
    index += 1
    let start = index
    while let byte = current, byte != UInt8(ascii: "'") { advance() }
    guard current != nil else { return unclosed(name, opening) }
    let value = Array(bytes[start..<index])
    index += 1
    add(name, value)
    afterQuote(name)
  }

  private mutating func double(_ name: String) {
    let opening = (index, line, lineStart)
    index += 1
    var value: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      switch byte {
      case UInt8(ascii: "\\"):
        index += 1
        guard let escaped = current else { return unclosed(name, opening) }
        switch escaped {
        case UInt8(ascii: "n"): value.append(0x0A)
        case UInt8(ascii: "r"): value.append(0x0D)
        case UInt8(ascii: "t"): value.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(escaped)
        default: value += [byte, escaped]
        }
        advance()
      case UInt8(ascii: "$"): value += variable()
      default:
        value.append(byte)
        advance()
      }
    }
    guard current != nil else { return unclosed(name, opening) }
    index += 1
    add(name, value)
    afterQuote(name)
  }

  private mutating func unclosed(_ name: String, _ opening: (index: Int, line: Int, lineStart: Int)) {
    // Go on behind the line of the quote, so that the entries after it are checked too.
    (index, line, lineStart) = opening
    problem("\(name): the quote is not closed")
  }

  private mutating func afterQuote(_ name: String) {
    skipBlanks()
    guard let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "#") else { return }
    problem("\(name): text behind the closing quote")
  }

  /// `$NAME`, `${NAME}`, `${NAME:-DEFAULT}`, `${NAME-DEFAULT}`; anything else is text.
  private mutating func variable() -> [UInt8] {
    let start = index
    index += 1
    let isBraced = current == UInt8(ascii: "{")
    if isBraced { index += 1 }
    let nameStart = index
    while let byte = current, byte == UInt8(ascii: "_") || isAlphanumeric(byte) { index += 1 }
    let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
    guard !name.isEmpty else {
      index = start + 1
      return [UInt8(ascii: "$")]
    }
    let known = entries.last { $0.name == name }?.value ?? environment[name]
    guard isBraced else { return Array((known ?? "").utf8) }
    var fallback: ArraySlice<UInt8> = []
    var takesFallbackForEmpty = false
    if current != UInt8(ascii: "}") {
      takesFallbackForEmpty = current == UInt8(ascii: ":")
      let mark = takesFallbackForEmpty ? index + 1 : index
      let end =
        bytes[index...].firstIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "\n") } ?? bytes.count
      guard mark < end, end < bytes.count, bytes[mark] == UInt8(ascii: "-"), bytes[end] == UInt8(ascii: "}")
      else {
        index = start + 1
        return [UInt8(ascii: "$")]
      }
      fallback = bytes[(mark + 1)..<end]
      index = end
    }
    index += 1
    guard let known, !(known.isEmpty && takesFallbackForEmpty) else { return Array(fallback) }
    return Array(known.utf8)
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
