/// Breaks text into the rows of a terminal, between words where that is possible.
package enum TextWrap {
  /// The rows of a text that has `columns` columns, its first row `first`; at least one.
  ///
  /// A newline begins a row. A row that is too long ends before a word; a word that is longer than a row is broken,
  /// too. Spaces where a row ends are left out, those before its first word are kept: they indent.
  package static func rows(
    of text: String, columns: Int, first: Int? = nil, atMost most: Int = .max
  ) -> [Substring] {
    var rows: [Substring] = []
    var start = text.startIndex
    var index = start
    var used = 0
    var limit = first ?? columns
    var wordStart: String.Index?
    var hasWord = false
    func begin(at place: String.Index) {
      start = place
      index = place
      used = 0
      limit = columns
      wordStart = nil
      hasWord = false
    }
    while index < text.endIndex, rows.count < most {
      let character = text[index]
      if character.isNewline {
        rows.append(text[start..<index])
        begin(at: text.index(after: index))
        continue
      }
      let width = Glyph(character).columns
      if used + width > limit {
        if character == " ", hasWord {
          rows.append(text[start..<index])
          begin(at: text[index...].firstIndex { $0 != " " } ?? text.endIndex)
          continue
        }
        if let word = wordStart {
          rows.append(trimmed(text[start..<word]))
          begin(at: word)
          continue
        }
        if rows.isEmpty, limit < columns {
          // The word may fit whole into the next row.
          rows.append(text[start..<start])
          begin(at: start)
          continue
        }
        if index > start {
          rows.append(text[start..<index])
          begin(at: index)
          continue
        }
      }
      used += width
      index = text.index(after: index)
      if character != " " { hasWord = true } else if hasWord { wordStart = index }
    }
    if rows.count < most, start < text.endIndex || rows.isEmpty { rows.append(text[start...]) }
    return rows
  }

  private static func trimmed(_ row: Substring) -> Substring {
    guard let last = row.lastIndex(where: { $0 != " " }) else { return row }
    return row[...last]
  }
}
