/// Why a filter cannot be read, and where.
package struct FilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong and the way out, one sentence each.
  package var message: String
  /// From 1, in characters of the filter's text.
  package var column: Int

  package init(message: String, column: Int) {
    self.message = message
    self.column = column
  }

  package var description: String { "column \(column): \(message)" }
}
