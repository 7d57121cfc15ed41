import DevtopCore
package import DevtopLogs

/// The rows of the log that a frame shows: a value, so that drawing needs no store.
package struct LogWindow: Sendable {
  /// Oldest first, at most `Dashboard.logRowsNeeded`.
  package var rows: [LogRow]
  /// The last lines of the build's output, while Build shows it (`showsRawOutput`).
  package var buildOutput: [LogRow]
  /// The screen of the terminal that has the keyboard.
  package var terminal: TerminalScreen?

  package init(rows: [LogRow] = [], buildOutput: [LogRow] = []) {
    self.rows = rows
    self.buildOutput = buildOutput
  }
}
