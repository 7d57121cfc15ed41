/// How much of the log a view shows.
package struct ViewCounts: Equatable, Sendable {
  /// Lines that the view shows; markers do not count.
  package var matched = 0
  /// Lines that are kept; markers do not count.
  package var total = 0
  /// Lines that were lost to the memory limit since the start, markers included.
  package var dropped = 0
  /// Every kept line was asked; while false, `matched` still rises.
  package var isComplete = true
  /// What went wrong with the filter, as a sentence for the person who typed it.
  package var problem: String?
}
