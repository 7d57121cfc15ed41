internal import DevtopCore

/// One air configuration as tables with keys in lower case: flags, `[build.linux]` and a `[watch]` table merged
/// in, and everything that nobody understands named in a warning.
struct AirTable {
  private(set) var top = TomlTable()
  private(set) var tables: [String: TomlTable] = [:]
  let findings: ConfigurationFindings

  init(_ table: TomlTable, flags: AirFlags, findings: ConfigurationFindings) {
    self.findings = findings
    let entries = lowered(table, path: "").entries
    // `[watch]` last: what `[build]` says wins.
    for entry in entries where entry.key != "watch" { add(entry) }
    for entry in entries where entry.key == "watch" { add(entry) }
    for (index, flag) in flags.flags.enumerated() {
      let place = TomlPlace(line: -1 - index, column: 0)
      let parts = flag.name.split(separator: ".").map(String.init)
      let value = TomlValue(content: flag.content.placed(at: place), place: place)
      let entry = TomlTable.Entry(key: parts[parts.count - 1], keyPlace: place, value: value)
      if parts.count == 1 {
        top.replace(entry)
      } else {
        tables[parts[0], default: TomlTable()].replace(entry)
      }
    }
    warnOfUnknownKeys()
    noteMeaningless()
  }

  private mutating func add(_ entry: TomlTable.Entry) {
    let topKeys = AirKeys.names(in: "")
    guard case .table(let table) = entry.value.content else {
      if topKeys.contains(entry.key) {
        top.entries.append(entry)
      } else if AirKeys.tables.contains(entry.key) {
        findings.problem("\(entry.key): expected a table, found \(entry.value.found)", at: entry.value.place)
      } else {
        warnUnknown(entry, in: "")
      }
      return
    }
    switch entry.key {
    case "build": mergeBuild(table)
    case "watch": mergeWatch(table)
    case _ where AirKeys.tables.contains(entry.key): tables[entry.key] = lowered(table, path: entry.key)
    case _ where topKeys.contains(entry.key):
      findings.problem("\(entry.key): expected a value, found a table", at: entry.value.place)
    case "meta":
      for inner in table.entries {
        let home = Self.home(of: inner.key.lowercased())
        let advice = home.map { "it belongs \($0)" } ?? "air has no such key; take it out"
        findings.warning(
          "meta.\(inner.key) has no effect: air and devtop know no table [meta]; \(advice)",
          at: findings.position(inner.keyPlace))
      }
    default:
      let keys = table.entries.map(\.key)
      let list = keys.isEmpty ? "" : " (\(ConfigurationText.sentence(keys)))"
      let hint = NearestName.of(entry.key, among: AirKeys.tables).map { "; did you mean [\($0)]?" }
      findings.warning(
        "[\(entry.key)]\(list) has no effect: air and devtop know no such table\(hint ?? "; take it out")",
        at: findings.position(entry.keyPlace))
    }
  }

  private mutating func mergeBuild(_ table: TomlTable) {
    var build = TomlTable()
    var platform: TomlTable?
    for entry in lowered(table, path: "build").entries {
      switch (entry.key, entry.value.content) {
      case ("linux", .table(let inner)): platform = lowered(inner, path: "build.linux")
      case ("windows", .table), ("darwin", .table): break
      default: build.entries.append(entry)
      }
    }
    for entry in platform?.entries ?? [] {
      if AirKeys.platformKeys.contains(entry.key) {
        build.replace(entry)
      } else {
        warnUnknown(entry, in: "build.linux")
      }
    }
    tables["build"] = build
  }

  /// Guides show `[watch]` with keys of `[build]`: they run, though air itself does not read them there.
  private mutating func mergeWatch(_ table: TomlTable) {
    let known = AirKeys.names(in: "build")
    for entry in lowered(table, path: "watch").entries {
      guard known.contains(entry.key) else {
        warnUnknown(entry, in: "watch")
        continue
      }
      let position = findings.position(entry.keyPlace)
      if tables["build"]?[entry.key] != nil {
        findings.warning(
          "watch.\(entry.key) has no effect: [build] has \(entry.key) too; take this one out", at: position)
      } else {
        tables["build", default: TomlTable()].entries.append(entry)
        findings.warning(
          "watch.\(entry.key) is read as build.\(entry.key); air itself does not read it here: move it "
            + "to [build]", at: position)
      }
    }
  }

