internal import DevtopCore

/// Reads the `[service.NAME]` tables of `devtop.toml`.
struct DevtopServiceReader {
  /// Absolute.
  let root: String
  let findings: ConfigurationFindings
  /// `[watch] ignore`, relative to the root.
  let ignored: [WatchSpec.Pattern]

  func readAll(_ table: TomlTable) -> [ServiceSpec] {
    var services: [ServiceSpec] = []
    var dependencies = DependencyCheck(findings: findings)
    for entry in table.entries {
      guard case .table(let fields) = entry.value.content else {
        findings.problem(
          "service.\(entry.key): expected a table, found \(entry.value.found); a service has a name: "
            + "[service.NAME]", at: entry.keyPlace)
        continue
      }
      guard Self.isName(entry.key) else {
        let written = ConfigurationText.quoted(ConfigurationText.shortened(entry.key))
        findings.problem(
          "\(written) is no name for a service; use letters, digits, `-`, `_` and `.`, 64 at most",
          at: entry.keyPlace)
        continue
      }
      findings.note(origin: findings.origin(entry.keyPlace), of: "service.\(entry.key)")
      var reader = TableReader(fields, path: "service.\(entry.key)", findings: findings)
      services.append(read(&reader, name: entry.key, at: entry.keyPlace, dependencies: &dependencies))
      reader.finish()
    }
    dependencies.check(services)
    return services
  }

