internal import DevtopCore

/// Finds out how to build and run a project that has no configuration.
///
/// In this order: a Procfile, the target `dev` of a Makefile, then the language: Go, Swift, JavaScript, Rust,
/// Python. Binaries are built outside of the project (`ScratchDirectory`), so that nothing is littered.
package struct ProjectDetection: Sendable {
  /// Absolute.
  let directory: String
  /// The real environment.
  let environment: [String: String]

  package init(directory: String, environment: [String: String]) {
    self.directory = Path.absolute(directory, in: "/")
    self.environment = environment
  }

  /// The configuration, with an explanation of one line.
  ///
  /// - Throws: `ConfigurationError.nothingDetected`, `.unreadableDirectory`, or what is wrong in a manifest.
  package func detect() throws(ConfigurationError) -> ConfigurationReading {
    guard let names = Path.list(directory) else {
      throw .unreadableDirectory(directory: directory, reason: ConfigurationFile.errorText())
    }
    let project = DetectedDirectory(path: directory, names: Set(names), environment: environment)
    guard let found = try detect(in: project) else { throw .nothingDetected(directory: directory) }
    var configuration = Configuration(
      projectName: Path.name(directory), root: directory, source: .detected(found.evidence),
      services: found.services)
    configuration.explanation =
      "\(found.evidence): \(found.summary) (to change it: devtop init, or devtop -- CMD)"
    configuration.warnings = found.warnings
    configuration.files = (found.files + [ConfigurationReader.devtopName])
      .map { Path.absolute($0, in: directory) }
    var origins: [String: String] = [:]
    for service in found.services {
      for key in ["build", "run", "env", "dir", "reloads_itself", "restart_only"] {
        origins["service.\(service.id).\(key)"] = "detected: \(found.evidence)"
      }
    }
    return ConfigurationReading(configuration: configuration, origins: origins)
  }

  private func detect(in project: DetectedDirectory) throws(ConfigurationError) -> Detected? {
    if let found = try ProcfileDetection(project: project).detect() { return found }
    if let found = MakefileDetection(project: project).detect() { return found }
    if let found = GoDetection(project: project).detect() { return found }
    if let found = SwiftDetection(project: project).detect() { return found }
    if let found = try NodeDetection(project: project).detect() { return found }
    if let found = try RustDetection(project: project).detect() { return found }
    return try PythonDetection(project: project).detect()
  }
}

/// What one kind of project made of a directory.
struct Detected {
  /// The file or layout that decided it: `go.mod`, `cmd/*`.
  var evidence: String
  /// What is built and run, in a few words.
  var summary: String
  var services: [ServiceSpec]
  /// Files to detect anew for, relative to the project.
  var files: [String] = []
  var warnings: [ConfigurationNotice] = []
}

/// The directory that is looked at.
struct DetectedDirectory: Sendable {
  /// Absolute.
  let path: String
  /// What is in it.
  let names: Set<String>
  let environment: [String: String]

  var serviceName: String { ServiceName.sanitized(Path.name(path)) }

  func has(_ name: String) -> Bool { names.contains(name) }

  func absolute(_ name: String) -> String { Path.absolute(name, in: path) }

  /// The text of a small file; nil where it cannot be read, is larger than 1 MiB, or is not UTF-8.
  func text(_ name: String) -> String? {
    guard let bytes = try? ConfigurationFile.read(absolute(name), named: name) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A service of this directory that watches what its languages are written in.
  func service(_ name: String, languages: [Language]) -> ServiceSpec {
    var service = ServiceSpec(id: ServiceID(name), directory: path)
    service.watch = Language.watch(languages)
    return service
  }

  /// A service that runs a command: what it watches is told by the command, else by the project.
  func service(_ name: String, running command: CommandSpec, recipe: String) -> (
    ServiceSpec, watcher: String?
  ) {
    var languages = Language.ofCommand(recipe)
    if languages.isEmpty { languages = Language.ofProject(names) }
    var service = service(name, languages: languages)
    service.run = command
    guard let watcher = SelfReloading.watcher(in: recipe) else { return (service, nil) }
    service.reloadsItself = true
    service.watch = SelfReloading.watch(manifests: languages.flatMap(\.manifests).filter(names.contains))
    return (service, watcher)
  }
}
