internal import DevtopCore

/// Reads `devtop.toml`.
struct DevtopFileReader {
  /// Absolute; what relative paths of the file are relative to.
  let root: String
  let findings: ConfigurationFindings
  let themes: ThemeCatalog

  /// The configuration; what is wrong is in the findings.
  func read(_ table: TomlTable) -> Configuration {
    var reader = TableReader(table, path: "", findings: findings)
    var configuration = Configuration(
      projectName: Path.name(root), root: root, source: .file(findings.file), services: [])
    if let name = reader.string("name") {
      if name.text.isEmpty || name.text.unicodeScalars.contains(where: { $0.value < 32 }) {
        findings.problem("name: expected a name on one line", at: name.place)
      } else {
        configuration.projectName = name.text
      }
    }
    if let theme = reader.string("theme") {
      if let hint = themes.problem(with: theme.text) {
        findings.problem("theme: \(hint)", at: theme.place)
      } else {
        configuration.theme = theme.text
      }
    }
    configuration.hosts = hosts(&reader)
    if let size = logMemory(&reader) { configuration.logMemoryInBytes = size }
    configuration.logFiles = logFiles(&reader)
    let ignored = reader.subtable("watch").map { readWatch($0, into: &configuration) } ?? []
    if let services = reader.subtable("service") {
      configuration.services = DevtopServiceReader(root: root, findings: findings, ignored: ignored)
        .readAll(services)
    }
    if let formats = reader.subtable("format") {
      configuration.lineFormats = LineFormatReader(
        findings: findings, services: configuration.services.map(\.id)
      ).readAll(formats)
    }
    if let keys = reader.subtable("keys") { configuration.keys = readKeys(keys) }
    reader.finish()
    if configuration.services.isEmpty, findings.problems.isEmpty {
      findings.problem(
        "no service: write a table such as [service.api] with run = \"COMMAND\" (devtop init writes one)",
        at: TomlPlace(line: 1, column: 1))
    }
    return configuration
  }

  private func logMemory(_ reader: inout TableReader) -> Int? {
    guard let size = reader.size("log_memory") else { return nil }
    guard size >= 1 << 20 else {
      if let entry = reader.table["log_memory"] {
        findings.problem("log_memory: at least 1M, found \(entry.value.found)", at: entry.value.place)
      }
      return nil
    }
    return size
  }

  private func logFiles(_ reader: inout TableReader) -> LogFileSettings? {
    let directory = reader.string("log_dir")
    let size = reader.size("log_file_size")
    let count = reader.count("log_files")
    guard let directory, !directory.text.isEmpty else { return nil }
    var settings = LogFileSettings(directory: Path.absolute(directory.text, in: root))
    if settings.directory == root {
      findings.problem(
        "log_dir: a directory of its own is needed, such as \"logs\": all in it is left out of watching",
        at: directory.place)
    }
    if let size { settings.sizeInBytes = max(size, 1 << 10) }
    if let count { settings.count = min(count, 1_000) }
    return settings
  }

  /// Names under which browsers may reach devtop's own paths.
  private func hosts(_ reader: inout TableReader) -> [String] {
    (reader.strings("hosts") ?? []).compactMap { host in
      let name = host.text.lowercased()
      guard !name.isEmpty, name.utf8.allSatisfy({ (33...126).contains($0) && !"/:@?#".utf8.contains($0) })
      else {
        findings.problem(
          "hosts: expected a name such as \"app.test\", without a port, found "
            + ConfigurationText.quoted(ConfigurationText.shortened(host.text)), at: host.place)
        return nil
      }
      return name
    }
  }

  /// Fills in polling; the patterns of `ignore`, relative to the root.
  private func readWatch(_ table: TomlTable, into configuration: inout Configuration) -> [WatchSpec.Pattern] {
    var reader = TableReader(table, path: "watch", findings: findings)
    defer { reader.finish() }
    if let entry = reader.take("poll") {
      switch entry.value.content {
      case .boolean(true), .string("true"): configuration.poll = .always
      case .boolean(false), .string("false"): configuration.poll = .never
      case .string("auto"): configuration.poll = .automatic
      case .string, .integer, .float, .date, .array, .table:
        reader.wrongType(entry, expected: "\"auto\", true or false")
      }
    }
    if let interval = reader.duration("poll_interval") {
      if interval < .milliseconds(10), let entry = table["poll_interval"] {
        findings.problem("watch.poll_interval: at least 10ms", at: entry.value.place)
      } else {
        configuration.pollInterval = interval
      }
    }
    return (reader.strings("ignore") ?? []).flatMap {
      DevtopServiceReader.globs($0, key: "watch.ignore", findings: findings)
    }
  }

  private func readKeys(_ table: TomlTable) -> [KeyBinding] {
    var reader = TableReader(table, path: "keys", findings: findings)
    var bindings: [KeyBinding] = []
    let names = Action.allCases.map(\.rawValue)
    for entry in table.entries {
      guard let action = Action(rawValue: entry.key) else {
        let written = ConfigurationText.quoted(ConfigurationText.shortened(entry.key))
        findings.problem(
          "keys: there is no action \(written)\(NearestName.hint(entry.key, among: names))",
          at: entry.keyPlace)
        continue
      }
      for name in reader.strings(entry.key) ?? [] {
        guard let key = Key(name: name.text) else {
          let written = ConfigurationText.quoted(ConfigurationText.shortened(name.text))
          findings.problem(
            "keys.\(entry.key): \(written) is no key; write it as b, R, ^D, F1, Space, Enter or PgUp",
            at: name.place)
          continue
        }
        if let other = bindings.first(where: { $0.key == key }) {
          findings.problem(
            "keys.\(entry.key): the key \(key.name) is bound to \(other.action.rawValue) already"
              + (other.origin.line.map { " (line \($0))" } ?? ""), at: name.place)
          continue
        }
        bindings.append(KeyBinding(action: action, key: key, origin: findings.position(name.place)))
      }
    }
    warnOfLostKeys(bindings)
    return bindings
  }

  /// An action whose only key now means another has none left.
  private func warnOfLostKeys(_ bindings: [KeyBinding]) {
    let table = KeyTable(overrides: bindings)
    for usual in KeyTable().bindings where table.keyName(for: usual.action) == nil {
      guard let thief = bindings.first(where: { usual.keys.contains($0.key) }) else { continue }
      findings.warning(
        "keys.\(thief.action.rawValue): \(thief.key.name) was the key of \(usual.action.rawValue), which has none "
          + "now; give it one under [keys], or run it from the palette", at: thief.origin)
    }
  }
}
