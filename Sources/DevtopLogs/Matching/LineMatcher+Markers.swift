extension LineMatcher {
  /// What a filter says about lifecycle rows of a source, where their text and level do not count.
  ///
  /// - Returns: nil when it would depend on the text or the level: such rows are shown.
  func verdict(_ node: FilterNode, on source: LogSource, _ question: LineQuestion) -> Bool? {
    switch node {
    case .and(let children): conjunction(children.lazy.map { self.verdict($0, on: source, question) })
    // By De Morgan: an alternative is refused when every part of it is.
    case .or(let children):
      conjunction(children.lazy.map { self.verdict($0, on: source, question).map { !$0 } }).map { !$0 }
    case .not(let child): verdict(child, on: source, question).map { !$0 }
    case .text, .level, .time, .field, .isNew: nil
    case .request: false
    case .service(let names): isNamed(source.service, names)
    case .run(let runs): isRun(source.run, of: source.service, runs, question)
    case .stream(let streams): streams.contains(source.stream)
    }
  }

  /// AND where some are not known.
  private func conjunction(_ verdicts: some Sequence<Bool?>) -> Bool? {
    var isKnown = true
    for verdict in verdicts {
      if verdict == false { return false }
      if verdict == nil { isKnown = false }
    }
    return isKnown ? true : nil
  }
}
