internal import DevtopCore

/// What reading one configuration brings to light beside its values: shared by all readers of the file, so that
/// one pass names everything that is wrong.
final class ConfigurationFindings {
  /// The file as it is named to the user.
  let file: String
  /// The flags of the command line that stand for values: the place of the first has the line -1, and so on.
  let flags: [String]
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var warnings: [ConfigurationNotice] = []
  /// Where values came from: `service.api.run` to `devtop.toml:12`.
  private(set) var origins: [String: String] = [:]

  init(file: String, flags: [String] = []) {
    self.file = file
    self.flags = flags
  }

  func position(_ place: TomlPlace) -> SourcePosition {
    if place.line < 0, flags.indices.contains(-1 - place.line) {
      return SourcePosition(file: flags[-1 - place.line])
    }
    guard place.line > 0 else { return SourcePosition(file: file) }
    return SourcePosition(file: file, line: place.line, column: place.column)
  }

  /// Where a value came from, without the column: `devtop.toml:12`, `--build.cmd`.
  func origin(_ place: TomlPlace) -> String {
    var position = position(place)
    position.column = nil
    return position.description
  }

  func problem(_ message: String, at place: TomlPlace) {
    problems.append(ConfigurationProblem(message, at: position(place)))
  }

  func problem(_ message: String, at position: SourcePosition) {
    problems.append(ConfigurationProblem(message, at: position))
  }

  func warning(_ message: String, at position: SourcePosition?) {
    warnings.append(ConfigurationNotice(message, at: position))
  }

  func note(origin: String, of key: String) { origins[key] = origin }

  /// - Throws: `ConfigurationError.invalid` when anything is wrong.
  func throwProblems() throws(ConfigurationError) {
    guard !problems.isEmpty else { return }
    throw .invalid(
      problems.sorted {
        ($0.position?.line ?? 0, $0.position?.column ?? 0) < (
          $1.position?.line ?? 0, $1.position?.column ?? 0
        )
      })
  }
}
