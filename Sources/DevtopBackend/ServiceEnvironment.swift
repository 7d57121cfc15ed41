import DevtopCore

/// What a service's commands find in their environment.
enum ServiceEnvironment {
  /// The defaults, devtop's own environment, then the env files, then `env`; as `NAME=value`.
  ///
  /// Env files are read anew each time; air's never override what devtop itself was started with.
  static func make(
    for spec: ServiceSpec, base: [String: String], readFile: (String) -> [(String, String)]
  ) -> [String] {
    var result = spec.environmentDefaults.merging(base) { $1 }
    // Bytecode of a module counts while its source has the same size and the same whole second (importlib,
    // `_validate_timestamp_pyc`): two saves in a second would leave the first one serving.
    if let run = spec.run, PythonCommand.isMeant(by: run), result["PYTHONDONTWRITEBYTECODE"] == nil {
      result["PYTHONDONTWRITEBYTECODE"] = "1"
    }
    // The log keeps the colours of a terminal of this kind, and only those.
    result["TERM"] = spec.usesTerminal ? "xterm-256color" : "dumb"
    if spec.usesTerminal { result["COLORTERM"] = "truecolor" }
    result["COLUMNS"] = nil
    result["LINES"] = nil
    for path in spec.envFiles {
      for (name, value) in readFile(path) {
        if !spec.envFilesOverride, base[name] != nil { continue }
        result[name] = value
      }
    }
    result.merge(spec.environment) { $1 }
    return result.map { "\($0.key)=\($0.value)" }
  }
}
