internal import DevtopCore

/// Reads `ready`: `{ port = 8080 }`, `{ http = "/healthz" }`, `{ log = "regex" }` or `"started"`.
struct ReadinessReader {
  let findings: ConfigurationFindings

  func read(_ reader: inout TableReader) -> Readiness? {
    guard let entry = reader.take("ready") else { return nil }
    let path = reader.name(of: "ready")
    switch entry.value.content {
    case .string("started"): return .started
    case .string("listener"): return .listener
    case .string(let text):
      let written = ConfigurationText.quoted(ConfigurationText.shortened(text))
      findings.problem(
        "\(path): \(written) is not a value of it\(NearestName.hint(text, among: ["started", "listener"]))",
        at: entry.value.place)
      return nil
    case .table(let table): return read(table, path: path, at: entry.value.place)
    case .integer, .float, .boolean, .date, .array:
      reader.wrongType(
        entry, expected: "{ port = 8080 }, { http = \"/healthz\" }, { log = \"REGEX\" } or \"started\"")
      return nil
    }
  }

  private func read(_ table: TomlTable, path: String, at place: TomlPlace) -> Readiness? {
    var reader = TableReader(table, path: path, findings: findings)
    defer { reader.finish() }
    let port = reader.port("port")
    let http = reader.string("http", expected: "a path such as \"/healthz\"")
    let log = reader.string("log", expected: "a regular expression")
    if let http, log == nil {
      guard http.text.hasPrefix("/"), !http.text.contains(where: { $0.isWhitespace }) else {
        findings.problem(
          "\(path).http: expected a path such as \"/healthz\" (its port goes into `port`), found "
            + ConfigurationText.quoted(ConfigurationText.shortened(http.text)), at: http.place)
        return nil
      }
      return .http(path: http.text, port: port)
    }
    if let log, http == nil, port == nil {
      if let failure = RegexCheck.failure(of: log.text) {
        findings.problem(
          "\(path).log: at character \(failure.character) of the expression: \(failure.message)",
          at: log.place)
        return nil
      }
      return .log(pattern: log.text)
    }
    if let port, log == nil { return .port(port) }
    // An unknown key is named already, and most likely meant to be one of them.
    let isNothing = table.entries.isEmpty
    let isTooMuch = log != nil && (http != nil || port != nil)
    if isNothing || isTooMuch {
      findings.problem(
        "\(path): write one of { port = 8080 }, { http = \"/healthz\" } and { log = \"REGEX\" }", at: place)
    }
    return nil
  }
}