  private func warnOfUnknownKeys() {
    for name in AirKeys.tables {
      let known = AirKeys.names(in: name) + (name == "build" ? ["rules"] : [])
      for entry in tables[name]?.entries ?? [] where !known.contains(entry.key) {
        warnUnknown(entry, in: name)
      }
    }
  }

  private func warnUnknown(_ entry: TomlTable.Entry, in table: String) {
    let name = table.isEmpty ? entry.key : "\(table).\(entry.key)"
    let known =
      table == "build.linux" ? AirKeys.platformKeys : AirKeys.names(in: table == "watch" ? "build" : table)
    let advice: String
    if let near = NearestName.of(entry.key, among: known) {
      advice = "; did you mean \"\(near)\"?"
    } else if let home = Self.home(of: entry.key) {
      advice = "; it belongs \(home)"
    } else {
      advice = "; take it out"
    }
    findings.warning(
      "\(name) has no effect: air and devtop know no such key\(advice)", at: findings.position(entry.keyPlace)
    )
  }

  /// Keys without a meaning here: one note for all that hold air's defaults, one each for the others.
  private func noteMeaningless() {
    var quiet: [(name: String, place: TomlPlace)] = []
    for key in AirKeys.meaningless {
      let parts = key.name.split(separator: ".").map(String.init)
      guard let entry = tables[parts[0]]?[parts[1]] else { continue }
      if key.defaults.contains(entry.value.content) {
        quiet.append((key.name, entry.keyPlace))
      } else {
        findings.warning(
          "\(key.name) has no meaning here: \(key.advice)", at: findings.position(entry.keyPlace))
      }
    }
    let places = quiet.map(\.place).filter { $0.line > 0 }.sorted()
    guard let first = places.first, let last = places.last else { return }
    var names: [String] = []
    for key in quiet.sorted(by: { $0.place < $1.place }) {
      let table = "[" + key.name.prefix { $0 != "." } + "]"
      if !names.contains(table) { names.append(table) }
    }
    let lines = first.line == last.line ? "line \(first.line)" : "lines \(first.line) to \(last.line)"
    let subject =
      quiet.count == 1
      ? "\(quiet[0].name) has" : "\(quiet.count) keys of \(ConfigurationText.sentence(names)) have"
    findings.warning(
      "\(subject) no meaning here and \(quiet.count == 1 ? "says" : "say") what air does anyway (\(lines)): "
        + "nothing is lost", at: SourcePosition(file: findings.file, line: first.line))
  }

  /// The table in lower case; a key that is there twice then is a mistake.
  private func lowered(_ table: TomlTable, path: String) -> TomlTable {
    var result = TomlTable()
    for var entry in table.entries {
      let written = entry.key
      entry.key = written.lowercased()
      if let first = result[entry.key] {
        findings.problem(
          "\(written) is \(path.isEmpty ? "" : "\(path).")\(entry.key), which line \(first.keyPlace.line) sets already",
          at: entry.keyPlace)
      } else {
        result.entries.append(entry)
      }
    }
    return result
  }

  /// Where air has a key of this name.
  private static func home(of key: String) -> String? {
    for table in [""] + AirKeys.tables where AirKeys.names(in: table).contains(key) {
      return table.isEmpty ? "at the top, before any table" : "in [\(table)]"
    }
    return nil
  }
}

extension TomlTable {
  /// Sets an entry, in the place of the one of the same key.
  fileprivate mutating func replace(_ entry: Entry) {
    if let index = entries.firstIndex(where: { $0.key == entry.key }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }
}

extension TomlValue.Content {
  /// The content with the items of a list at the place of the list.
  fileprivate func placed(at place: TomlPlace) -> TomlValue.Content {
    guard case .array(let items) = self else { return self }
    return .array(items.map { TomlValue(content: $0.content, place: place) })
  }
}
