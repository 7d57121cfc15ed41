/// A body as lines of text.
struct BodyText {
  /// None where it is no text, or was not kept.
  let lines: [String]
  /// What is to be said instead of it, or about it.
  let remark: String?

  /// `size` is that of the whole body, where known.
  init(_ bytes: [UInt8]?, size: Int?, fields: [HeaderField]) {
    func value(_ name: String) -> String? {
      fields.first { $0.name.lowercased() == name }?.value.lowercased()
    }
    guard let bytes else {
      lines = []
      remark = (size ?? 0) > 0 ? "not kept: capture in devtop.toml keeps bodies" : nil
      return
    }
    let isWhole = size.map { $0 <= bytes.count } ?? true
    let cut = isWhole ? nil : "the first \(bytes.count) of \(size ?? 0) bytes"
    if let coding = value("content-encoding"), coding != "identity" {
      lines = []
      remark = "compressed (\(coding)): \(size ?? bytes.count) bytes"
      return
    }
    // A character may be cut at the end.
    let text = String(decoding: bytes, as: UTF8.self)
    guard !bytes.contains(0), text.unicodeScalars.count(where: { $0 == "\u{FFFD}" }) <= (isWhole ? 0 : 1)
    else {
      lines = []
      remark = "not text: \(size ?? bytes.count) bytes"
      return
    }
    lines =
      value("content-type")?.contains("json") == true
      ? Self.indentedJSON(text)
      : text.split(separator: "\n", omittingEmptySubsequences: false).map {
        String($0.hasSuffix("\r") ? $0.dropLast() : $0)
      }
    remark = cut
  }

  /// JSON with a line for each member, so that two of them can be compared; what is no JSON comes out as it is but
  /// for its spaces.
  static func indentedJSON(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var depth = 0
    var isString = false
    var isEscaped = false
    var isEmpty = false
    func indented() -> String { String(repeating: "  ", count: min(depth, 40)) }
    func end() {
      lines.append(line)
      line = indented()
    }
    for character in text.unicodeScalars {
      if isString {
        line.unicodeScalars.append(character)
        if isEscaped {
          isEscaped = false
        } else if character == "\\" {
          isEscaped = true
        } else if character == "\"" {
          isString = false
        }
        continue
      }
      if character == " " || character == "\n" || character == "\r" || character == "\t" { continue }
      if character == "}" || character == "]" {
        depth = max(0, depth - 1)
        if !isEmpty { end() }
        isEmpty = false
        line.unicodeScalars.append(character)
        continue
      }
      if isEmpty {
        end()
        isEmpty = false
      }
      line.unicodeScalars.append(character)
      switch character {
      case "{", "[":
        depth += 1
        isEmpty = true
      case ",": end()
      case ":": line += " "
      case "\"": isString = true
      default: break
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
