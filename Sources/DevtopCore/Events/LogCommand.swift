/// What `update` asks of the filtered view of the log; answered by `LogAnswer`.
package enum LogCommand: Equatable, Sendable {
  /// Apply a filter expression; empty: none.
  case setFilter(String)
  /// Show so many lines around what the filter finds.
  case setContext(Int)
  /// Show one service, or all.
  case showService(ServiceID?)
  /// Move the cursor by rows within a window of `height` rows that ends at `bottom` (nil: at the end).
  case move(cursor: Int?, bottom: Int?, by: Int, height: Int)
  case moveToStart(height: Int)
  /// Show the visible lines from another column on, by columns; not further than the longest one goes.
  case moveSideways(from: Int, by: Int)
  /// The next line that matches, from the cursor; wraps around.
  case find(String, from: Int?, forward: Bool, height: Int)
  /// The next line of level error or above (warnings where `warnings`), from the cursor.
  case findLevel(LogLevel, from: Int?, forward: Bool, height: Int)
  /// Select the visible row of this index, from the top of the window.
  case selectRow(Int, bottom: Int?, height: Int)
  /// Unfold the record of a line, fold an unfolded one at its first line, or show the line in full; nil: the last.
  case openLine(Int?, bottom: Int?, height: Int)
  /// Open the file that one line names; nil: the last.
  case openLocation(Int?)
  /// Copy one line, without colours; nil: the last.
  case copy(Int?)
  /// Show the first line at or after a time, as it was typed: `14:02`, `-5m`.
  case jump(String, height: Int)
  /// Write the lines that are shown to a file, whose name is relative to the project; answered by `Event.said` when done.
  case export(String)
  /// Hide all lines up to now.
  case clear
  /// Show again what `clear` hid.
  case undoClear
  /// Tell the lines that have a request's id.
  case linesWithID(String)
  /// Choose the filter that shows the lines of one request.
  case showRequest(RequestLines)
  /// Read a filter of requests; empty: none.
  case setRequestFilter(String)
  /// Tell what of a line can be filtered by; nil: the last.
  case terms(Int?, withService: Bool, excludes: Bool)
  /// Tell which line a mark is for; nil: the last.
  case lineToMark(Int?)
  /// The nearest of the marked lines that is shown, from the cursor; wraps around.
  case findMark(Set<Int>, from: Int?, forward: Bool, height: Int)
  /// Begin a selection at a line; nil: the last.
  case beginSelection(Int?, bottom: Int?, height: Int)
  /// Copy the shown lines between two, both included, without colours; records whole.
  case copyLines(Int, Int)
  /// Look for what may follow in a filter: its text up to the cursor, of requests or of log lines.
  case complete(String, isOfRequests: Bool)
}

/// Which lines of the log belong to a request.
package struct RequestLines: Equatable, Sendable {
  /// Lines with it are meant, where there are any.
  package var requestID: String?
  package var service: ServiceID
  package var run: RunNumber
  /// Else the run's lines of this time.
  package var time: ClosedRange<WallTime>

  package init(requestID: String?, service: ServiceID, run: RunNumber, time: ClosedRange<WallTime>) {
    self.requestID = requestID
    self.service = service
    self.run = run
    self.time = time
  }
}

/// What the filtered view of the log answers.
package enum LogAnswer: Equatable, Sendable {
  case filterApplied(String)
  /// `column` is from 1, in characters of the expression.
  case filterRejected(String, message: String, column: Int)
  /// Sequence numbers of the selected line and of the lowest visible one; nil bottom: follow the end.
  case moved(cursor: Int?, bottom: Int?)
  /// The first column that is shown, from 0.
  case movedSideways(Int)
  case notFound(String)
  /// The text of the line to copy.
  case copied(String)
  case detail(title: String, lines: [String])
  case location(path: String, line: Int?, column: Int?)
  /// The newest lines that have a request's id, oldest first, and whether there are more.
  case linesWithID(String, [String], hasMore: Bool)
  /// The filter that shows a request's lines, and whether it goes by time, for want of the request's id in them.
  case requestLines(filter: String, isByTime: Bool)
  /// Nil: none. What cannot be read is answered by `filterRejected`.
  case requestFilter(RequestFilter?)
  /// Terms of a filter that one line meets, the broadest first.
  case terms([String], excludes: Bool)
  case lineToMark(Int)
  /// Sequence numbers of the line that a selection begins with and of the lowest visible one.
  case selectionBegan(Int, bottom: Int)
  /// What may follow in the filter that was typed so far.
  case completed(String, FilterCompletion)
}

/// What a search finds.
package struct SearchCounts: Equatable, Sendable {
  /// Which of the lines that it finds is selected, from 1; nil: none of them.
  package var place: Int?
  package var total: Int
  /// Whether all that is shown has been searched.
  package var isComplete: Bool

  package init(place: Int?, total: Int, isComplete: Bool) {
    self.place = place
    self.total = total
    self.isComplete = isComplete
  }
}

/// How much of the log is shown.
package struct LogCounts: Equatable, Sendable {
  package var matched: Int
  package var total: Int
  /// Lines that were dropped from memory.
  package var dropped: Int
  /// Whether all kept lines have been matched.
  package var isComplete: Bool
  /// Nil while nothing is searched for.
  package var search: SearchCounts?
  /// Why a filter or a search may have missed lines, as a sentence.
  package var problem: String?
  /// Shown rows that are selected; 0: none.
  package var selected = 0

  package init(matched: Int = 0, total: Int = 0, dropped: Int = 0, isComplete: Bool = true) {
    self.matched = matched
    self.total = total
    self.dropped = dropped
    self.isComplete = isComplete
  }
}
