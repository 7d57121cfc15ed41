extension Report {
  /// One line of `--json`, without its line break; the names are a stable interface.
  package func json(at time: WallTime) -> String {
    var object = JSONText()
    object.add("time", time.rfc3339)
    object.add("event", eventName)
    switch self {
    case .sessionStarted(let project, let services, let configuration):
      object.add("project", project)
      object.add("services", services.map(\.name))
      object.add("config", configuration)
    case .watchReady(let summary):
      object.add("files", summary.files)
      object.add("directories", summary.directories)
      object.add("backend", summary.backend)
      object.addMilliseconds("ms", summary.duration.wholeMilliseconds)
    case .filesChanged(let paths, let result, let services, let rule):
      object.add("paths", paths)
      object.add("result", result.rawValue)
      object.add("services", services.map(\.name))
      if let rule { object.add("rule", rule) }
    case .buildStarted(let service, let run): object.add(service, run)
    case .diagnostic(let service, let run, let diagnostic):
      object.add(service, run)
      object.add("severity", diagnostic.severity.rawValue)
      object.add("file", diagnostic.file)
      object.add("line", diagnostic.line)
      if let column = diagnostic.column { object.add("column", column) }
      object.add("message", diagnostic.message)
    case .buildFinished(let service, let run, let outcome):
      object.add(service, run)
      object.add("ok", outcome.result == .succeeded)
      object.add("result", outcome.result.name)
      object.addMilliseconds("ms", outcome.duration.wholeMilliseconds)
      object.add("errors", outcome.errors)
      object.add("warnings", outcome.warnings)
      switch outcome.result {
      case .succeeded: object.add("exit", 0)
      case .failed(let status, let reason):
        if let status { object.add(status) }
        if let reason { object.add("message", reason) }
      case .cancelled: break
      }
      if let isChanged = outcome.binaryChanged { object.add("binary", isChanged ? "changed" : "unchanged") }
    case .serviceState(let service, let run, let state, let pid, let port, let status):
      object.add(service, run)
      object.add("state", state.rawValue)
      if let pid { object.add("pid", Int(pid)) }
      if let port { object.add("port", Int(port)) }
      if let status { object.add(status) }
    case .listening(let service, let run, let port):
      object.add(service, run)
      object.add("address", "\(port.address)")
      object.add("upstream", "\(port.upstream)")
    case .portsFellBack(let service, let mode, let reason):
      object.add("service", service.name)
      object.add("mode", mode.name)
      object.add("message", reason)
    case .reload(let service, let reload, let outcome):
      object.add("service", service.name)
      object.add("strategy", reload.strategy.name)
      object.add("from", reload.from)
      object.add("to", reload.to)
      object.add("outcome", outcome.rawValue)
    case .drained(let service, let run, let closed):
      object.add(service, run)
      object.add("closed", closed)
    case .request(let sample):
      object.add(sample.service, sample.run)
      object.add("method", sample.method)
      object.add("path", sample.path)
      object.add("route", sample.route ?? RouteName.normalised(sample.path))
      object.add("status", sample.status)
      if let duration = sample.duration { object.addMilliseconds("ms", duration) }
      if let size = sample.sizeInBytes { object.add("bytes", size) }
    case .warning(let notice), .error(let notice):
      object.add("message", notice.message)
      if let position = notice.position {
        object.add("file", position.file)
        if let line = position.line { object.add("line", line) }
        if let column = position.column { object.add("column", column) }
      }
    case .sessionEnded(let status): object.add("exit", Int(status))
    }
    return object.closed
  }

  private var eventName: String {
    switch self {
    case .sessionStarted: "session.started"
    case .watchReady: "watch.ready"
    case .filesChanged: "files.changed"
    case .buildStarted: "build.started"
    case .diagnostic: "diagnostic"
    case .buildFinished: "build.finished"
    case .serviceState: "service.state"
    case .listening: "port.listening"
    case .portsFellBack: "port.fallback"
    case .reload: "reload"
    case .drained: "run.drained"
    case .request: "request"
    case .warning: "warning"
    case .error: "error"
    case .sessionEnded: "session.ended"
    }
  }
}

/// A line of a service's log as `--json` tells it, without its line break.
package func logLineJSON(
  service: ServiceID, run: RunNumber, stream: LogStream, level: LogLevel?, text: String, time: WallTime,
  isTruncated: Bool = false
) -> String {
  var object = JSONText()
  object.add("time", time.rfc3339)
  object.add("event", "log")
  object.add(service, run)
  object.add("stream", stream.name)
  if let level { object.add("level", level.name) }
  object.add("text", text)
  if isTruncated { object.add("truncated", true) }
  return object.closed
}

/// A lifecycle row of the log as `--json` tells it, without its line break.
package func logNoteJSON(
  service: ServiceID, run: RunNumber, level: LogLevel?, text: String, time: WallTime
) -> String {
  var object = JSONText()
  object.add("time", time.rfc3339)
  object.add("event", "note")
  object.add(service, run)
  if let level { object.add("level", level.name) }
  object.add("message", text)
  return object.closed
}

extension JSONText {
  fileprivate mutating func add(_ service: ServiceID, _ run: RunNumber) {
    add("service", service.name)
    add("run", run)
  }

  /// `exit`, or `signal` where one ended the process; neither where the status is not known (signal 0).
  fileprivate mutating func add(_ status: ExitStatus) {
    switch status {
    case .code(let code): add("exit", Int(code))
    case .signal(0, _): break
    case .signal(_, let name): add("signal", name)
    }
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Duration { .milliseconds(inNanoseconds / 1_000_000) }
}
