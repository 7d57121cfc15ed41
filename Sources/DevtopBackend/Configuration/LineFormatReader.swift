internal import DevtopCore
internal import DevtopLogs

/// Reads the `[format.NAME]` tables of `devtop.toml`.
struct LineFormatReader {
  let findings: ConfigurationFindings
  /// The services of the file.
  let services: [ServiceID]

  func readAll(_ table: TomlTable) -> [LineFormatSettings] {
    table.entries.compactMap { entry in
      guard case .table(let fields) = entry.value.content else {
        findings.problem(
          "format.\(entry.key): expected a table, found \(entry.value.found); a format has a name: "
            + "[format.NAME]", at: entry.keyPlace)
        return nil
      }
      guard DevtopServiceReader.isName(entry.key) else {
        let written = ConfigurationText.quoted(ConfigurationText.shortened(entry.key))
        findings.problem(
          "\(written) is no name for a format; use letters, digits, `-`, `_` and `.`, 64 at most",
          at: entry.keyPlace)
        return nil
      }
      var reader = TableReader(fields, path: "format.\(entry.key)", findings: findings)
      defer { reader.finish() }
      return read(&reader, name: entry.key, at: entry.keyPlace)
    }
  }

  private func read(_ reader: inout TableReader, name: String, at place: TomlPlace) -> LineFormatSettings? {
    let pattern = reader.string("pattern")
    let levels = levels(&reader)
    let services = services(&reader)
    guard let pattern else {
      if reader.table["pattern"] == nil {
        findings.problem(
          "\(reader.path) needs a pattern, such as pattern = '^(?<time>\\S+) (?<level>\\w+) (?<message>.*)$'",
          at: place)
      }
      return nil
    }
    let settings = LineFormatSettings(name: name, pattern: pattern.text, levels: levels, services: services)
    do throws(LineFormatError) {
      let format = try LineFormat(settings)
      if !levels.isEmpty, !format.tellsLevel {
        findings.problem(
          "\(reader.path).levels: the pattern has no group of the name level; name it, as in (?<level>\\w+), or "
            + "leave levels out", at: reader.table["levels"]?.value.place ?? place)
      }
    } catch {
      findings.problem("\(reader.path).pattern: \(error)", at: pattern.place)
    }
    return settings
  }

  private func levels(_ reader: inout TableReader) -> [String: LogLevel] {
    guard let table = reader.subtable("levels") else { return [:] }
    var levels = TableReader(table, path: reader.name(of: "levels"), findings: findings)
    let names = LogLevel.allCases.map(\.name)
    var result: [String: LogLevel] = [:]
    for entry in table.entries {
      guard let name = levels.choice(entry.key, among: names) else { continue }
      result[entry.key] = LogLevel.allCases.first { $0.name == name }
    }
    return result
  }

  private func services(_ reader: inout TableReader) -> [ServiceID]? {
    guard let names = reader.strings("services") else { return nil }
    return names.compactMap { name in
      if let known = services.first(where: { $0.name == name.text }) { return known }
      let written = ConfigurationText.quoted(ConfigurationText.shortened(name.text))
      findings.problem(
        "\(reader.path).services: there is no service \(written)"
          + NearestName.hint(name.text, among: services.map(\.name)), at: name.place)
      return nil
    }
  }
}
