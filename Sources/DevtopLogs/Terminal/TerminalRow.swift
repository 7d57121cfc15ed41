package import DevtopCore

/// A row of a terminal as it was at one moment.
package struct TerminalRow: Equatable, Sendable {
  /// What is in one column.
  package struct Cell: Equatable, Sendable {
    /// A character with its marks as UTF-8; empty for the right half of a wide one.
    package var bytes: [UInt8]
    /// 1 or 2; 0 for the right half of a wide character.
    package var width: Int
    package var style: TextStyle
  }

  /// Up to the last column that was written or coloured.
  let cells: [TerminalCell]
  let clusters: [[UInt8]]
  /// All columns of the screen.
  package let columns: Int
  /// Whether its text goes on in the next row: the terminal broke the line, not the program.
  package let isWrapped: Bool

  /// The content of a column, from 0; a blank one behind the last.
  package subscript(column: Int) -> Cell {
    guard cells.indices.contains(column) else { return Cell(bytes: [0x20], width: 1, style: .plain) }
    var bytes: [UInt8] = []
    append(cells[column], to: &bytes)
    return Cell(bytes: bytes, width: Int(cells[column].width), style: cells[column].style)
  }

  /// Whether nothing is to be seen in it but, perhaps, a background.
  package var isBlank: Bool { cells.allSatisfy { $0.content == TerminalCell.space } }

  /// The text, as UTF-8, without the blanks at its end; a row that goes on in the next keeps them.
  package var plain: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(cells.count)
    for cell in cells { append(cell, to: &bytes) }
    if !isWrapped { while bytes.last == 0x20 { bytes.removeLast() } }
    return bytes
  }

  /// The text with the codes (Select Graphic Rendition) that give it its colours, reset at the end.
  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(cells.count + 16)
    var style = TextStyle.plain
    for cell in visibleCells {
      if !cell.isRightHalf, cell.style != style {
        style = cell.style
        GraphicRendition.append(style, to: &bytes)
      }
      append(cell, to: &bytes)
    }
    if style != .plain { GraphicRendition.append(.plain, to: &bytes) }
    return bytes
  }

  /// The text with its colours, to be drawn.
  package var styledText: StyledText {
    var spans: [StyledText.Span] = []
    var bytes: [UInt8] = []
    var style = TextStyle.plain
    func end() {
      guard !bytes.isEmpty else { return }
      spans.append(StyledText.Span(text: String(decoding: bytes, as: UTF8.self), style: style))
      bytes.removeAll(keepingCapacity: true)
    }
    for cell in visibleCells {
      if !cell.isRightHalf, cell.style != style {
        end()
        style = cell.style
      }
      append(cell, to: &bytes)
    }
    end()
    return StyledText(spans: spans)
  }

  /// Without the blanks at the end that show no colour.
  private var visibleCells: ArraySlice<TerminalCell> {
    var end = cells.count
    if !isWrapped { while end > 0, cells[end - 1].isInvisible { end -= 1 } }
    return cells[..<end]
  }

  private func append(_ cell: TerminalCell, to bytes: inout [UInt8]) {
    if cell.isRightHalf { return }
    if let cluster = cell.cluster {
      bytes.append(contentsOf: clusters[cluster])
    } else if cell.content < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: cell.content))
    } else if let scalar = Unicode.Scalar(cell.content) {
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}

extension TerminalCell {
  /// Whether it looks like a cell that was never written.
  fileprivate var isInvisible: Bool {
    content == Self.space && style.background == .default
      && style.attributes.isDisjoint(with: [.reverse, .underline, .strikethrough])
  }
}
