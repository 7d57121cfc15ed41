internal import DevtopCore

/// A message of tsc: `FILE(LINE,COLUMN): error TS1: …`, or pretty, `FILE:LINE:COLUMN - error TS1: …`.
struct TypeScriptMessage {
  var severity: Diagnostic.Severity
  var location: SourceLocation
  var text: String

  init?(_ line: Substring) {
    guard let (location, message) = Self.plain(line) ?? Self.pretty(line),
      SourceLocation.isFile(location.file)
    else { return nil }
    for (word, severity) in [("error ", Diagnostic.Severity.error), ("warning ", .warning)]
    where message.hasPrefix(word + "TS") {
      self.severity = severity
      self.location = location
      text = String(message.dropFirst(word.count))
      return
    }
    return nil
  }

  private static func plain(_ line: Substring) -> (SourceLocation, Substring)? {
    guard let open = line.firstIndex(of: "("),
      let (number, afterLine) = SourceLocation.number(line[line.index(after: open)...]),
      afterLine.first == ",",
      let (column, rest) = SourceLocation.number(afterLine.dropFirst()), rest.hasPrefix("): ")
    else { return nil }
    let file = String(line[..<open])
    return (SourceLocation(file: file, line: number, column: column), rest.dropFirst(3))
  }

  private static func pretty(_ line: Substring) -> (SourceLocation, Substring)? {
    guard let dash = line.range(of: " - "), let location = SourceLocation(trailing: line[..<dash.lowerBound])
    else { return nil }
    return (location, line[dash.upperBound...])
  }
}
