import DevtopCore

/// A problem as browsers get it: bounded, and with what was left out counted.
struct ShownProblem {
  static let diagnosticLimit = 50
  static let lineLimit = 200
  /// Of one text, in characters.
  static let lengthLimit = 2_000

  let title: String
  let diagnostics: [Diagnostic]
  let output: [String]
  /// Findings and lines that are not shown.
  let leftOut: Int
  /// The same for the same problem, of hexadecimal digits.
  let id: String

  init(_ problem: BrowserProblem) {
    title = Self.cut(problem.title)
    var lines = 0
    diagnostics = problem.diagnostics.prefix(Self.diagnosticLimit).map { diagnostic in
      var shown = diagnostic
      shown.file = Self.cut(diagnostic.file)
      shown.message = Self.cut(diagnostic.message)
      shown.detail = diagnostic.detail.prefix(Self.lineLimit).map { Self.cut($0) }
      shown.tool = diagnostic.tool.map { Self.cut($0) }
      lines += diagnostic.detail.count - shown.detail.count
      return shown
    }
    // The last words of a process tell most.
    output = problem.output.suffix(Self.lineLimit).map { Self.cut($0) }
    leftOut =
      lines + problem.diagnostics.count - diagnostics.count + problem.output.count - output.count
    id = Self.fingerprint(of: problem)
  }

  /// Nil where nothing was left out.
  var remark: String? { leftOut > 0 ? "and \(leftOut) more" : nil }

  var json: String {
    let findings = diagnostics.map { diagnostic in
      BrowserJSON.object([
        "severity": BrowserJSON.string(diagnostic.severity.rawValue),
        "location": BrowserJSON.string(diagnostic.location),
        "tool": BrowserJSON.string(diagnostic.tool ?? ""), "message": BrowserJSON.string(diagnostic.message),
        "detail": BrowserJSON.array(diagnostic.detail.map { BrowserJSON.string($0) }),
      ])
    }
    return BrowserJSON.object([
      "id": BrowserJSON.string(id), "title": BrowserJSON.string(title),
      "diagnostics": BrowserJSON.array(findings),
      "output": BrowserJSON.array(output.map { BrowserJSON.string($0) }),
      "remark": BrowserJSON.string(remark ?? ""),
    ])
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > lengthLimit,
      let end = text.index(text.startIndex, offsetBy: lengthLimit, limitedBy: text.endIndex)
    else { return text }
    return end == text.endIndex ? text : text[..<end] + "…"
  }

  /// FNV-1a over everything that is shown.
  private static func fingerprint(of problem: BrowserProblem) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    add(problem.title)
    for diagnostic in problem.diagnostics {
      add(diagnostic.severity.rawValue)
      add(diagnostic.location)
      add(diagnostic.message)
      for line in diagnostic.detail { add(line) }
    }
    for line in problem.output { add(line) }
    return String(hash, radix: 16)
  }
}
