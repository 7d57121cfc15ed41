import DevtopCore

/// Words to choose from in one row: as many as fit, the selected one among them.
struct ChoiceLine {
  let labels: [String]
  let selected: Int?
  let symbols: Symbols

  /// No word takes more.
  private static let longest = 30

  private func columns(of label: String) -> Int { min(DisplayWidth.columns(of: label), Self.longest) }

  func draw(on canvas: inout Canvas, column: Int, row: Int, limit: Int) {
    let room = limit - 1 - column
    let shown = shown(room)
    var position = column
    if shown.lowerBound > 0 {
      position = canvas.draw("\(symbols.ellipsis)", .dim, column: position, row: row)
    }
    for index in shown {
      let isSelected = index == selected
      if isSelected { canvas.symbol(symbols.pointer, column: position, row: row, .borderFocus) }
      let end = canvas.draw(
        labels[index], .menu, column: position + 1, row: row,
        limit: min(limit - 1, position + 1 + columns(of: labels[index])))
      if isSelected { canvas.overlay(.selection, columns: position..<end, row: row) }
      position = end + 1
    }
    guard shown.upperBound < labels.count else { return }
    canvas.draw(" +\(labels.count - shown.upperBound)", .dim, column: position, row: row, limit: limit)
  }

  /// The last page of them that begins with the first or behind a page before, and has the selected one.
  private func shown(_ room: Int) -> Range<Int> {
    var start = 0
    while true {
      var used = start > 0 ? 1 : 0
      var end = start
      while end < labels.count {
        let width = columns(of: labels[end]) + 2
        // Room for how many are left.
        guard used + width + (end + 1 < labels.count ? 6 : 0) <= room || end == start else { break }
        used += width
        end += 1
      }
      guard let selected, selected >= end, end < labels.count else { return start..<end }
      start = end
    }
  }
}
