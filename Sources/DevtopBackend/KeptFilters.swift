import DevtopCore
import Glibc

/// The named filters of a project, in the person's own state directory: a line each with tabs between: `logs` or
/// `requests`, the name, the expression.
struct KeptFilters {
  private let file: KeptFile

  /// `$XDG_STATE_HOME/devtop/NAME-HASH/filters`, `~/.local/state` where it is unset (XDG Base Directory Specification).
  init(project: String, environment: [String: String]) {
    file = KeptFile(path: ScratchDirectory.state(project: project, environment: environment) + "/filters")
  }

  func read() -> [NamedFilter] {
    (file.read() ?? "").split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
      guard parts.count == 3 else { return nil }
      return NamedFilter(name: parts[1], text: parts[2], isOfRequests: parts[0] == "requests")
    }
  }

  /// - Returns: nil, or why they could not be kept, as a sentence.
  func write(_ filters: [NamedFilter]) -> String? {
    let lines = filters.map { "\($0.isOfRequests ? "requests" : "logs")\t\($0.name)\t\($0.text)\n" }
    let code = file.write(lines.joined())
    return code == 0 ? nil : "filters cannot be kept in \(file.path): \(String(cString: strerror(code)))"
  }
}
