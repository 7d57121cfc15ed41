/// Pieces of filter expressions, as the grammar takes them.
package enum FilterText {
  /// A value as a field takes it: in quotes where it would be read as more than a text.
  package static func quoted(_ value: String) -> String {
    let isPlain = value.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@+%#~?&;$".contains($0) }
    if isPlain, !value.isEmpty, !value.contains(".."), !isStatusClass(value), !isExpression(value) {
      return value
    }
    return "\"" + escaped(value) + "\""
  }

  /// What is between the quotes of a phrase.
  package static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  /// The expression that asks for the term, too, in place of its opposite where that is there; nil where it does already.
  package static func adding(_ term: String, to expression: String) -> String? {
    if expression.allSatisfy(\.isWhitespace) { return term }
    if hasAlternatives(expression) { return "(\(expression)) \(term)" }
    // In brackets a term may mean something else.
    guard !expression.contains("(") else { return expression + " " + term }
    var terms = terms(of: expression)
    if terms.contains(term) { return nil }
    let opposite = term.hasPrefix("!") ? String(term.dropFirst()) : "!" + term
    guard let index = terms.firstIndex(of: opposite) else { return expression + " " + term }
    terms[index] = term
    return terms.joined(separator: " ")
  }

  /// What spaces outside of quotes separate.
  private static func terms(of expression: String) -> [String] {
    var isQuoted = false
    return expression.split { character in
      if character == "\"" { isQuoted.toggle() }
      return character == " " && !isQuoted
    }.map(String.init)
  }

  /// Whether a `|` outside of brackets and quotes may be in it: what is put behind would belong to the last part only.
  private static func hasAlternatives(_ expression: String) -> Bool {
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    for character in expression {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case "\"": isQuoted.toggle()
      case "(" where !isQuoted: depth += 1
      case ")" where !isQuoted: depth -= 1
      case "|" where !isQuoted && depth <= 0: return true
      default: break
      }
    }
    // Brackets or quotes that are text: whatever is there is held together.
    return (depth != 0 || isQuoted) && expression.contains("|")
  }

  /// `5xx` stands for 500 to 599.
  private static func isStatusClass(_ value: String) -> Bool {
    value.utf8.count == 3 && value.hasSuffix("xx") && value.first?.isNumber == true
  }

  /// `/…/` and `/…/i` are regular expressions.
  private static func isExpression(_ value: String) -> Bool {
    guard value.hasPrefix("/"), let second = value.dropFirst().firstIndex(of: "/") else { return false }
    return value[second...].dropFirst().allSatisfy { $0 == "i" }
  }
}
