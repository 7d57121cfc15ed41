/// The effective configuration of a project: what was read or detected, defaults filled in.
package struct Configuration: Equatable, Sendable {
  /// The last component of the root, or what the configuration names.
  package var projectName: String
  /// Absolute.
  package var root: String
  package var source: ConfigurationSource
  /// One line that says what was chosen and how to change it, where it was detected.
  package var explanation: String?
  /// In the order of the file; no two have the same id.
  package var services: [ServiceSpec]
  /// A theme's name, or nil where the terminal decides.
  package var theme: String?
  /// Cap of the log store, index counted.
  package var logMemoryInBytes = Self.shippedLogMemoryInBytes
  /// Where lines are written beside memory; nil: nowhere.
  package var logFiles: LogFileSettings?
  /// In the order of the file, in which they are tried; no two have the same name.
  package var lineFormats: [LineFormatSettings] = []
  /// Names beside those of this machine under which browsers reach devtop's own paths.
  package var hosts: [String] = []
  package var poll: PollMode = .automatic
  package var pollInterval: Duration = .milliseconds(500)
  /// Files whose change makes devtop read its configuration again, absolute.
  package var files: [String] = []
  /// Keys that the configuration binds: key name to action name, with the place of each.
  package var keys: [KeyBinding] = []
  /// What was odd in the files but does not prevent running.
  package var warnings: [ConfigurationNotice] = []

  package static let shippedLogMemoryInBytes = 256 << 20

  package init(projectName: String, root: String, source: ConfigurationSource, services: [ServiceSpec]) {
    self.projectName = projectName
    self.root = root
    self.source = source
    self.services = services
  }
}

/// Where the services came from.
package enum ConfigurationSource: Hashable, Sendable {
  /// A file, as it is named to the user: relative to the root where it is inside.
  case file(String)
  /// Detected from this file or directory layout (`go.mod`, `Procfile`, `cmd/api`).
  case detected(String)
  /// `devtop -- CMD ARGS`.
  case commandLine

  /// As `session.started` names it.
  package var name: String {
    switch self {
    case .file(let name): name
    case .detected(let name): "detected: \(name)"
    case .commandLine: "command line"
    }
  }
}

/// One line of `[keys]`.
package struct KeyBinding: Hashable, Sendable {
  package var action: Action
  package var key: Key
  package var origin: SourcePosition

  package init(action: Action, key: Key, origin: SourcePosition) {
    self.action = action
    self.key = key
    self.origin = origin
  }
}

/// A place in a configuration file; `description` is `devtop.toml:12:3`.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
  package var file: String
  /// From 1.
  package var line: Int?
  /// From 1.
  package var column: Int?

  package init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String {
    switch (line, column) {
    case (let line?, let column?): "\(file):\(line):\(column)"
    case (let line?, nil): "\(file):\(line)"
    case (nil, _): file
    }
  }
}

/// A sentence about a place in the configuration.
package struct ConfigurationNotice: Hashable, Sendable {
  package var message: String
  package var position: SourcePosition?

  package init(_ message: String, at position: SourcePosition? = nil) {
    self.message = message
    self.position = position
  }
}
