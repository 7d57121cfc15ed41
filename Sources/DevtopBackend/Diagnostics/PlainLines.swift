internal import Glibc

/// Cuts output into lines of at most 8 KiB, and makes plain text of them.
struct PlainLines: Sendable {
  /// A longer line is cut: no diagnostic needs more, and a program may print without ever ending its line.
  static let limitInBytes = 8 << 10

  private var rest: [UInt8] = []
  /// Whether the end of the line that is being read is thrown away.
  private var isCut = false

  /// Calls `body` with the bytes of every line that is complete.
  mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var start = 0
    while start < bytes.count {
      let part = UnsafeRawBufferPointer(rebasing: bytes[start...])
      guard let newline = part.firstNewline else {
        append(part)
        return
      }
      let line = UnsafeRawBufferPointer(rebasing: part[..<newline])
      start += newline + 1
      if rest.isEmpty, !isCut {
        body(UnsafeRawBufferPointer(rebasing: line.prefix(Self.limitInBytes)))
      } else {
        append(line)
        finish(body)
      }
    }
  }

  /// Calls `body` with the last line, when it had no end.
  mutating func finish(_ body: (UnsafeRawBufferPointer) -> Void) {
    isCut = false
    guard !rest.isEmpty else { return }
    rest.withUnsafeBytes(body)
    rest.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !isCut else { return }
    let room = Self.limitInBytes - rest.count
    rest.append(contentsOf: bytes.prefix(room))
    isCut = bytes.count > room
  }

  /// The text without escape sequences (ECMA-48: CSI, OSC and other strings, two-byte escapes); of a line that
  /// rewrites itself by carriage returns, what was written last.
  static func plain(_ bytes: UnsafeRawBufferPointer) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x1B: index = afterEscape(bytes, index)
      case 0x0D:
        // At the end it is the pseudo-terminal's; before that the line begins anew.
        if index < bytes.count, bytes[index...].contains(where: { $0 != 0x0D }) {
          result.removeAll(keepingCapacity: true)
        }
      case 0x08: _ = result.popLast()
      case 0x09, 0x20...0x7E, 0x80...0xFF: result.append(byte)
      default: break
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The index behind an escape sequence whose ESC stands before `index`.
  private static func afterEscape(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int {
    guard index < bytes.count else { return index }
    var index = index
    switch bytes[index] {
    case UInt8(ascii: "["):
      index += 1
      while index < bytes.count, !(0x40...0x7E).contains(bytes[index]) { index += 1 }
      return index + 1
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      while index < bytes.count {
        if bytes[index] == 0x07 { return index + 1 }
        if bytes[index] == 0x1B, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\\") {
          return index + 2
        }
        index += 1
      }
      return index
    case 0x20...0x2F:
      // Intermediate bytes, then a final one, as in `ESC ( B`.
      while index < bytes.count, (0x20...0x2F).contains(bytes[index]) { index += 1 }
      return index + 1
    default: return index + 1
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var firstNewline: Int? {
    guard let base = baseAddress, let found = memchr(base, 0x0A, count) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// Whether a text is in the bytes.
  func contains(text: StaticString) -> Bool {
    // `memmem` is a GNU extension, which Swift's Glibc hides.
    let length = text.utf8CodeUnitCount
    guard var start = baseAddress, length > 0 else { return false }
    let end = start + count
    while end - start >= length,
      let found = memchr(start, Int32(text.utf8Start.pointee), end - start - length + 1)
    {
      if memcmp(found, text.utf8Start, length) == 0 { return true }
      start = UnsafeRawPointer(found) + 1
    }
    return false
  }

  func starts(with text: StaticString) -> Bool {
    guard let base = baseAddress, count >= text.utf8CodeUnitCount else { return false }
    return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
  }
}
