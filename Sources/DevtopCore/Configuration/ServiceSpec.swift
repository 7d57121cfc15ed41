/// What the configuration says of one service, defaults filled in and paths made absolute.
package struct ServiceSpec: Equatable, Sendable {
  package var id: ServiceID
  /// Absolute; the working directory of its commands, and what its patterns are relative to.
  package var directory: String
  /// The build, in order; empty for a service that needs none.
  package var build: [BuildStep] = []
  /// Nil for a service that is only built.
  package var run: CommandSpec?
  /// What is started to end a run politely, before its stop signal (air's `post_cmd`).
  package var cleanup: [CommandSpec] = []
  package var watch = WatchSpec()
  /// Extra environment, beside `envFiles` and devtop's own.
  package var environment: [String: String] = [:]
  /// Variables that are set where neither devtop's own environment nor `envFiles` has them.
  package var environmentDefaults: [String: String] = [:]
  /// Absolute paths; read anew before each build and start, later files win.
  package var envFiles: [String] = []
  /// Whether entries of `envFiles` win over the real environment (devtop.toml: yes; air: no).
  package var envFilesOverride = true
  /// False: pipes instead of a pseudo-terminal.
  package var usesTerminal = true
  package var dependsOn: [ServiceID] = []
  package var readiness: Readiness = .listener
  package var readyTimeout: Duration = .seconds(10)
  package var stop = StopPolicy()
  package var restart: RestartPolicy = .onFailure
  /// Set where a fixed delay replaces the exponential backoff (air's `rerun_delay`).
  package var restartDelay: Duration?
  /// The compiler that the build runs, where it is known; it decides what counts as source (decision: an
  /// unchanged binary restarts nothing when only source changed).
  package var compiler: Compiler?
  /// The run command watches and reloads by itself; only its manifests and env files restart it.
  package var reloadsItself = false
  /// Stop the running process when a build fails (air's `stop_on_error`).
  package var stopsOnBuildError = false
  /// An absolute path that failed builds' output is written to (air's `build.log`).
  package var buildLog: String?
  /// Absolute paths removed on the way out (air's `clean_on_exit`).
  package var removeOnExit: [String] = []
  /// Clear the log view when a build starts (air's `screen.clear_on_rebuild`).
  package var clearsLogOnBuild = false
  package var ports = PortSpec()
  package var reload = ReloadSpec()
  package var proxy = ProxySpec()

  package init(id: ServiceID, directory: String) {
    self.id = id
    self.directory = directory
  }
}

/// When a started process counts as ready.
package enum Readiness: Hashable, Sendable {
  /// A TCP listener in its process tree; a service with none after 2 s counts as running.
  case listener
  case port(UInt16)
  /// A GET of `path` answers 2xx or 3xx; nil port: the first listener of its tree.
  case http(path: String, port: UInt16?)
  /// A PCRE2 pattern matches a line of its output.
  case log(pattern: String)
  /// As soon as the process runs.
  case started
}

/// How a process is asked to end.
package struct StopPolicy: Hashable, Sendable {
  /// A signal number.
  package var signal: Int32
  /// After this long every process of the tree that is left gets SIGKILL.
  package var grace: Duration

  package init(signal: Int32 = 15, grace: Duration = .seconds(5)) {
    self.signal = signal
    self.grace = grace
  }
}

/// Whether a process that ended by itself is started again.
package enum RestartPolicy: String, Hashable, CaseIterable, Sendable {
  case onFailure = "on-failure"
  case always
  case never
}

/// A compiler whose sources are known.
package enum Compiler: String, Hashable, CaseIterable, Sendable {
  case go
  case swift
  case rust
  case c

  /// Extensions of the files whose change can only reach the service through the binary.
  package var sourceExtensions: [String] {
    switch self {
    case .go: ["go"]
    case .swift: ["swift", "c", "h", "cc", "cpp", "hpp", "m", "mm"]
    case .rust: ["rs"]
    case .c: ["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"]
    }
  }
}
