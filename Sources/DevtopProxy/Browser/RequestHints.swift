/// What of a request's fields matters to pages, noted line by line without making strings.
///
/// Most requests turn out to be no navigation and to need no edit, and their fields never become text.
package struct RequestHints: Sendable {
  private var destination: Bool?
  private var acceptsHTML = false
  private var isOfProgram = false
  /// Whether it carries entity tags, which may be those of pages with a script.
  package private(set) var hasEntityTags = false

  package init() {}

  /// Takes note of one line.
  package mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    switch name.count {
    case 6:
      if name.equals("accept") { acceptsHTML = acceptsHTML || Self.listsHTML(value) }
      if name.equals("x-pjax") { isOfProgram = true }
    case 9: if name.equals("x-inertia") { isOfProgram = true }
    case 10: if name.equals("hx-request") { isOfProgram = true }
    case 11: if name.equals("turbo-frame") { isOfProgram = true }
    case 12: if name.equals("x-up-version") { isOfProgram = true }
    case 13: if name.equals("if-none-match") { hasEntityTags = true }
    case 14:
      guard destination == nil, name.equals("sec-fetch-dest") else { return }
      destination = value.equals("document") || value.equals("iframe")
    case 16: if name.equals("x-requested-with") { isOfProgram = true }
    case 18: if name.equals("x-turbo-request-id") { isOfProgram = true }
    case _: break
    }
  }

  /// Whether the answer to GET will be shown as a page, rather than read by a program (Fetch Metadata: Sec-Fetch-Dest).
  ///
  /// Browsers tell so only to `localhost` and its like; otherwise it is told by what is accepted, and by the fields of
  /// libraries that put pieces of HTML into a page.
  package var isNavigation: Bool { destination ?? (acceptsHTML && !isOfProgram) }

  /// Whether `InjectionPolicy.requestEdit` may change something.
  package var needsEdit: Bool { isNavigation || hasEntityTags }

  /// Whether `text/html` is among the media ranges.
  private static func listsHTML(_ accept: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    for end in 0...accept.count where end == accept.count || accept[end] == UInt8(ascii: ",") {
      var last = start
      while last < end, accept[last] != UInt8(ascii: ";") { last += 1 }
      while start < last, accept[start] == 0x20 || accept[start] == 0x09 { start += 1 }
      while last > start, accept[last - 1] == 0x20 || accept[last - 1] == 0x09 { last -= 1 }
      if UnsafeRawBufferPointer(rebasing: accept[start..<last]).equals("text/html") { return true }
      start = end + 1
    }
    return false
  }
}

extension UnsafeRawBufferPointer {
  /// Whether it is this text of lower-case ASCII, in any case.
  func equals(_ lowercased: StaticString) -> Bool {
    guard count == lowercased.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      let byte = self[index]
      guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == lowercased.utf8Start[index] else { return false }
    }
    return true
  }
}
