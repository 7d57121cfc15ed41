import DevtopCore

/// What a view asks of each line.
struct LineQuestion: Equatable, Sendable {
  var filter: FilterNode?
  var onlyService: ServiceID?
  /// For `run:last`.
  var newestRuns: [ServiceID: RunNumber] = [:]

  /// Whether every line is an answer.
  var isOpen: Bool { filter == nil && onlyService == nil }

  func allows(_ source: LogSource) -> Bool { onlyService.map { $0 == source.service } ?? true }
}
