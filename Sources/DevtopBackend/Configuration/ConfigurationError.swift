package import DevtopCore

/// Why there is no configuration.
package enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The text of a file, or a flag, is wrong; never empty, in the order of the file.
  case invalid([ConfigurationProblem])
  case missing(file: String)
  case isDirectory(file: String)
  /// `reason` is the system's, as by `strerror`.
  case unreadable(file: String, reason: String)
  case tooLarge(file: String, sizeInBytes: Int)
  case nothingDetected(directory: String)
  case unreadableDirectory(directory: String, reason: String)
  /// `devtop --` with nothing behind it.
  case emptyCommand

  /// No configuration is larger: 1 MiB.
  static let limitInBytes = 1 << 20

  /// Cause and way out; one line a problem.
  package var description: String {
    switch self {
    case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
    case .missing(let file):
      "\(file): there is no such file. Check the name, or leave out --config."
    case .isDirectory(let file):
      "\(file) is a directory, not a file. Name the file itself: --config \(Self.joined(file, "devtop.toml"))."
    case .unreadable(let file, let reason):
      "\(file) cannot be read: \(reason). Check its permissions (ls -l \(file))."
    case .tooLarge(let file, let size):
      "\(file) is \(size) bytes long; a configuration has at most \(Self.limitInBytes) (1 MiB). "
        + "Is it the right file? Name another with --config FILE."
    case .nothingDetected(let directory):
      """
      Nothing to run was found in \(directory). Looked for devtop.toml, .air.toml, .config/air.toml, air.toml, \
      Procfile, a Makefile with a target dev, go.mod or main.go, Package.swift, package.json with a dev or \
      start script, Cargo.toml, pyproject.toml, manage.py, app.py or main.py.
      Run any command with `devtop -- CMD ARGS`, write a devtop.toml with the two lines [service.app] and \
      run = "CMD ARGS", or see `devtop demo`.
      """
    case .unreadableDirectory(let directory, let reason):
      "\(directory) cannot be read: \(reason). Check its permissions (ls -ld \(directory))."
    case .emptyCommand: "There is no command after `--`. Write one: devtop -- CMD ARGS."
    }
  }

  /// The places of the problems, for a front end that shows one event each.
  package var problems: [ConfigurationProblem] {
    if case .invalid(let problems) = self { problems } else { [ConfigurationProblem(description, at: nil)] }
  }

  private static func joined(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }
}

/// One thing that is wrong, at its place.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  package var message: String
  package var position: SourcePosition?

  package init(_ message: String, at position: SourcePosition?) {
    self.message = message
    self.position = position
  }

  /// One line, as `devtop.toml:3:5: what is wrong; did you mean "x"?`.
  package var description: String { position.map { "\($0): \(message)" } ?? message }
}
