/// One finding of a compiler, a vet tool, a test run or a crash report.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Hashable, Comparable, Sendable {
    case error
    case warning
    case note

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  package var severity: Severity
  /// Relative to the service's directory where the file is inside it, else as the tool printed it.
  package var file: String
  /// From 1.
  package var line: Int
  /// From 1; nil where the tool names none.
  package var column: Int?
  package var message: String
  /// Further lines of the tool about the same finding (a code frame, a note), without escapes.
  package var detail: [String]
  /// The tool or analysis that found it, when the output tells (`vet`, `test`, `panic`).
  package var tool: String?

  package init(
    severity: Severity, file: String, line: Int, column: Int? = nil, message: String, detail: [String] = [],
    tool: String? = nil
  ) {
    self.severity = severity
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.detail = detail
    self.tool = tool
  }

  /// `file:line:column`, or `file:line`.
  package var location: String {
    if let column { "\(file):\(line):\(column)" } else { "\(file):\(line)" }
  }
}
