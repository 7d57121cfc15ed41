extension Report {
  /// One line of `--plain`, without its line break; nil for what the log lines tell already.
  package var plain: String? {
    switch self {
    case .sessionStarted(let project, let services, let configuration):
      let names = services.map(\.name).joined(separator: ", ")
      return "[devtop] \(project): \(names) (\(configuration))"
    case .watchReady(let summary):
      return
        "[devtop] watching \(summary.files) files in \(summary.directories) directories (\(summary.backend))"
    case .filesChanged(let paths, let result, let services, let rule):
      let shown =
        paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
      switch result {
      case .build: return "[devtop] \(shown): build \(services.map(\.name).joined(separator: ", "))"
      case .restart: return "[devtop] \(shown): restart \(services.map(\.name).joined(separator: ", "))"
      case .ignored: return "[devtop] \(shown): ignored by \(rule ?? "a rule")"
      case .unchanged, .coalesced, .paused: return "[devtop] \(shown): \(result.rawValue)"
      }
    case .buildStarted(let service, let run): return "[\(service)] build #\(run) started"
    case .diagnostic, .request: return nil
    case .buildFinished(let service, let run, let outcome):
      return "[\(service)] build #\(run) \(outcome.sentence) in \(outcome.duration.short)"
    case .serviceState(let service, let run, let state, let pid, let port, let status):
      var text = "[\(service)] #\(run) \(state.rawValue)"
      if let port { text += " on port \(port)" }
      if let status { text += ": \(status.description)" }
      if let pid { text += " (pid \(pid))" }
      return text
    case .warning(let notice): return "[devtop] warning: \(notice.sentence)"
    case .error(let notice): return "[devtop] error: \(notice.sentence)"
    case .sessionEnded(let status): return status == 0 ? nil : "[devtop] ended with status \(status)"
    }
  }
}

extension BuildOutcome {
  fileprivate var sentence: String {
    switch result {
    case .succeeded: return warnings == 0 ? "ok" : "ok, \(warnings) warnings"
    case .cancelled: return "cancelled"
    case .failed(let status, let reason):
      let why = reason ?? status?.description ?? "failed"
      return "failed: \(errors) errors, \(warnings) warnings, \(why)"
    }
  }
}

extension ConfigurationNotice {
  /// The message behind the place that it is about.
  package var sentence: String { position.map { "\($0): \(message)" } ?? message }
}
