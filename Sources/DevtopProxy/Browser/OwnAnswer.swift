package import DevtopCore

/// An answer that devtop gives by itself.
package struct OwnAnswer: Equatable, Sendable {
  package var status: Int
  /// In order; Content-Length is among them unless the body has no end.
  package var fields: [HeaderField]
  /// Empty for an event stream, and for HEAD.
  package var body: [UInt8]

  package init(status: Int, fields: [HeaderField], body: [UInt8]) {
    self.status = status
    self.fields = fields
    self.body = body
  }
}
