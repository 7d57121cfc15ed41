import NIOCore

/// What live reload knows about one request for a page, or about one that has entity tags of pages.
final class PageExchange {
  /// Whether its answer will be shown as a page.
  let isNavigation: Bool
  /// The Host field.
  let host: String
  /// Of the run that it was sent to.
  var version: PageVersion?
  /// Where the script comes in; nil while there is none.
  var body: InjectedBody?

  init(_ head: borrowing RequestHead, _ bytes: ByteBuffer) {
    isNavigation = head.method == .get && head.hints.isNavigation
    let value = head.host >= 0 ? head.fields.lines[head.host].value : 0..<0
    host = bytes.withUnsafeReadableBytes { String(decoding: $0.slice(value), as: UTF8.self) }
  }
}
