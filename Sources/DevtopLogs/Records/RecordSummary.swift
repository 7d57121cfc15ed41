package import DevtopCore

/// What the row of a folded record tells.
package struct RecordSummary: Equatable, Sendable {
  /// Lines behind the first.
  package var lineCount: Int
  /// Calls of a stack trace among them.
  package var frameCount: Int
  /// The first frame in the project's own files: the function and the place, as the trace has them.
  package var frame: String?
  package var location: FileLocation?
  /// What went wrong, where the first line does not say it.
  package var message: String?

  /// `14 frames`, or `5 lines` where it is no trace.
  package var count: String {
    frameCount > 0
      ? frameCount == 1 ? "1 frame" : "\(frameCount) frames"
      : lineCount == 1 ? "1 line" : "\(lineCount) lines"
  }

  /// - Parameters:
  ///   - lines: all lines of the record, without escapes.
  ///   - root: the project's directory.
  init(_ lines: [String], root: String) {
    lineCount = max(0, lines.count - 1)
    frameCount = 0
    message = Self.message(lines)
    var function: String?
    for (index, line) in lines.enumerated().dropFirst() {
      let text = Self.withoutMargin(line)
      guard Self.isFrame(text) else {
        // Go names the function in the line before its place.
        function = text.isEmpty ? nil : String(text)
        continue
      }
      frameCount += 1
      if location == nil, let place = FileLocation.find(in: String(text)), Self.isOwn(place.path, root: root)
      {
        location = place
        let path =
          place.path.hasPrefix(root + "/") ? String(place.path.dropFirst(root.count + 1)) : place.path
        let next = index + 1 < lines.count ? lines[index + 1] : ""
        let name = Self.function(in: text, before: next) ?? function.map(Self.name)
        frame = ["\(path):\(place.line)", name].compactMap { $0 }.joined(separator: " ")
      }
    }
  }

  /// Python names the exception last, Node after the source, Gin before the frames, Rust and Go's race reports in the
  /// second line.
  private static func message(_ lines: [String]) -> String? {
    guard let head = lines.first else { return nil }
    let plain = lines.dropFirst().filter { $0.first.map { !$0.isWhitespace } ?? false }
    if head.contains("Traceback (most recent call last)") || head.hasPrefix("  File \"") {
      return exception(lines.dropFirst())
    }
    if head.hasPrefix("===="), plain.first?.hasPrefix("WARNING: DATA RACE") ?? false { return "DATA RACE" }
    if head.contains("panic recovered:") { return plain.prefix { !$0.contains(" (0x") }.last }
    if head.contains("panicked at"), head.hasSuffix(":") { return plain.first }
    if head.hasPrefix("/") || head.hasPrefix("file:///") || head.hasPrefix("node:") {
      return plain.first { $0.contains("Error") || $0.hasPrefix("Uncaught ") }
    }
    return nil
  }

  /// The last that Python names; of a group, the group itself and not what is in it.
  private static func exception(_ lines: ArraySlice<String>) -> String? {
    for line in lines.reversed() {
      let text = line.hasPrefix("  | ") ? line.dropFirst(4) : line[...]
      guard let first = text.first, !first.isWhitespace else { continue }
      if text.hasPrefix("During handling of ") || text.hasPrefix("The above exception was ") { continue }
      return String(text)
    }
    return nil
  }

  /// Without the indentation, and without the bar that Python draws before the frames of a group.
  private static func withoutMargin(_ line: String) -> Substring {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard text.hasPrefix("|") else { return text }
    let inner = text.drop { $0 == " " || $0 == "|" }
    return inner.hasPrefix("File \"") ? inner : text
  }

  /// Whether a line without its indentation is a call of a stack trace with its place.
  private static func isFrame(_ text: Substring) -> Bool {
    if text.hasPrefix("at ") || text.hasPrefix("File \"") { return true }
    if swiftCall(text) != nil { return true }
    return text.hasPrefix("/") && text.contains(":") || text.contains(".go:")
  }

  /// What comes behind the address in `3 [ra] 0x000055ad work() + 150 in shop at /srv/main.swift:1:35`.
  private static func swiftCall(_ text: Substring) -> Substring? {
    let number = text.prefix { $0.isNumber }
    var rest = text[number.endIndex...]
    guard !number.isEmpty, rest.hasPrefix(" ") else { return nil }
    rest = rest.drop { $0 == " " }
    while rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      rest = rest[end...].dropFirst().drop { $0 == " " }
    }
    guard rest.hasPrefix("0x"), let space = rest.firstIndex(of: " ") else { return nil }
    let call = rest[space...].dropFirst()
    return call.contains(" in ") ? call : nil
  }

  /// Of `at pay (/srv/app.js:3:9)`, `File "app.py", line 7, in pay`, `at com.shop.Orders.pay(Orders.java:12)`, and of
  /// Swift's frames; Gin's recovery names it in the next line, `\tmain.pay: total / count`.
  private static func function(in text: Substring, before next: String) -> String? {
    if text.hasSuffix(")"), text.contains(" (0x") {
      return next.split(separator: ":").first.map { String($0.drop { $0 == " " || $0 == "\t" }) }
    }
    if text.hasPrefix("File \""), let name = text.firstRange(of: ", in ") {
      return String(text[name.upperBound...])
    }
    if let call = swiftCall(text) {
      // Closures have ` in ` in their names; calls that were inlined have no offset.
      let end = call.ranges(of: " + ").last ?? call.ranges(of: " in ").last
      return end.map { String(call[..<$0.lowerBound]) }
    }
    guard text.hasPrefix("at "), let bracket = text.firstIndex(of: "(") else { return nil }
    let name = text.dropFirst(3)[..<bracket].trimmed
    return name.isEmpty ? nil : name
  }

  /// `main.pay` out of `main.pay(0xc000012, 0x1)`.
  private static func name(_ call: String) -> String {
    var call = call.hasPrefix("created by ") ? call.dropFirst(11) : call[...]
    // Rust numbers them: `1: shop::pay`.
    if let colon = call.firstRange(of: ": "), call[..<colon.lowerBound].allSatisfy(\.isNumber) {
      call = call[colon.upperBound...]
    }
    // Brackets of a receiver, `main.(*Shop).pay(…)`, come before the arguments.
    let end = call.lastIndex(of: "(").flatMap { $0 == call.startIndex ? nil : $0 } ?? call.endIndex
    return String(call[..<end])
  }

  private static let foreign = [
    "/node_modules/", "/site-packages/", "/dist-packages/", "/vendor/", "/.cargo/", "/rustc/", "/pkg/mod/",
    "/go/src/",
    "/usr/lib/", "/usr/share/", "/.build/checkouts/",
  ]

  private static func isOwn(_ path: String, root: String) -> Bool {
    if foreign.contains(where: path.contains) || path.hasPrefix("node:") { return false }
    return !path.hasPrefix("/") || path.hasPrefix(root + "/")
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
