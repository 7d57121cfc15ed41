import DevtopCore

/// Every key, from the table that handles them.
struct HelpOverlay {
  let scene: Scene
  let scroll: Int

  func draw(on canvas: inout Canvas) {
    let columns = 76
    let size = scene.size
    // Two columns side by side where they fit.
    let isWide = size.columns >= columns * 2 + 8
    let sections = scene.keys.sections.map(lines(of:))
    var lines = Array(sections.joined(separator: [Line("")]))
    if isWide { lines = sideBySide(sections, columns: columns) }
    let box = Box(
      columns: isWide ? columns * 2 + 2 : columns, rows: lines.count,
      on: Size(columns: size.columns, rows: size.rows - 2))
    let isCut = box.content.rows < lines.count
    let first = max(0, min(scroll, lines.count - box.content.rows))
    let footer =
      isCut
      ? "rows \(first + 1)\(scene.symbols.none)\(min(lines.count, first + box.content.rows)) of \(lines.count) \(scene.symbols.dot) j k scroll \(scene.symbols.dot) Esc closes"
      : "Esc closes"
    box.draw(title: "Help", footer: footer, on: &canvas)
    box.draw(lines, scroll: scroll, on: &canvas)
  }

  private func lines(of section: KeyTable.Section) -> [Line] {
    [Line(section.title, .title)] + section.bindings.map(line(of:))
  }

  private func line(of binding: KeyTable.Binding) -> Line {
    let names = binding.keys.map(\.name).joined(separator: " ")
    var line = Line("  " + names, .key)
    if names.isEmpty { line.add("no key", .dim) }
    line.add(String(repeating: " ", count: max(1, 16 - line.columns)))
    line.add(binding.help)
    if !binding.panes.isEmpty {
      let panes = binding.panes.sorted { $0.rawValue < $1.rawValue }.map(\.title).joined(separator: ", ")
      line.add(" (\(panes))", .dim)
    }
    return line
  }

  private func sideBySide(_ sections: [[Line]], columns: Int) -> [Line] {
    let total = sections.reduce(0) { $0 + $1.count + 1 }
    var left: [Line] = []
    var right: [Line] = []
    for section in sections {
      if left.count + section.count / 2 <= total / 2, right.isEmpty {
        left += section + [Line("")]
      } else {
        right += section + [Line("")]
      }
    }
    return (0..<max(left.count, right.count)).map { index in
      var line = index < left.count ? left[index] : Line("")
      guard index < right.count else { return line }
      line.add(String(repeating: " ", count: max(1, columns + 2 - line.columns)))
      line.add(right[index])
      return line
    }
  }
}
