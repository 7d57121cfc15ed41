import DevtopCore

/// Reads a filter by recursive descent.
///
///     expression = all { "|" all }
///     all        = term { term }
///     term       = ("!" | "-") term | "(" expression ")" | phrase | "/" regex "/" ["i"] | field ":" value | word
struct FilterParser {
  let characters: [Character]
  var index = 0

  /// Deeper groups are refused: the parser and the matcher go down the tree by recursion.
  private static let maximumDepth = 64
  private var depth = 0

  init(_ text: String) { characters = Array(text) }

  /// - Throws: `FilterError` with the column.
  mutating func parse() throws(FilterError) -> FilterNode {
    skipSpaces()
    if index == characters.count { return .and([]) }
    let root = try expression()
    if index < characters.count {
      throw error("This ) closes nothing. Remove it, or quote it: \")\".", index)
    }
    return root
  }

  private mutating func expression() throws(FilterError) -> FilterNode {
    var alternatives = [try all()]
    while peek == "|" {
      index += 1
      skipSpaces()
      alternatives.append(try all())
    }
    return alternatives.count == 1 ? alternatives[0] : .or(alternatives)
  }

  private mutating func all() throws(FilterError) -> FilterNode {
    var terms: [FilterNode] = []
    while let next = peek, next != "|", next != ")" {
      terms.append(try term())
      skipSpaces()
    }
    if terms.isEmpty {
      throw error("A term is missing here. Write a word, or quote the | or ) to search for it.", index)
    }
    return terms.count == 1 ? terms[0] : .and(terms)
  }

  private mutating func term() throws(FilterError) -> FilterNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else { throw error("Groups are nested too deeply here.", index) }
    switch peek {
    case "!", "-":
      let start = index
      index += 1
      guard let next = peek, !next.isWhitespace, next != "|", next != ")" else {
        throw error("Nothing follows \(characters[start]). Write what must not be there, as !healthz.", start)
      }
      return .not(try term())
    case "(":
      let start = index
      index += 1
      skipSpaces()
      let inner = try expression()
      guard peek == ")" else { throw error("This ( is not closed. Add a ).", start) }
      index += 1
      return inner
    case "\"":
      let column = index
      return try text(try quoted(), quoted: true, at: column)
    case "/": return .text(try regex())
    default: return try word()
    }
  }

  // MARK: Words and values

  private mutating func word() throws(FilterError) -> FilterNode {
    let start = index
    if let name = fieldName() {
      let colon = index
      index += 1
      if let field = FilterField(rawValue: name) { return try fieldTerm(field, colon) }
      // `panic:` is a text that people look for.
      if let next = peek, !next.isWhitespace, next != "|", next != ")" {
        let nearest = NearestWord.nearest(to: name, in: FilterField.allCases.map(\.rawValue)) ?? ""
        index = start
        let text = bareWord()
        throw error(
          "There is no field \"\(name)\"; the nearest is \"\(nearest)\". To search for the text, quote it: \"\(text)\".",
          start)
      }
    } else if peek == ".", characters.count > start + 1, characters[start + 1].isLetter,
      let name = Optional(bareWord()), name.contains(":")
    {
      throw error(
        "Fields of JSON and logfmt lines cannot be filtered yet. Search for the text: \"\(name)\".", start)
    }
    index = start
    return try text(bareWord(), quoted: false, at: start)
  }

  /// A name that a colon follows; `index` is then at the colon.
  private mutating func fieldName() -> String? {
    var end = index
    while end < characters.count, let byte = characters[end].asciiValue,
      characters[end].isLetter || byte == UInt8(ascii: "_")
    {
      end += 1
    }
    guard end > index, end < characters.count, characters[end] == ":" else { return nil }
    defer { index = end }
    return String(characters[index..<end])
  }

  private func text(_ text: String, quoted: Bool, at column: Int) throws(FilterError) -> FilterNode {
    if text.isEmpty { throw error("The quotes are empty. Write the text to look for between them.", column) }
    do {
      let pattern = try TextPattern(literal: text, isCaseless: !text.contains(where: \.isUppercase))
      return .text(pattern)
    } catch {
      throw self.error("This text cannot be searched for: \(error.message).", column)
    }
  }

  /// Characters up to a space, `|` or a `)` that was not opened in the word.
  mutating func bareWord(stoppingAt stops: Set<Character> = []) -> String {
    var word = ""
    var open = 0
    while let next = peek, !next.isWhitespace, next != "|", !stops.contains(next) {
      if next == "(" { open += 1 }
      if next == ")" {
        if open == 0 { break }
        open -= 1
      }
      word.append(next)
      index += 1
    }
    return word
  }

  /// `"…"`; a backslash keeps a quote or a backslash.
  mutating func quoted() throws(FilterError) -> String {
    let start = index
    var phrase = ""
    index += 1
    while let next = peek {
      index += 1
      if next == "\"" { return phrase }
      if next == "\\", peek == "\"" || peek == "\\" {
        phrase.append(characters[index])
        index += 1
      } else {
        phrase.append(next)
      }
    }
    throw error("This \" is not closed. Add a \".", start)
  }

  /// `/…/` with an `i` for caseless; a backslash keeps a slash.
  mutating func regex() throws(FilterError) -> TextPattern {
    let start = index
    var pattern = ""
    index += 1
    while let next = peek, next != "/" {
      index += 1
      pattern.append(next)
      if next == "\\", let escaped = peek {
        // PCRE2 takes `\/` for a slash; the column of an error stays right.
        pattern.append(escaped)
        index += 1
      }
    }
    guard peek == "/" else {
      throw error(
        "This /regex is not closed. Add a /, or quote the text: \"\(String(characters[start...]))\".", start)
    }
    index += 1
    if pattern.isEmpty { throw error("The expression is empty. Write it between the slashes.", start) }
    var isCaseless = false
    let flags = index
    while let next = peek, !next.isWhitespace, next != "|", next != ")", next != "," {
      guard next == "i" else {
        index = start
        throw error(
          "Only i may follow /regex/. To search for a path, quote it: \"\(bareWord())\".", flags)
      }
      isCaseless = true
      index += 1
    }
    do {
      return try TextPattern(regex: pattern, isCaseless: isCaseless)
    } catch {
      let offset = String(decoding: pattern.utf8.prefix(error.offset), as: UTF8.self).count
      throw self.error("The expression is not valid: \(error.message).", start + 1 + offset)
    }
  }

  // MARK: Characters

  var peek: Character? { index < characters.count ? characters[index] : nil }

  private mutating func skipSpaces() {
    while let next = peek, next.isWhitespace { index += 1 }
  }

  func error(_ message: String, _ index: Int) -> FilterError {
    FilterError(message: message, column: index + 1)
  }
}
