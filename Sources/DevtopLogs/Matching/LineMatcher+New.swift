import DevtopCore

/// Messages that no earlier run of their service had.
extension LineMatcher {
  func linesOfNewMessages(_ candidates: LineSet, _ chunk: Chunk) -> LineSet {
    let asked = linesOfSources(candidates, chunk) {
      $0.isOfProgram && self.templates.knowsRun(before: $0.run, of: $0.service)
    }
    return linesOneByOne(asked, chunk) { text, source in
      templates.isNew(
        MessageTemplates.template(of: text, isDirty: false), in: source.run, of: source.service)
    }
  }
}

extension MessageTemplates {
  func isNew(_ row: LogRow) -> Bool {
    guard row.stream.isOfProgram, knowsRun(before: row.run, of: row.service) else { return false }
    let template = row.bytes.withUnsafeBufferPointer {
      Self.template(of: $0, isDirty: LineText.isDirty($0))
    }
    return isNew(template, in: row.run, of: row.service)
  }
}

extension LogSource {
  var isOfProgram: Bool { stream.isOfProgram }
}

extension LogStream {
  /// Printed by the service itself, not by its build or by devtop.
  var isOfProgram: Bool {
    switch self {
    case .terminal, .output, .error: true
    case .build, .marker: false
    }
  }
}
