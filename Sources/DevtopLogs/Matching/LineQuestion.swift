import DevtopCore

/// What a view asks of each line.
struct LineQuestion: Equatable, Sendable {
  var filter: FilterNode?
  var onlyService: ServiceID?
  /// What is looked for among what would be shown, line by line, lifecycle rows included.
  var search: FilterNode?
  /// Lines of the same service that are wanted before and behind each match, by the filter and by the pane.
  var filterContext = 0
  var paneContext = 0
  /// For `run:last`.
  var newestRuns: [ServiceID: RunNumber] = [:]

  var context: Int { max(filterContext, paneContext) }

  /// Whether every line is an answer.
  var isOpen: Bool { filter == nil && onlyService == nil && search == nil }

  /// The same, of which only what the pattern finds is wanted, with nothing around it.
  func searching(_ pattern: FilterNode) -> LineQuestion {
    var question = self
    question.search = pattern
    (question.filterContext, question.paneContext) = (0, 0)
    return question
  }

  func allows(_ source: LogSource) -> Bool { onlyService.map { $0 == source.service } ?? true }
}
