extension Layout {
  /// The columns of text that the box with a row's full text has at most.
  package static func detailColumns(on size: Size) -> Int { max(1, min(160, size.columns - 6)) }

  /// How many rows these lines take in that box.
  static func detailRows(of lines: [String], on size: Size) -> Int {
    let columns = detailColumns(on: size)
    return lines.reduce(0) { $0 + TextWrap.rows(of: $1, columns: columns).count }
  }
}
