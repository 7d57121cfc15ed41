/// What of an answer's fields matters to pages and copies, noted line by line without making strings.
package struct AnswerHints: Sendable {
  /// Whether the body is HTML of some kind.
  package private(set) var isHTML = false
  /// Whether it tells how long it may be kept, or lets that be guessed.
  package private(set) var concernsCopies = false

  package init() {}

  /// Takes note of one line.
  package mutating func note(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    switch name.count {
    case 6: if name.equals("pragma") { concernsCopies = true }
    case 7: if name.equals("expires") { concernsCopies = true }
    case 12:
      guard name.equals("content-type") else { return }
      isHTML = value.count >= 9 && UnsafeRawBufferPointer(rebasing: value[..<9]).equals("text/html")
    case 13:
      if name.equals("cache-control") || name.equals("last-modified") { concernsCopies = true }
    case _: break
    }
  }

  /// Whether `CacheHeaders.edit` may change something.
  package func needsCacheEdit(status: Int) -> Bool { concernsCopies || CacheHeaders.isKeptByStatus(status) }

  /// Whether `InjectionPolicy.decision` on the answer to a navigation may be other than to leave it.
  package func needsDecision(status: Int) -> Bool { isHTML || status == 304 }
}