  /// Letters, digits, `-`, `_` and `.`: what filters and the prefixes of plain mode can carry.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.count <= 64
      && text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".contains(Character($0))
      }
  }

  /// Whether a path is inside of the project and holds no part of it that somebody wrote.
  static func isRemovable(_ path: String, of service: ServiceSpec, root: String) -> Bool {
    (Path.isInside(path, root) || Path.isInside(path, service.directory))
      && !Path.isInside(root, path) && !Path.isInside(service.directory, path)
  }

  /// A pattern with its origin, when it is one.
  static func pattern(
    _ text: (text: String, place: TomlPlace), key: String, findings: ConfigurationFindings
  ) -> WatchSpec.Pattern? {
    guard !text.text.isEmpty, !text.text.contains("\n") else {
      findings.problem("\(key): a pattern is empty or has more than one line", at: text.place)
      return nil
    }
    return WatchSpec.Pattern(text.text, origin: findings.origin(text.place))
  }

  /// The patterns that a glob stands for: one for each choice of its braces (`*.{js,ts}`), all of one origin.
  static func globs(
    _ text: (text: String, place: TomlPlace), key: String, findings: ConfigurationFindings
  ) -> [WatchSpec.Pattern] {
    guard let first = pattern(text, key: key, findings: findings) else { return [] }
    let written = ConfigurationText.quoted(ConfigurationText.shortened(text.text))
    if let fault = GlobText.fault(in: first.text) {
      findings.warning(
        "\(key): the pattern \(written) matches nothing: \(fault)", at: findings.position(text.place))
    }
    guard let choices = GlobText.choices(of: first.text) else {
      findings.problem("\(key): the braces of \(written) stand for too many patterns", at: text.place)
      return []
    }
    return choices.map { WatchSpec.Pattern($0, origin: first.origin) }
  }

  private func read(
    _ reader: inout TableReader, name: String, at place: TomlPlace, dependencies: inout DependencyCheck
  ) -> ServiceSpec {
    var service = ServiceSpec(id: ServiceID(name), directory: root)
    if let directory = reader.string("dir") {
      service.directory = Path.absolute(directory.text, in: root)
      if !Path.isDirectory(service.directory) {
        findings.problem(
          "\(reader.path).dir: there is no directory \(ConfigurationText.quoted(directory.text))",
          at: directory.place)
      }
    }
    readCommands(&reader, into: &service, at: place)
    readEnvironment(&reader, into: &service)
    readLife(&reader, into: &service)
    PortsReader(directory: service.directory, findings: findings).read(&reader, into: &service)
    WatchSettingsReader(root: root, findings: findings, ignored: ignored).read(&reader, into: &service)
    if let names = reader.strings("depends_on") {
      service.dependsOn = names.map { ServiceID($0.text) }
      dependencies.places[service.id] = names.map(\.place)
    }
    return service
  }

  private func readCommands(_ reader: inout TableReader, into service: inout ServiceSpec, at place: TomlPlace)
  {
    let isPrepareRequired = reader.boolean("prepare_required") ?? true
    for command in reader.strings("prepare") ?? [] {
      service.build.append(BuildStep(.shell(command.text), isRequired: isPrepareRequired))
    }
    if let build = reader.command("build") { service.build.append(BuildStep(build)) }
    service.run = reader.command("run")
    service.cleanup = (reader.strings("cleanup") ?? []).map { .shell($0.text) }
    service.compiler = Compiler.inferred(from: service.build)
    if let name = reader.choice("compiler", among: Compiler.allCases.map(\.rawValue) + ["none"]) {
      service.compiler = Compiler(rawValue: name)
    }
    if reader.table["build"] == nil, reader.table["run"] == nil {
      findings.problem("\(reader.path) needs run or build: write run = \"COMMAND\"", at: place)
    }
  }

  private func readEnvironment(_ reader: inout TableReader, into service: inout ServiceSpec) {
    service.environment = variables("env", &reader)
    service.environmentDefaults = variables("env_default", &reader)
    service.envFiles = (reader.strings("env_file") ?? []).map {
      Path.absolute($0.text, in: service.directory)
    }
    service.envFilesOverride = reader.boolean("env_file_wins") ?? true
  }

  /// A table of environment variables.
  private func variables(_ key: String, _ reader: inout TableReader) -> [String: String] {
    guard let table = reader.subtable(key) else { return [:] }
    let path = reader.name(of: key)
    var result: [String: String] = [:]
    for entry in table.entries {
      let text: String
      switch entry.value.content {
      case .string(let value): text = value
      case .integer(let value): text = String(value)
      case .float(let value): text = String(value)
      case .boolean(let value): text = String(value)
      case .date, .array, .table:
        findings.problem(
          "\(path).\(entry.key): expected a string, found \(entry.value.found)", at: entry.value.place)
        continue
      }
      guard !entry.key.isEmpty, !entry.key.contains("="), !entry.key.utf8.contains(0), !text.utf8.contains(0)
      else {
        findings.problem("\(path): this is no environment variable", at: entry.keyPlace)
        continue
      }
      result[entry.key] = text
    }
    return result
  }

  private func readLife(_ reader: inout TableReader, into service: inout ServiceSpec) {
    service.usesTerminal = reader.boolean("tty") ?? true
    service.readiness = ReadinessReader(findings: findings).read(&reader) ?? .listener
    service.readyTimeout = reader.duration("ready_timeout") ?? service.readyTimeout
    service.stop = readStop(&reader) ?? service.stop
    if let name = reader.choice("restart", among: RestartPolicy.allCases.map(\.rawValue)),
      let policy = RestartPolicy(rawValue: name)
    {
      service.restart = policy
    }
    service.restartDelay = reader.duration("restart_delay")
    service.reloadsItself = reader.boolean("reloads_itself") ?? false
    service.stopsOnBuildError = reader.boolean("stop_on_build_error") ?? false
    service.clearsLogOnBuild = reader.boolean("clear_log_on_build") ?? false
    service.buildLog = reader.string("build_log").map { Path.absolute($0.text, in: service.directory) }
    for path in reader.strings("remove_on_exit") ?? [] {
      let absolute = Path.absolute(path.text, in: service.directory)
      // Removing is forever: only what is inside of the project, and never the project.
      guard Self.isRemovable(absolute, of: service, root: root) else {
        findings.problem(
          "\(reader.path).remove_on_exit: only files and directories inside of the project can be removed",
          at: path.place)
        continue
      }
      service.removeOnExit.append(absolute)
    }
  }

  private func readStop(_ reader: inout TableReader) -> StopPolicy? {
    guard let entry = reader.take("stop") else { return nil }
    var policy = StopPolicy()
    switch entry.value.content {
    case .string(let name): policy.signal = signal(name, key: reader.name(of: "stop"), at: entry.value.place)
    case .table(let table):
      var stop = TableReader(table, path: reader.name(of: "stop"), findings: findings)
      if let name = stop.string("signal", expected: "the name of a signal such as \"TERM\"") {
        policy.signal = signal(name.text, key: stop.name(of: "signal"), at: name.place)
      }
      policy.grace = stop.duration("grace") ?? policy.grace
      stop.finish()
    case .integer, .float, .boolean, .date, .array:
      reader.wrongType(entry, expected: "a signal such as \"INT\", or { signal = \"TERM\", grace = \"5s\" }")
      return nil
    }
    return policy
  }

  private func signal(_ name: String, key: String, at place: TomlPlace) -> Int32 {
    if let number = SignalName.number(name) { return number }
    let written = ConfigurationText.quoted(ConfigurationText.shortened(name))
    findings.problem(
      "\(key): there is no signal \(written)\(NearestName.hint(name, among: SignalName.all))", at: place)
    return StopPolicy().signal
  }
}
