import DevtopCore

/// The full text of a row.
struct DetailOverlay {
  let scene: Scene
  let title: String
  let lines: [String]
  let scroll: Int

  func draw(on canvas: inout Canvas) {
    let size = scene.size
    let width = Layout.detailColumns(on: size)
    let wrapped = lines.flatMap { TextWrap.rows(of: $0, columns: width).map { Line(String($0)) } }
    let columns = max(40, wrapped.map(\.columns).max() ?? 0)
    let box = Box(
      columns: min(width, columns), rows: wrapped.count, on: Size(columns: size.columns, rows: size.rows - 2))
    let isCut = box.content.rows < wrapped.count
    box.draw(
      title: title,
      footer: isCut
        ? "\(wrapped.count) rows \(scene.symbols.dot) j k scroll \(scene.symbols.dot) Esc closes"
        : "Esc closes",
      on: &canvas)
    box.draw(wrapped, scroll: scroll, on: &canvas)
  }
}
