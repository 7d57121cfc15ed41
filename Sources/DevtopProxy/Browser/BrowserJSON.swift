import DevtopCore

/// Small JSON values (RFC 8259), built from the inside out.
enum BrowserJSON {
  static func object(_ members: KeyValuePairs<String, String>) -> String {
    "{" + members.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  static func array(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }

  /// Also safe where it stands in a script: no `<`, no line separators.
  static func string(_ value: String) -> String {
    var text = ""
    JSONText.appendString(value, to: &text, isInScript: true)
    return text
  }
}
