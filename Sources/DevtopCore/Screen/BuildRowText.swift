/// What a row of the Build pane says, in pieces of one role each.
package struct BuildRowText: Equatable, Sendable {
  /// Text of one role.
  package struct Piece: Equatable, Sendable {
    package var text: String
    package var role: Theme.Token

    init(_ text: String, _ role: Theme.Token = .text) {
      self.text = text
      self.role = role
    }
  }

  /// Severity, service and place: always on the row itself.
  package private(set) var head: [Piece]
  /// The message; what does not fit goes on below while the row is selected.
  package private(set) var body: [Piece]
  /// The piece of the body that may be cut where there is one line only.
  private var shortens: Int?

  init(head: [Piece], body: [Piece], shortens: Int? = nil) {
    self.head = head
    self.body = body
    self.shortens = shortens
  }

  /// Columns by which the lines below a row are further in.
  package static let indent = 4

  /// The row and what goes on below it, on lines of `columns` columns, of which the first has the head, too.
  package func lines(columns: Int, atMost most: Int) -> [[Piece]] {
    let text = body.map(\.text).joined()
    let rows = TextWrap.rows(
      of: text, columns: max(1, columns - Self.indent), first: max(0, columns - Self.columns(of: head)),
      atMost: most)
    return rows.enumerated().map { index, row in (index == 0 ? head : []) + pieces(of: row, in: text) }
  }

  /// Everything on one line: newlines are spaces, and a command is cut so that what stands behind it is seen.
  package func line(columns: Int, ellipsis: String) -> [Piece] {
    var pieces = head + body
    let excess = Self.columns(of: pieces) - columns
    if excess > 0, let index = shortens {
      let long = body[index].text
      let kept = max(8, DisplayWidth.columns(of: long) - excess - 1)
      pieces[head.count + index].text = Self.cut(long, columns: kept) + ellipsis
    }
    for index in pieces.indices where pieces[index].text.contains(where: \.isNewline) {
      pieces[index].text = String(pieces[index].text.map { $0.isNewline ? " " : $0 })
    }
    return pieces
  }

  private static func columns(of pieces: [Piece]) -> Int {
    pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.text) }
  }

  private static func cut(_ text: String, columns: Int) -> String {
    var room = columns
    return String(
      text.prefix {
        room -= Glyph($0).columns
        return room >= 0
      })
  }

  /// The pieces of a part of the body's text.
  private func pieces(of row: Substring, in text: String) -> [Piece] {
    var found: [Piece] = []
    var start = text.utf8.startIndex
    for piece in body {
      let end = text.utf8.index(start, offsetBy: piece.text.utf8.count)
      let from = max(start, row.startIndex)
      let to = min(end, row.endIndex)
      if from < to { found.append(Piece(String(text[from..<to]), piece.role)) }
      start = end
    }
    return found
  }
}
