package import NIOCore

/// Puts one tag into an HTML document that arrives in pieces, and leaves every other byte as it is.
///
/// The tag comes right behind `<head>`, or where a parser would imply that: before anything that could run,
/// before a `<base>` and before a `<meta>` policy. At most eight bytes are held back, never for longer than the
/// next piece; everything behind the tag passes untouched. A document in UTF-16 is left alone, and
/// so is one that ends within a comment or a tag before its head.
package struct HTMLInjection: Sendable {
  private let tag: String
  private var prolog = HTMLProlog()
  private var held = ByteBuffer()
  /// Whether what follows passes as it is, so that `add` need not be called.
  package private(set) var isDone = false

  package init(tag: String) { self.tag = tag }

  /// What is to be sent for the next piece of the document; empty while nothing can be told.
  package mutating func add(_ piece: ByteBuffer) -> ByteBuffer {
    guard !isDone else { return piece }
    var bytes = piece
    if held.readableBytes > 0 {
      bytes = held
      bytes.writeImmutableBuffer(piece)
      held = ByteBuffer()
    }
    let finding = bytes.withUnsafeReadableBytes { prolog.scan($0) }
    switch finding {
    case .undecided(let from):
      guard let known = bytes.readSlice(length: from) else { return bytes }
      held = bytes
      return known
    case .place(let place):
      isDone = true
      guard var result = bytes.readSlice(length: place) else { return bytes }
      result.reserveCapacity(place + tag.utf8.count + bytes.readableBytes)
      result.writeString(tag)
      result.writeBuffer(&bytes)
      return result
    case .nowhere:
      isDone = true
      return bytes
    }
  }

  /// What is left to be sent at the end of the document.
  ///
  /// An empty document gets the tag too, so that the page is loaded again once there is something on it.
  package mutating func end() -> ByteBuffer {
    guard !isDone else { return ByteBuffer() }
    isDone = true
    guard prolog.canEndHere else { return held }
    var result = ByteBuffer(string: tag)
    result.writeImmutableBuffer(held)
    held = ByteBuffer()
    return result
  }
}
