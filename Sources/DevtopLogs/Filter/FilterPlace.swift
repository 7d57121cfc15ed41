import DevtopCore

/// Where in a filter its end is: in a word, or in the value of a field.
struct FilterPlace {
  /// The field whose value the text ends in: `level`, `.user.id`.
  private(set) var field: String?
  /// The field whose value a `|` ended: `src` in `src:build|`.
  private(set) var fieldBeforeBar: String?
  /// The first character of the word, or of the value.
  private(set) var start = 0
  private let characters: [Character]

  init(_ text: String, isField: (String) -> Bool) {
    characters = Array(text)
    var isQuoted = false
    var index = 0
    while index < characters.count {
      let character = characters[index]
      defer { index += 1 }
      if isQuoted {
        if character == "\\" { index += 1 }
        if character == "\"" { isQuoted = false }
        continue
      }
      switch character {
      case "\"" where index == start: isQuoted = true
      case ":" where field == nil:
        let name = String(characters[start..<index])
        guard isField(name), name != "." else { continue }
        field = name
        start = index + 1
      case "," where field != nil: start = index + 1
      case "|":
        fieldBeforeBar = field ?? (start == index ? nil : fieldBeforeBar)
        beginTerm(behind: index)
      case "(" where field == nil && index == start, "!" where field == nil && index == start,
        "-" where field == nil && index == start:
        start = index + 1
      case _ where character.isWhitespace || character == ")":
        fieldBeforeBar = nil
        beginTerm(behind: index)
      default: break
      }
    }
  }

  private mutating func beginTerm(behind index: Int) {
    field = nil
    start = index + 1
  }

  /// The word, as far as it was typed.
  var word: String { String(characters[min(start, characters.count)...]) }

  /// The last value, as far as it was typed, without comparisons in front and without quotes.
  var value: (start: Int, text: String, isQuoted: Bool) {
    var start = min(start, characters.count)
    let comparisons: Set<Character> = [">", "<", "="]
    while start < characters.count, comparisons.contains(characters[start]) { start += 1 }
    guard start < characters.count, characters[start] == "\"" else {
      if let dots = (start..<characters.count).last(where: {
        $0 + 1 < characters.count && characters[$0] == "." && characters[$0 + 1] == "."
      }) {
        start = dots + 2
      }
      return (start, String(characters[start...]), false)
    }
    var text = ""
    var index = start + 1
    while index < characters.count, characters[index] != "\"" {
      if characters[index] == "\\", index + 1 < characters.count { index += 1 }
      text.append(characters[index])
      index += 1
    }
    return (start, text, true)
  }
}
