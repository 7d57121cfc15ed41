/// The way to a field of a structured line, as it is typed: `user.id`, `items.0.price`.
struct FieldPath: Equatable, Sendable {
  let text: String
  /// One key after the other; a number is also the place in a list.
  let keys: [[UInt8]]
  /// All of it, for flat fields that have dots in their names (`log.level`).
  let whole: [UInt8]
  /// Of the last key: what a line must have in it that names the field.
  let pattern: TextPattern?

  init(_ text: String) {
    self.text = text
    whole = Array(text.utf8)
    let last = text.split(separator: ".").last.map(String.init)
    pattern = last.flatMap { try? TextPattern(literal: $0, isCaseless: false) }
    keys = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: true).map(Array.init)
  }
}
