import DevtopLogs

extension TerminalScreen {
  /// A row as text, without the blanks at its end.
  func text(row index: Int) -> String { String(decoding: row(index).plain, as: UTF8.self) }
}
