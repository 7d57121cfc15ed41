/// What a line looks like to somebody who knows stack traces.
struct RecordLine {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Spaces and tabs in front.
  private let indent: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    var indent = 0
    while indent < bytes.count, bytes[indent] == 0x20 || bytes[indent] == 0x09 { indent += 1 }
    self.indent = indent
  }

  var isBlank: Bool { indent == bytes.count }
  var isIndented: Bool { indent > 0 && indent < bytes.count }
  var first: UInt8? { bytes.first }
  var last: UInt8? { bytes.last }

  func starts(with text: StaticString) -> Bool { ByteReader.starts(bytes, with: text) }

  /// In its beginning: a log line may have a time and a level in front.
  func contains(_ text: StaticString) -> Bool {
    ByteReader.contains(UnsafeBufferPointer(rebasing: bytes.prefix(160)), text)
  }

  /// Behind `2026/01/02 15:04:05 ` (Go's log package), where that is in front.
  var withoutTime: RecordLine {
    let time = 20
    guard bytes.count > time, bytes[4] == UInt8(ascii: "/"), bytes[13] == UInt8(ascii: ":"), bytes[19] == 0x20
    else {
      return self
    }
    return RecordLine(UnsafeBufferPointer(rebasing: bytes[time...]))
  }

  /// Gin's recovery from a panic.
  var isRecovery: Bool { starts(with: "[Recovery] ") && contains("panic recovered:") }

  /// `shop/main.swift:4: Fatal error: …`.
  var isSwiftError: Bool {
    guard let space = bytes.prefix(Self.longestPlace).firstIndex(of: 0x20), space > 8,
      bytes[space - 1] == UInt8(ascii: ":")
    else { return false }
    let rest = UnsafeBufferPointer(rebasing: bytes[(space + 1)...])
    return ByteReader.starts(rest, with: "Fatal error: ")
  }

  private static let longestPlace = 200

  /// `==================` around Go's race reports.
  var isRule: Bool { bytes.count == 18 && bytes.allSatisfy { $0 == UInt8(ascii: "=") } }

  /// `at com.shop.Orders.pay(Orders.java:12)` and `... 14 more`, indented.
  var isJavaFrame: Bool {
    let text = UnsafeBufferPointer(rebasing: bytes[indent...])
    return ByteReader.starts(text, with: "at ") && text.last == UInt8(ascii: ")") && !text.contains(0x2F)
  }

  /// `/srv/orders.go:12 (0x4f5a)`, of Gin's recovery; the last one is in the runtime's assembly, `asm_amd64.s`.
  var isRecoveryFrame: Bool {
    bytes.first == 0x2F && bytes.last == UInt8(ascii: ")") && ByteReader.contains(bytes, " (0x")
      && (ByteReader.contains(bytes, ".go:") || ByteReader.contains(bytes, ".s:"))
  }

  /// What the Go runtime writes between `panic:` and the process's end, beside indented and blank lines.
  var isGoTrace: Bool {
    if starts(with: "goroutine ") || starts(with: "created by ") || starts(with: "[signal ")
      || starts(with: "panic: ") || starts(with: "[originating from ") || starts(with: "[recovered]")
      || starts(with: "runtime stack:") || starts(with: "...additional frames elided...")
      || starts(with: "PC=0x")
    {
      return true
    }
    // A function with its arguments, `main.(*Shop).pay(0xc000012, {0x1, 0x2})`: no space before the first bracket.
    if bytes.last == UInt8(ascii: ")") {
      guard let bracket = bytes.firstIndex(of: UInt8(ascii: "(")) else { return false }
      guard bracket > 0, !bytes[..<bracket].contains(0x20) else { return false }
      return bytes[..<bracket].contains(0x2E) || hasGoArguments(behind: bracket)
    }
    return isRegister
  }

  /// Of `panic({0x61b1a0, 0x6c9a30})`: a function that is built in has no package in front.
  private func hasGoArguments(behind bracket: Int) -> Bool {
    let reader = ByteReader(bytes, at: bracket + 1)
    return reader.starts(with: "0x") || reader.starts(with: "{0x") || reader.starts(with: "{...")
      || reader.starts(with: "...)")
  }

  /// `rax    0x0`, of a fatal signal.
  private var isRegister: Bool {
    guard let space = bytes.firstIndex(of: 0x20), (2...6).contains(space) else { return false }
    var reader = ByteReader(bytes, at: space)
    reader.skipSpaces()
    return reader.starts(with: "0x")
  }

  /// `/srv/app.js:3`, with which Node begins to tell of an uncaught error.
  var isSourcePlace: Bool {
    guard bytes.first == 0x2F || starts(with: "file:///") || starts(with: "node:"),
      let colon = bytes.lastIndex(of: 0x3A), colon + 1 < bytes.count, !bytes.contains(0x20)
    else { return false }
    return bytes[(colon + 1)...].allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// `TypeError: …`, `Error [ERR_X]: …`, `Uncaught …`.
  var isErrorName: Bool {
    if starts(with: "Uncaught ") { return true }
    let name = bytes.prefix { $0 != 0x3A && $0 != 0x20 }
    guard name.count >= 5 else { return false }
    return ByteReader.equals(UnsafeBufferPointer(rebasing: name.suffix(5)), "Error")
  }

  /// `    at pay (app.js:3) {`, `[Error: ENOENT] {`: behind it Node prints the error's fields, and a bracket that closes.
  var opensFields: Bool {
    guard bytes.last == UInt8(ascii: "{"), bytes.count > 3, bytes[bytes.count - 2] == 0x20 else {
      return false
    }
    if isIndented { return ByteReader(bytes, at: indent).starts(with: "at ") }
    return isErrorName || bytes[bytes.count - 3] == UInt8(ascii: "]") && contains("Error")
  }

  var isClosingBrace: Bool { bytes.count == 1 && bytes.first == UInt8(ascii: "}") }

  /// `  File "app.py", line 6`, with which Python begins to tell of a syntax error; frames name a function behind it.
  var isSyntaxErrorPlace: Bool {
    guard starts(with: "  File \""), let end = bytes.lastIndex(where: { $0 < 0x30 || $0 > 0x39 }),
      end + 1 < bytes.count
    else { return false }
    return ByteReader(bytes, at: max(0, end - 7)).starts(with: "\", line ")
  }

  /// The first line of Python's traces of groups.
  var isExceptionGroup: Bool { starts(with: "  + Exception Group Traceback (most recent call last)") }

  /// The other lines of Python's traces of groups: `  | ExceptionGroup: …`, `  +-+---- 1 ----`.
  var isGroupLine: Bool {
    isIndented && (bytes[indent] == UInt8(ascii: "|") || bytes[indent] == UInt8(ascii: "+"))
  }

  /// What Python writes between an exception and the one that came of it.
  var isExceptionLink: Bool {
    starts(with: "During handling of the above exception")
      || starts(with: "The above exception was the direct cause")
  }

  /// Of the backtrace that the Swift runtime writes.
  var isSwiftTrace: Bool {
    if starts(with: "Thread ") || starts(with: "Current stack trace:") || starts(with: "*** ")
      || starts(with: "Registers:") || starts(with: "Platform: ") || starts(with: "Images (")
      || starts(with: "Backtrace took ") || starts(with: "Stack dump:") || starts(with: "Crash")
    {
      return true
    }
    return isCrash || isNumbered || isRegister || isImage || ByteReader.equals(bytes, "...")
  }

  /// With which the Swift runtime tells of a signal.
  var isCrash: Bool {
    starts(with: "*** Signal ") && contains(": Backtracing from ") || starts(with: "*** Program crashed: ")
      || starts(with: "💣 Program crashed: ")
  }

  /// `0x000055adad627000–0x000055adad628388 a6d7b4 shop /srv/shop/shop`.
  private var isImage: Bool { starts(with: "0x") && (contains("–0x") || contains("-0x")) }

  /// `0    libswiftCore.so …`, `1 [ra] 0x… in main`.
  private var isNumbered: Bool {
    var reader = ByteReader(bytes)
    return reader.number() != nil && (reader.peek == 0x20 || reader.peek == 0x2E)
      && (ByteReader.contains(bytes, " 0x") || ByteReader.contains(bytes, " in ") || reader.peek == 0x2E)
  }
}
