extension Report {
  /// One line of `--plain`, without its line break; nil for what the log lines tell already.
  package var plain: String? {
    switch self {
    case .sessionStarted(let project, let services, let configuration):
      let names = services.map(\.name).joined(separator: ", ")
      return "[devtop] \(project): \(names) (\(configuration))"
    case .watchReady(let summary):
      return
        "[devtop] watching \(summary.files) \(summary.files == 1 ? "file" : "files") in \(summary.directories) "
        + "\(summary.directories == 1 ? "directory" : "directories") (\(summary.backend))"
    case .filesChanged(let paths, let result, let services, let rule):
      let shown =
        paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
      switch result {
      case .build: return "[devtop] \(shown): build \(services.map(\.name).joined(separator: ", "))"
      case .restart: return "[devtop] \(shown): restart \(services.map(\.name).joined(separator: ", "))"
      case .ignored:
        // As in the Files pane: what an editor keeps beside a file for a moment is no news.
        if paths.allSatisfy(EditorFile.isTemporary) { return nil }
        return "[devtop] \(shown): ignored: \(rule ?? "by a rule")"
      case .unchanged, .coalesced, .paused: return "[devtop] \(shown): \(result.rawValue)"
      }
    // Rows of the log, which is printed, too, say these, and more.
    case .buildStarted, .buildFinished: return nil
    case .diagnostic, .request: return nil
    case .listening(let service, let run, let port):
      return "[\(service)] #\(run) listens on \(port.address) (behind it: \(port.upstream))"
    // A warning, or rows of the log, tell these.
    case .portsFellBack, .reload, .drained: return nil
    case .serviceState(let service, let run, let state, let pid, _, _):
      switch state {
      case .ready, .stopped, .exited, .failed: return nil
      case .waiting, .starting, .running, .stopping:
        return "[\(service)] #\(run) \(state.rawValue)" + (pid.map { " (pid \($0))" } ?? "")
      }
    case .warning(let notice): return "[devtop] warning: \(notice.sentence)"
    case .error(let notice): return "[devtop] error: \(notice.sentence)"
    case .sessionEnded(let status): return status == 0 ? nil : "[devtop] ended with status \(status)"
    }
  }
}

extension ConfigurationNotice {
  /// The message behind the place that it is about.
  package var sentence: String { position.map { "\($0): \(message)" } ?? message }
}
