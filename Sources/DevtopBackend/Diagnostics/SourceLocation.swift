/// A place as tools print it.
struct SourceLocation: Equatable, Sendable {
  var file: String
  /// From 1.
  var line: Int
  /// From 1.
  var column: Int?

  init(file: String, line: Int, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// Reads `FILE:LINE[:COLUMN]` and what follows the colon behind it, at the start of a line.
  static func leading(_ line: Substring) -> (location: SourceLocation, message: Substring)? {
    var search = line[...]
    while let colon = search.firstIndex(of: ":") {
      let behind = line[line.index(after: colon)...]
      guard let (number, afterLine) = number(behind) else {
        search = line[line.index(after: colon)...]
        continue
      }
      let file = String(line[..<colon])
      guard isFile(file) else { return nil }
      var location = SourceLocation(file: file, line: number)
      var rest = afterLine
      if rest.first == ":", let (column, afterColumn) = Self.number(rest.dropFirst()) {
        location.column = column
        rest = afterColumn
      }
      guard rest.first == ":" else { return nil }
      return (location, rest.dropFirst().drop { $0 == " " })
    }
    return nil
  }

  /// Reads `FILE:LINE[:COLUMN]` at the start of a text whose beginning is known to be a path.
  init?(trailing text: Substring) {
    var search = text
    while let colon = search.firstIndex(of: ":") {
      if let (number, rest) = Self.number(text[text.index(after: colon)...]) {
        self.init(file: String(text[..<colon]), line: number)
        if rest.first == ":", let (column, _) = Self.number(rest.dropFirst()) { self.column = column }
        return
      }
      search = text[text.index(after: colon)...]
    }
    return nil
  }

  /// Digits at the start, as a number from 1 that a file can have.
  static func number(_ text: Substring) -> (value: Int, rest: Substring)? {
    let digits = text.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty, digits.count <= 9, let value = Int(digits), value > 0 else { return nil }
    return (value, text.dropFirst(digits.count))
  }

  /// Whether a text before `:LINE` is a file name and no sentence, clock or address.
  static func isFile(_ text: String) -> Bool {
    guard let last = text.last, last != "/", last != " ", text.first != " ", text.first != "\t" else {
      return false
    }
    if text.contains(" "), !text.hasPrefix("/"), !text.hasPrefix("./"), !text.hasPrefix("../") {
      return false
    }
    guard !text.contains("://"), !text.contains("\"") else { return false }
    let name = Path.name(text)
    if ["Makefile", "makefile", "GNUmakefile", "Dockerfile", "go.mod", "go.work"].contains(name) {
      return true
    }
    guard let ending = Path.fileExtension(name), (1...8).contains(ending.count) else { return false }
    return ending.first?.isLetter ?? false
      && ending.allSatisfy { $0.isLetter || $0.isNumber || "+-_".contains($0) }
  }
}
