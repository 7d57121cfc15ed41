package import DevtopCore

extension Configuration {
  /// What `devtop -- CMD ARGS` runs: one service without a build, restarted for what its language is written in.
  ///
  /// - Throws: `ConfigurationError.emptyCommand` when there is no command.
  package static func forCommand(
    _ words: [String], directory: String
  ) throws(ConfigurationError) -> Configuration {
    guard let program = words.first, !program.isEmpty else { throw .emptyCommand }
    let name = ServiceName.sanitized(Path.name(program))
    var service = ServiceSpec(id: ServiceID(name), directory: directory)
    service.run = .arguments(words)
    // `sh -c "npm run dev"`: what the shell runs is what counts.
    let text = words.joined(separator: " ")
    let languages = Language.ofCommand(text)
    service.watch = Language.watch(languages)
    var configuration = Configuration(
      projectName: Path.name(directory), root: directory, source: .commandLine, services: [])
    let command = CommandSpec.arguments(words).description
    if let watcher = SelfReloading.watcher(in: text) {
      service.reloadsItself = true
      service.watch = SelfReloading.watch(manifests: [])
      configuration.explanation =
        "running \(command); \(watcher) reloads by itself, devtop restarts it for .env only"
    } else {
      let what =
        languages.isEmpty ? "files" : ConfigurationText.sentence(languages.map(\.displayName)) + " files"
      configuration.explanation =
        "running \(command), restarted when \(what) change; devtop init writes a devtop.toml"
    }
    configuration.services = [service]
    return configuration
  }
}
