import DevtopCore

/// A grid with a theme: what panes draw on.
///
/// Whatever lies outside of `clip` is cut.
struct Canvas {
  private(set) var grid: Grid
  let styles: StyleSheet
  let symbols: Symbols
  /// What may be drawn on.
  private var clip: Layout.Frame

  init(size: Size, theme: Theme, symbols: Symbols) {
    styles = StyleSheet(theme)
    self.symbols = symbols
    grid = Grid(size, style: styles.base)
    clip = Layout.Frame(column: 0, row: 0, columns: grid.size.columns, rows: grid.size.rows)
  }

  /// Draws with everything outside of `frame` cut.
  mutating func clipped(to frame: Layout.Frame, _ body: (inout Canvas) -> Void) {
    let outer = clip
    let left = max(outer.column, frame.column)
    let top = max(outer.row, frame.row)
    clip = Layout.Frame(
      column: left, row: top,
      columns: max(0, min(outer.column + outer.columns, frame.column + frame.columns) - left),
      rows: max(0, min(outer.row + outer.rows, frame.row + frame.rows) - top))
    body(&self)
    clip = outer
  }

  mutating func showCursor(column: Int, row: Int) {
    if clip.contains(column: column, row: row) { grid.cursor = Grid.Position(column: column, row: row) }
  }

  func resolve(_ style: Line.Style) -> PackedStyle {
    switch style {
    case .role(let role): styles[role]
    case .own(let own): styles.styled(own)
    case .both(let role, let own): styles[role].overlaid(with: PackedStyle(own))
    }
  }

  // MARK: Text

  /// Draws text in columns `column..<limit`; what does not fit ends in `…`.
  ///
  /// - Returns: the column after it.
  @discardableResult
  mutating func draw(
    _ text: String, _ role: Theme.Token = .text, column: Int, row: Int, limit: Int = .max
  ) -> Int {
    draw(Line(text, role), column: column, row: row, limit: limit)
  }

  /// Draws a line in columns `column..<limit`; what does not fit ends in `…`.
  ///
  /// - Returns: the column after it.
  @discardableResult
  mutating func draw(_ line: Line, column: Int, row: Int, limit: Int = .max) -> Int {
    let limit = min(limit, clip.column + clip.columns)
    guard row >= clip.row, row < clip.row + clip.rows, column < limit else { return column }
    var position = column
    for segment in line.segments {
      let style = resolve(segment.style)
      guard write(segment.text, at: &position, row: row, limit: limit, style: style) else {
        put(symbols.ellipsis, column: limit - 1, row: row, style: style)
        return limit
      }
    }
    return position
  }

  /// Draws a line so that it ends before column `end`; nothing where it does not fit after `start`.
  mutating func draw(_ line: Line, endingAt end: Int, row: Int, notBefore start: Int) {
    let column = end - line.columns
    if column >= start { draw(line, column: column, row: row, limit: end) }
  }

  /// Draws text that ends before column `end`, cut on its left where it is too long for a table's column.
  mutating func draw(_ text: String, _ role: Theme.Token, endingAt end: Int, row: Int) {
    draw(text, role, column: max(0, end - DisplayWidth.columns(of: text)), row: row, limit: end)
  }

  /// Writes until `limit`.
  ///
  /// - Returns: false where something had to be left out.
  private mutating func write(
    _ text: String, at position: inout Int, row: Int, limit: Int, style: PackedStyle
  ) -> Bool {
    let start = position
    let left = clip.column
    let ascii: Int? =
      text.utf8.withContiguousStorageIfAvailable { bytes in
        guard DisplayWidth.isPrintableASCII(bytes) else { return nil }
        let skipped = min(max(0, left - start), bytes.count)
        let shown = min(bytes.count, limit - start)
        if shown > skipped {
          grid.put(
            ascii: UnsafeBufferPointer(rebasing: bytes[skipped..<shown]), column: start + skipped, row: row,
            style: style)
        }
        return bytes.count
      } ?? nil
    if let ascii {
      position = min(limit, start + ascii)
      return start + ascii <= limit
    }
    for character in text {
      let glyph = Glyph(character)
      guard position + glyph.columns <= limit else {
        // A half-clipped wide character becomes a space.
        if position < limit { grid.put(scalar: 0x20, column: position, row: row, style: style) }
        position = limit
        return false
      }
      if position >= left {
        grid.put(glyph, column: position, row: row, style: style)
      } else if position + glyph.columns > left {
        grid.put(scalar: 0x20, column: left, row: row, style: style)
      }
      position += glyph.columns
    }
    return true
  }

  // MARK: Shapes

  private mutating func put(_ scalar: Unicode.Scalar, column: Int, row: Int, style: PackedStyle) {
    guard clip.contains(column: column, row: row) else { return }
    grid.put(scalar: scalar.value, column: column, row: row, style: style)
  }

  mutating func horizontal(
    _ scalar: Unicode.Scalar, columns: Range<Int>, row: Int, _ role: Theme.Token
  ) {
    let style = styles[role]
    for column in columns.clamped(to: clip.column..<clip.column + clip.columns) {
      put(scalar, column: column, row: row, style: style)
    }
  }

  mutating func vertical(_ scalar: Unicode.Scalar, column: Int, rows: Range<Int>, _ role: Theme.Token) {
    let style = styles[role]
    for row in rows.clamped(to: clip.row..<clip.row + clip.rows) {
      put(scalar, column: column, row: row, style: style)
    }
  }

  mutating func symbol(_ scalar: Unicode.Scalar, column: Int, row: Int, _ role: Theme.Token) {
    put(scalar, column: column, row: row, style: styles[role])
  }

  /// Joins a divider to the rule that it meets; text in its place stays.
  mutating func junction(_ scalar: Unicode.Scalar, column: Int, row: Int, _ role: Theme.Token) {
    guard let cell = grid[column, row], let present = grid.singleScalar(of: cell) else { return }
    let rules = [symbols.horizontal, symbols.focusedHorizontal, symbols.vertical].map(\.value)
    if rules.contains(present) { symbol(scalar, column: column, row: row, role) }
  }

  /// Blanks a rectangle in the style of a role.
  mutating func fill(_ frame: Layout.Frame, _ role: Theme.Token) {
    for row in frame.row..<frame.row + max(0, frame.rows) {
      horizontal(" ", columns: frame.column..<frame.column + max(0, frame.columns), row: row, role)
    }
  }

  /// Lays a role over what is drawn, as a selection does.
  mutating func overlay(_ role: Theme.Token, columns: Range<Int>, row: Int) {
    guard row >= clip.row, row < clip.row + clip.rows else { return }
    grid.overlay(
      styles.overlay(role), columns: columns.clamped(to: clip.column..<clip.column + clip.columns), row: row)
  }
}
