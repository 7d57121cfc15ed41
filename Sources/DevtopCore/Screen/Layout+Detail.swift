extension Layout {
  /// The columns of text that the box with a row's full text has at most.
  package static func detailColumns(on size: Size) -> Int { max(1, min(160, size.columns - 6)) }

  /// How many rows these lines take in that box: exact for ASCII, else as if every character were two columns wide.
  static func detailRows(of lines: [String], on size: Size) -> Int {
    let columns = detailColumns(on: size)
    return lines.reduce(0) { rows, line in
      let count = line.count
      if line.utf8.allSatisfy({ $0 < 0x80 }) { return rows + max(1, (count + columns - 1) / columns) }
      // A wide character that does not fit leaves a column empty.
      let pairs = max(1, columns / 2)
      return rows + max(1, (count + pairs - 1) / pairs)
    }
  }
}
