/// What Tab finds for the word before the cursor of a filter.
package struct FilterCompletion: Equatable, Sendable {
  /// One way to go on.
  package struct Candidate: Equatable, Sendable {
    /// As people read it.
    package var label: String
    /// As it is typed, in quotes where it must be.
    package var text: String

    package init(_ label: String, text: String) {
      self.label = label
      self.text = text
    }
  }

  /// How many characters of the expression stay in front of what is completed.
  package var start: Int
  /// What all candidates begin with, where that is more than was typed; the whole of a single one.
  package var common: String?
  package var candidates: [Candidate]
  /// The candidate that stands in the expression; nil: none yet.
  package var selected: Int?

  package init(start: Int, common: String? = nil, candidates: [Candidate] = []) {
    self.start = start
    self.common = common
    self.candidates = candidates
  }

  /// Goes to the next candidate, or the one before, around the ends.
  mutating func select(forward: Bool) -> Candidate? {
    guard !candidates.isEmpty else { return nil }
    let next = selected.map { $0 + (forward ? 1 : -1) } ?? (forward ? 0 : -1)
    let index = (next + candidates.count) % candidates.count
    selected = index
    return candidates[index]
  }
}
