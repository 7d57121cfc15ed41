/// A format of log lines that the configuration defines.
package struct LineFormatSettings: Equatable, Sendable {
  package var name: String
  /// A regular expression (PCRE2) whose named groups are fields.
  package var pattern: String
  /// What the group `level` says, where that is no usual word for a level.
  package var levels: [String: LogLevel]
  /// Whose lines are read by it; nil: those of all services.
  package var services: [ServiceID]?

  package init(
    name: String, pattern: String, levels: [String: LogLevel] = [:], services: [ServiceID]? = nil
  ) {
    self.name = name
    self.pattern = pattern
    self.levels = levels
    self.services = services
  }
}
