extension FileEntry {
  /// Why this change led to what it did, as Enter shows it.
  package var explanation: [String] {
    let what =
      switch kind {
      case .created: "created"
      case .modified: "modified"
      case .removed: "removed"
      }
    let times = count > 1 ? " (\(count) times)" : ""
    return ["\(what)\(times)", reason]
  }

  private var reason: String {
    switch outcome {
    case .build(let runs):
      "builds " + runs.sorted { $0.key < $1.key }.map { "\($0.key) #\($0.value)" }.joined(separator: ", ")
    case .restart(let ids): "restarts " + ids.map(\.name).joined(separator: ", ") + " without a build"
    case .ignored(let rule): "ignored: \(rule)"
    case .unchanged: "its content is what the newest build saw: nothing to build"
    case .coalesced: "part of a build that already waits for it"
    case .paused: "watching is paused: p resumes, t builds what changed"
    case .rule(let name, _): "runs the rule \(name)"
    }
  }
}

extension Duration {
  /// As exact as a log tells it: `991 ns`, `412.5 µs`, `1.24 ms`, `1.4 s`, `2 m 12 s`.
  var precise: String {
    let nanoseconds = max(0, inNanoseconds)
    func hundredths(of unit: Int64, _ name: String) -> String {
      let whole = nanoseconds / unit
      let part = nanoseconds % unit / (unit / 100)
      if part == 0 { return "\(whole) \(name)" }
      let digits = part % 10 == 0 ? "\(part / 10)" : (part < 10 ? "0\(part)" : "\(part)")
      return "\(whole).\(digits) \(name)"
    }
    switch nanoseconds {
    case ..<1_000: return "\(nanoseconds) ns"
    case ..<1_000_000: return hundredths(of: 1_000, "µs")
    case ..<1_000_000_000: return hundredths(of: 1_000_000, "ms")
    case ..<60_000_000_000: return hundredths(of: 1_000_000_000, "s")
    default:
      let seconds = nanoseconds / 1_000_000_000
      return seconds < 3_600
        ? "\(seconds / 60) m \(seconds % 60) s" : "\(seconds / 3_600) h \(seconds / 60 % 60) m"
    }
  }
}

extension ServiceState {
  /// What is configured and known, as Enter shows it.
  package var explanation: [String] {
    var lines = ["directory  \(spec.directory)"]
    lines += spec.build.map { "build      \($0.command.description)" }
    if let run = spec.run { lines.append("run        \(run.description)") }
    if !spec.dependsOn.isEmpty {
      lines.append("depends on " + spec.dependsOn.map(\.name).joined(separator: ", "))
    }
    if let pid = process.pid { lines.append("pid        \(pid)") }
    if let port = process.port { lines.append("port       \(port)") }
    if case .failed(_, let failure) = process {
      if let status = failure.status { lines.append("ended      \(status.description)") }
      if let reason = failure.reason { lines.append("failed     \(reason)") }
    }
    return lines
  }
}

extension BuildRow {
  /// As `y` copies it.
  package func text(at now: WallTime) -> String {
    switch self {
    case .portHeld(_, let holder): holder.sentence(at: now)
    case .crash(_, let diagnostic), .diagnostic(_, let diagnostic):
      "\(diagnostic.location): \(diagnostic.message)"
    case .notice(let notice): (notice.text.position.map { "\($0): " } ?? "") + notice.text.message
    }
  }
}
