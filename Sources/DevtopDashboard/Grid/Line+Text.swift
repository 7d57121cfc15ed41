import DevtopCore

extension Line {
  /// The same text broken into lines of at most `limit` columns; at least one.
  func wrapped(columns limit: Int) -> [Line] {
    var lines: [Line] = []
    var line = Line()
    var used = 0
    for segment in segments {
      var piece = ""
      for character in segment.text {
        let width = Glyph(character).columns
        if used + width > limit, used > 0 {
          line.add(piece, style: segment.style)
          lines.append(line)
          line = Line()
          piece = ""
          used = 0
        }
        piece.append(character)
        used += width
      }
      line.add(piece, style: segment.style)
    }
    lines.append(line)
    return lines
  }

  /// The columns where a word occurs; a word without capitals matches in any case.
  func matches(of word: String) -> [Range<Int>] {
    let bytes = segments.flatMap { Array($0.text.utf8) }
    let wanted = Array(word.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return [] }
    let folds = !word.contains { $0.isUppercase }
    var ranges: [Range<Int>] = []
    var start = 0
    while start + wanted.count <= bytes.count {
      let isMatch = wanted.indices.allSatisfy {
        let byte = bytes[start + $0]
        return byte == wanted[$0] || folds && Self.lowercased(byte) == wanted[$0]
      }
      guard isMatch else {
        start += 1
        continue
      }
      let before = DisplayWidth.columns(of: String(decoding: bytes[..<start], as: UTF8.self))
      let inside = bytes[start..<start + wanted.count]
      let width = DisplayWidth.columns(of: String(decoding: inside, as: UTF8.self))
      ranges.append(before..<before + width)
      start += wanted.count
    }
    return ranges
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
  }
}
