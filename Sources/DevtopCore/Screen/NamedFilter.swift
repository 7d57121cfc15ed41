/// A filter that a person gave a name.
package struct NamedFilter: Equatable, Sendable {
  /// Without tabs and line feeds, as all text that is typed.
  package var name: String
  /// The expression.
  package var text: String
  /// Of requests, not of log lines.
  package var isOfRequests: Bool

  package init(name: String, text: String, isOfRequests: Bool = false) {
    self.name = name
    self.text = text
    self.isOfRequests = isOfRequests
  }
}
