/// Finds the place for a script in the beginning of an HTML document: right behind its `<head>` tag, or where
/// a parser would imply that tag.
///
/// Before that place there can only be white space, comments, a doctype, `<html>` and `<head>`, so nothing
/// that merely looks like markup (in scripts, text areas, templates) is ever in the way, and a doctype
/// stays first. HTML Standard §13.2.5 (tokenization), §13.2.6.4.1 to §13.2.6.4.3 (up to the head).
struct HTMLProlog {
  enum Finding: Equatable {
    /// Not known yet: the bytes before the offset can be passed on, the others are to be presented again
    /// together with what follows.
    case undecided(from: Int)
    /// The place is before the byte at the offset.
    case place(Int)
    /// There is none: UTF-16 by its byte order mark or by its NUL bytes.
    case nowhere
  }

  private enum State {
    case start
    /// Between the tokens.
    case between
    /// In a comment after so many dashes; `isOpening` as long as there was nothing else in it.
    case comment(dashes: Int, bang: Bool, isOpening: Bool)
    /// In a doctype or a bogus comment: both end with the next `>`.
    case markup
    /// In the tag `<html` or `<head`.
    case tag(Attribute, isHead: Bool)
  }

  private enum Attribute {
    case between
    case name
    case afterName
    case beforeValue
    case quoted(UInt8)
    case unquoted
  }

  private var state = State.start

  /// What is known after these bytes.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
    var index = 0
    while index < bytes.count {
      switch state {
      case .start:
        switch byteOrderMark(in: bytes) {
        case .place(let length):
          index = length
          state = .between
        case let other: return other
        }
      case .between:
        if Self.isSpace(bytes[index]) {
          index += 1
        } else if let finding = begin(&index, in: bytes) {
          return finding
        }
      case .comment(let dashes, let bang, let isOpening):
        state = Self.comment(dashes, bang, isOpening, before: bytes[index])
        index += 1
      case .markup:
        if bytes[index] == UInt8(ascii: ">") { state = .between }
        index += 1
      case .tag(let attribute, let isHead):
        let byte = bytes[index]
        index += 1
        if let next = Self.attribute(attribute, before: byte) {
          state = .tag(next, isHead: isHead)
        } else if isHead {
          return .place(index)
        } else {
          state = .between
        }
      }
    }
    return .undecided(from: bytes.count)
  }

  /// Whether a script may stand at the end of a document that ends here.
  var canEndHere: Bool {
    switch state {
    case .start, .between: true
    case .comment, .markup, .tag: false
    }
  }

  /// The length of the UTF-8 byte order mark as a place.
  private func byteOrderMark(in bytes: UnsafeRawBufferPointer) -> Finding {
    guard bytes.count > 1 else { return .undecided(from: 0) }
    switch (bytes[0], bytes[1]) {
    case (0xFE, 0xFF), (0xFF, 0xFE), (0, _), (_, 0): return .nowhere
    case (0xEF, 0xBB):
      guard bytes.count > 2 else { return .undecided(from: 0) }
      return .place(bytes[2] == 0xBF ? 3 : 0)
    default: return .place(0)
    }
  }

  /// Goes over the beginning of a token, or answers that the place is before it or not known.
  private mutating func begin(_ index: inout Int, in bytes: UnsafeRawBufferPointer) -> Finding? {
    guard bytes[index] == UInt8(ascii: "<") else { return .place(index) }
    guard index + 1 < bytes.count else { return .undecided(from: index) }
    switch bytes[index + 1] {
    case UInt8(ascii: "!"):
      guard index + 3 < bytes.count || (index + 2 < bytes.count && bytes[index + 2] != UInt8(ascii: "-"))
      else { return .undecided(from: index) }
      if bytes[index + 2] == UInt8(ascii: "-"), bytes[index + 3] == UInt8(ascii: "-") {
        state = .comment(dashes: 0, bang: false, isOpening: true)
        index += 4
      } else {
        state = .markup
        index += 2
      }
      return nil
    case UInt8(ascii: "/"):
      guard index + 2 < bytes.count else { return .undecided(from: index) }
      // An end tag begins with a letter; anything else is a bogus comment.
      guard (bytes[index + 2] | 0x20) &- UInt8(ascii: "a") >= 26 else { return .place(index) }
      state = .markup
      index += 2
      return nil
    case UInt8(ascii: "?"):
      state = .markup
      index += 2
      return nil
    default:
      return beginTag(&index, in: bytes)
    }
  }

  private mutating func beginTag(_ index: inout Int, in bytes: UnsafeRawBufferPointer) -> Finding? {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[(index + 1)...])
    for (name, isHead) in [("html" as StaticString, false), ("head", true)] {
      let length = name.utf8CodeUnitCount
      let compared = min(length, rest.count)
      guard (0..<compared).allSatisfy({ rest[$0] | 0x20 == name.utf8Start[$0] }) else { continue }
      guard rest.count > length else { return .undecided(from: index) }
      guard
        Self.isSpace(rest[length]) || rest[length] == UInt8(ascii: ">") || rest[length] == UInt8(ascii: "/")
      else { break }
      state = .tag(.between, isHead: isHead)
      index += 1 + length
      return nil
    }
    return .place(index)
  }

  private static func comment(_ dashes: Int, _ bang: Bool, _ isOpening: Bool, before byte: UInt8) -> State {
    switch byte {
    case UInt8(ascii: ">") where bang || dashes >= 2 || isOpening: .between
    case UInt8(ascii: "-"):
      .comment(
        dashes: bang ? 1 : min(dashes + 1, 2), bang: false, isOpening: isOpening && !bang && dashes < 1)
    case UInt8(ascii: "!") where dashes >= 2: .comment(dashes: 0, bang: true, isOpening: false)
    default: .comment(dashes: 0, bang: false, isOpening: false)
    }
  }

  /// The state after a byte of a tag; nil: the tag ends with it.
  private static func attribute(_ state: Attribute, before byte: UInt8) -> Attribute? {
    switch (state, byte) {
    case (.quoted(let quote), _): byte == quote ? .between : state
    case (_, UInt8(ascii: ">")): nil
    case (.beforeValue, UInt8(ascii: "\"")), (.beforeValue, UInt8(ascii: "'")): .quoted(byte)
    case (.beforeValue, _): isSpace(byte) ? .beforeValue : .unquoted
    case (.unquoted, _): isSpace(byte) ? .between : .unquoted
    case (_, UInt8(ascii: "/")): .between
    case (.between, _): isSpace(byte) ? .between : .name
    case (.name, UInt8(ascii: "=")), (.afterName, UInt8(ascii: "=")): .beforeValue
    case (.name, _): isSpace(byte) ? .afterName : .name
    case (.afterName, _): isSpace(byte) ? .afterName : .name
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C
  }
}
