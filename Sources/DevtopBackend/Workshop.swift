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
    var problems: [ConfigurationNotice] = []
    let result = ServiceEnvironment.make(for: spec, base: environment) { path in
      guard access(path, F_OK) == 0 else {
        let name = Path.relative(path, to: spec.directory)
        problems.append(
          ConfigurationNotice(
            "\(spec.id): its env file \(name) is not there; write it, or take it out of the configuration"))
        return []
      }
      do throws(ConfigurationError) {
        return try EnvironmentFile.read(path, environment: environment)
      } catch {
        problems += error.problems.map { ConfigurationNotice($0.message, at: $0.position) }
        return []
      }
    }
    if !spec.envFiles.isEmpty { send(.environmentRead(spec.id, problems)) }
    return result
  }
}
