import DevtopCore
import DevtopLogs
import DevtopSupervisor

extension Workshop {
  /// Runs a command that belongs to a service but is neither its build nor its process; a failure is a warning.
  ///
  /// `onEnd` is called once on the backend's thread when its process tree has ended.
  ///
  /// - Returns: nil where it could not be started; then `onEnd` is not called.
  func runOnce(_ command: CommandSpec, for spec: ServiceSpec, onEnd: @escaping () -> Void = {}) -> ProcessID?
  {
    let source = logs.source(service: spec.id, run: 0, stream: .build)
    let (logs, send) = (logs, send)
    let launch = LaunchSpec(
      command.words, environment: environment(for: spec), directory: spec.directory, terminal: .pipes,
      label: spec.id.name)
    let process = processes.makeID()
    do throws(SpawnError) {
      _ = try processes.spawn(
        launch, as: process,
        output: { _, _, part in
          switch part {
          case .bytes(let bytes): logs.append(bytes, from: source)
          case .end: logs.finish(source)
          }
        },
        onExit: { status in
          guard !status.isSuccess else { return }
          let text = "\(spec.id): `\(command.description)` ended with \(status.description)"
          send(.warned(ConfigurationNotice(text)))
        }, onTreeEnd: onEnd)
      return process
    } catch {
      send(.warned(ConfigurationNotice("\(spec.id): \(error)")))
      return nil
    }
  }
}
