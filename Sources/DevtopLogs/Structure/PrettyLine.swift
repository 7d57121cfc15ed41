/// A line with a JSON object, as people read it.
package struct PrettyLine: Equatable, Sendable {
  /// What comes before the object, or the message in it.
  package var message: String
  /// The other fields, from left to right, with their paths: `user.id`.
  package var fields: [(name: String, value: String)]

  package static func == (left: PrettyLine, right: PrettyLine) -> Bool {
    left.message == right.message && left.fields.elementsEqual(right.fields, by: ==)
  }

  /// What the pane shows in columns of its own.
  static let shownElsewhere: Set<String> = [
    "time", "ts", "timestamp", "@timestamp", "level", "lvl", "severity", "levelname", "t", "L",
  ]
  static let messageNames: Set<String> = ["msg", "message", "event", "M", "log.message"]

  /// Nil where the line, without escapes, has no JSON object that ends with it.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    guard let object = LineFields.object(in: line), object.last == UInt8(ascii: "}"),
      JSONFields(object)?.isWhole == true
    else { return nil }
    let prefix = String(decoding: line.dropLast(object.count), as: UTF8.self)
    message = prefix
    fields = []
    var hasMessage = false
    LineFields.forEach(of: object) { name, value in
      if Self.messageNames.contains(name), !hasMessage {
        hasMessage = true
        message += value.text
      } else if !Self.shownElsewhere.contains(name) {
        fields.append((name, value.text))
      }
    }
  }

  /// The object over several lines, indented by two spaces; what is before it stands in a line of its own.
  static func indented(_ line: UnsafeBufferPointer<UInt8>) -> [String]? {
    guard let object = LineFields.object(in: line), JSONFields(object)?.isWhole == true else { return nil }
    let prefix = String(decoding: line.dropLast(object.count), as: UTF8.self)
    var lines = [""]
    var depth = 0
    var isInString = false
    var reader = ByteReader(object)
    var text: [UInt8] = []
    func flush() {
      lines[lines.count - 1] += String(decoding: text, as: UTF8.self)
      text = []
    }
    func breakLine() {
      flush()
      lines.append(String(repeating: "  ", count: min(depth, 40)))
    }
    while let byte = reader.peek {
      reader.position += 1
      if isInString {
        text.append(byte)
        if byte == 0x5C, let next = reader.peek {
          text.append(next)
          reader.position += 1
        }
        if byte == 0x22 { isInString = false }
        continue
      }
      switch byte {
      case 0x22:
        isInString = true
        text.append(byte)
      case 0x7B, 0x5B:
        text.append(byte)
        reader.skipSpaces()
        // Empty ones stay on their line.
        if reader.peek == 0x7D || reader.peek == 0x5D { continue }
        depth += 1
        breakLine()
      case 0x7D, 0x5D:
        if text.last != 0x7B, text.last != 0x5B {
          depth = max(0, depth - 1)
          breakLine()
        }
        text.append(byte)
      case 0x2C:
        text.append(byte)
        breakLine()
      case 0x3A: text += [0x3A, 0x20]
      case 0x20, 0x09: break
      default: text.append(byte)
      }
    }
    flush()
    return (prefix.allSatisfy { $0 == " " } ? [] : [prefix]) + lines
  }
}

extension LogRow {
  /// The line as people read it, where it has a JSON object.
  package var pretty: PrettyLine? {
    bytes.withUnsafeBufferPointer { raw in
      LineText.plain(raw).withUnsafeBufferPointer { PrettyLine($0) }
    }
  }

  /// The fields that a format finds in the line; nil where none matches.
  package var formatted: [(name: String, value: String)]? {
    bytes.withUnsafeBufferPointer { raw in
      LineText.plain(raw).withUnsafeBufferPointer { FormatReader().fields(of: $0, by: formats) }
    }
  }

  /// The line's JSON over several lines; nil where it has none.
  package var indented: [String]? {
    bytes.withUnsafeBufferPointer { raw in
      LineText.plain(raw).withUnsafeBufferPointer { PrettyLine.indented($0) }
    }
  }
}
