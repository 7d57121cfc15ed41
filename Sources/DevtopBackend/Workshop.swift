import DevtopCore
import DevtopLogs
import Glibc

/// What builds and services have in common: where their output goes and whom they tell.
struct Workshop: Sendable {
  let thread: WorkThread
  let processes: ProcessTable
  let logs: LogStore
  let send: @Sendable (Event) -> Void
  /// devtop's own environment.
  let environment: [String: String]
  /// The size of new pseudo-terminals.
  let terminalSize: Locked<Size>

  /// The environment of a service's commands; what is wrong with an env file is a warning.
  func environment(for spec: ServiceSpec) -> [String] {
    ServiceEnvironment.make(for: spec, base: environment) { path in
      guard access(path, F_OK) == 0 else {
        let name = Path.relative(path, to: spec.directory)
        send(
          .warned(
            ConfigurationNotice(
              "\(spec.id): its env_file \(name) is not there; write it, or take it out of env_file")))
        return []
      }
      do throws(ConfigurationError) {
        return try EnvironmentFile.read(path, environment: environment)
      } catch {
        for problem in error.problems {
          send(.warned(ConfigurationNotice(problem.message, at: problem.position)))
        }
        return []
      }
    }
  }
}
