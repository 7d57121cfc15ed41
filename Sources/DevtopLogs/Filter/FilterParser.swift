import DevtopCore

/// Reads a filter by recursive descent.
///
///     expression = all { "|" all }
///     all        = term { term }
///     term       = ("!" | "-") term | "(" expression ")" | phrase | "/" regex "/" ["i"] | field ":" value | word
///     field      = name | "." key { "." key }
///
/// What web developers paste is text: `/api/orders`, `localhost:8080`, `http://…`, `status:500`.
struct FilterParser {
  let characters: [Character]
  var index = 0

  /// Deeper groups are refused: the parser and the matcher go down the tree by recursion.
  private static let maximumDepth = 64
  private var depth = 0

  /// Whose fields are known.
  enum Language {
    case logs
    case requests
  }

  private let language: Language
  let clock: FilterClock
  /// What `near:` asked for.
  var context = 0

  init(_ text: String, language: Language = .logs, clock: FilterClock = FilterClock()) {
    characters = Array(text)
    self.language = language
    self.clock = clock
  }

  private var fieldNames: [String] {
    switch language {
    case .logs: FilterField.allCases.map(\.rawValue)
    case .requests: RequestField.allCases.map(\.rawValue)
    }
  }

  /// The value of the field of this name, where there is one; `index` is at the colon.
  private mutating func fieldTerm(named name: String) throws(FilterError) -> FilterNode? {
    switch language {
    case .logs:
      guard let field = FilterField(rawValue: name) else { return nil }
      index += 1
      return try fieldTerm(field)
    case .requests:
      guard let field = RequestField(rawValue: name) else { return nil }
      index += 1
      return try fieldTerm(field)
    }
  }

  /// - Throws: `FilterError` with the column.
  mutating func parse() throws(FilterError) -> FilterNode {
    skipSpaces()
    if index == characters.count { return .and([]) }
    let root = try expression()
    if index < characters.count {
      throw error("Remove this ), or quote it: \")\". It closes nothing.", index)
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
      throw error("Write a word here, or quote the | or ) to search for it: a term is missing.", index)
    }
    return terms.count == 1 ? terms[0] : .and(terms)
  }

  private mutating func term() throws(FilterError) -> FilterNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else {
      throw error("Remove some ( here: groups are nested too deeply.", index)
    }
    switch peek {
    case "!", "-":
      let start = index
      index += 1
      guard let next = peek, !next.isWhitespace, next != "|", next != ")" else {
        throw error("Write what must not be there, as !healthz. Nothing follows \(characters[start]).", start)
      }
      return .not(try term())
    case "(":
      let start = index
      index += 1
      skipSpaces()
      let inner = try expression()
      guard peek == ")" else { throw error("Add a ), or quote the (: it is not closed.", start) }
      index += 1
      return inner
    case "\"":
      let column = index
      return try text(try quoted(), quoted: true, at: column)
    case "/" where closedRegex() != nil: return .text(try regex())
    default: return try word()
    }
  }

  // MARK: Words and values

  private mutating func word() throws(FilterError) -> FilterNode {
    let start = index
    let whole = bareWord()
    let end = index
    if language == .requests, let kind = Self.kind(whole) { return .request(.kind(kind)) }
    index = start
    // A URL is text, also where its scheme is like a field's name.
    if let name = fieldName(), !whole.contains("://") {
      let colon = index
      if let term = try fieldTerm(named: name) { return term }
      // `panic:` is a text that people look for, and so is `localhost:8080`.
      if end > colon + 1,
        let near = NearestWord.near(to: name, in: fieldNames.filter(isWorthCorrecting))
      {
        throw error(
          "Write \(near)\(whole.dropFirst(name.count)), or quote the text: \"\(whole)\". There is no field \"\(name)\".",
          start)
      }
    } else if language == .logs, peek == ".", let term = try structuredTerm() {
      return term
    }
    index = start
    return try text(bareWord(), quoted: false, at: start)
  }

  /// `res:200` and `at:12` are texts like any other, no mistyped `req:` and `t:`.
  private func isWorthCorrecting(_ name: String) -> Bool { name.utf8.count > 2 && name != "req" }

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

  /// Whether a field of the language comes next.
  var isField: Bool {
    var trial = self
    return trial.fieldName().map(fieldNames.contains) ?? false
  }

  private func text(_ text: String, quoted: Bool, at column: Int) throws(FilterError) -> FilterNode {
    if text.isEmpty { throw error("Write the text to look for between the quotes: they are empty.", column) }
    do {
      let pattern = try TextPattern(literal: text, isCaseless: !text.contains(where: \.isUppercase))
      return .text(pattern)
    } catch {
      throw self.error("This text cannot be searched for: \(error.message).", column)
    }
  }

  /// Characters up to a space, a `|` or a `)` that is not in brackets opened in the word.
  mutating func bareWord(stoppingAt stops: Set<Character> = []) -> String {
    let start = index
    var open = 0
    while let next = peek, !next.isWhitespace, !stops.contains(next) {
      if next == "|", open == 0 || !closesInWord() { break }
      if next == "(" { open += 1 }
      if next == ")" {
        if open == 0 { break }
        open -= 1
      }
      index += 1
    }
    return String(characters[start..<index])
  }

  /// Whether a bracket that was opened in the word is closed in the rest of it.
  private func closesInWord() -> Bool {
    var open = 1
    for next in characters[index...].prefix(while: { !$0.isWhitespace }) {
      if next == "(" { open += 1 }
      if next == ")" { open -= 1 }
      if open == 0 { return true }
    }
    return false
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
    throw error("Add a \": this one is not closed.", start)
  }

  /// A regular expression that the slash at `index` begins: where it is closed, and where the term ends.
  ///
  /// Nil for text that begins with a slash: nothing closes it, or more than the flag `i` follows (`/api/orders`).
  private func closedRegex(stoppingAt stops: Set<Character> = []) -> (close: Int, end: Int)? {
    var close = index + 1
    while close < characters.count, characters[close] != "/" {
      // A backslash keeps a slash.
      close += characters[close] == "\\" ? 2 : 1
    }
    guard close < characters.count, close > index + 1 else { return nil }
    var end = close + 1
    while end < characters.count, characters[end] == "i" { end += 1 }
    guard end < characters.count else { return (close, end) }
    let next = characters[end]
    guard next.isWhitespace || next == "|" || next == ")" || stops.contains(next) else { return nil }
    return (close, end)
  }

  /// `/…/` with an `i` for caseless; a backslash keeps a slash.
  mutating func regex(stoppingAt stops: Set<Character> = []) throws(FilterError) -> TextPattern {
    let start = index
    guard let (close, end) = closedRegex(stoppingAt: stops) else {
      throw error("Close the expression with a / (or /i), or quote the name.", start)
    }
    // PCRE2 takes `\/` for a slash; the column of an error stays right.
    let pattern = String(characters[start + 1..<close])
    index = end
    do {
      return try TextPattern(regex: pattern, isCaseless: end > close + 1)
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
