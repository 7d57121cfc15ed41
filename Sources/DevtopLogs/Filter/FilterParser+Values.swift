extension FilterParser {
  /// A field of a structured line, `.user.id:42`; nil for text, and `index` is at the dot.
  ///
  /// - Throws: `FilterError` with the column.
  mutating func structuredTerm() throws(FilterError) -> FilterNode? {
    let start = index
    guard let colon = characters[start...].firstIndex(where: { $0 == ":" || $0.isWhitespace }),
      characters[colon] == ":", colon > start + 1,
      characters[start + 1].isLetter || "_@$".contains(characters[start + 1])
    else { return nil }
    let path = FieldPath(String(characters[start + 1..<colon]))
    if characters[colon...].starts(with: "://") { return nil }
    index = colon + 1
    try requireValue(
      ".\(path.text)", example: ".\(path.text):42, .\(path.text):>=500 or .\(path.text):/text/")
    return .field(
      path, try values(barContinues: false) { parser, _ throws(FilterError) in try parser.condition() })
  }

  /// `has:user.id`: the field is there; `has:level`: a level is named.
  mutating func presence() throws(FilterError) -> FilterNode {
    let nodes = try values(barContinues: false) { parser, start throws(FilterError) in
      let word = parser.bareWord(stoppingAt: [","])
      let name = word.hasPrefix(".") ? String(word.dropFirst()) : word
      guard !name.isEmpty else {
        throw parser.error("Write a field's name here, as in has:user.id: it is missing.", start)
      }
      return word == "level" ? FilterNode.level(.all) : .field(FieldPath(name), [.exists])
    }
    return nodes.count == 1 ? nodes[0] : .or(nodes)
  }

  /// `near:3`: lines around each match are shown, too; it matches everything itself.
  mutating func near() throws(FilterError) -> FilterNode {
    let start = index
    let word = bareWord()
    guard let lines = Int(word), (0...100).contains(lines) else {
      throw error("Write a number of lines from 0 to 100: near:3. \"\(word)\" is none.", start)
    }
    context = lines
    return .and([])
  }

  /// A text, `/regex/`, a comparison (`>=500`, `>100ms`), a range (`1..5`) or a class (`5xx`).
  private mutating func condition() throws(FilterError) -> FieldCondition {
    let start = index
    if peek == "/", let pattern = try? regex(stoppingAt: [","]) { return .pattern(pattern) }
    index = start
    if peek == "\"" { return .text(Glob(try quoted(), hasStars: false)) }
    let word = bareWord(stoppingAt: [","])
    guard !word.isEmpty else { throw error("Write a value here: it is missing.", start) }
    for prefix in [">=", "<=", ">", "<"] where word.hasPrefix(prefix) {
      let bound = try quantity(word.dropFirst(prefix.count), at: start + prefix.count)
      let range: ClosedRange<Double> =
        switch prefix {
        case ">=": bound.value...Double.infinity
        case ">": bound.value.nextUp...Double.infinity
        case "<=": -Double.infinity...bound.value
        default: -Double.infinity...bound.value.nextDown
        }
      return .quantity(range, bound.kind)
    }
    if let range = try rangeOfQuantities(word, at: start) { return range }
    if word.utf8.count == 3, word.hasSuffix("xx"), let hundreds = word.first?.wholeNumberValue, hundreds > 0 {
      return .quantity(Double(hundreds * 100)...Double(hundreds * 100 + 99), .number)
    }
    return .text(Glob(word, isCaseless: !word.contains(where: \.isUppercase)))
  }

  /// `1..5`, `..5`, `100ms..1s`; nil for a text in which two dots are.
  private func rangeOfQuantities(_ word: String, at start: Int) throws(FilterError) -> FieldCondition? {
    guard let dots = word.firstRange(of: "..") else { return nil }
    let low = word[..<dots.lowerBound]
    let high = word[dots.upperBound...]
    let (lower, upper) = (Quantity(low), Quantity(high))
    guard low.isEmpty != (lower != nil), high.isEmpty != (upper != nil), let kind = upper?.kind ?? lower?.kind
    else { return nil }
    if let lower, let upper, lower.kind != upper.kind {
      throw error("Write both ends with one unit: \(low) and \(high) count different things.", start)
    }
    let (from, to) = (lower?.value ?? -.infinity, upper?.value ?? .infinity)
    guard from <= to else {
      throw error("Write the smaller value first: \(high)..\(low). The range is empty.", start)
    }
    return .quantity(from...to, kind)
  }

  private func quantity(_ word: Substring, at start: Int) throws(FilterError) -> Quantity {
    if let quantity = Quantity(word) { return quantity }
    throw error(
      "Write a number to compare with, with or without a unit: >=500, >100ms, <10k. \"\(word)\" is none.",
      start)
  }
}
