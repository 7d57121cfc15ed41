extension ViewIndex.Entry {
  /// Nothing asked yet, with what is known from before: what was found matches `filter`.
  func narrowed(_ filter: FilterNode?) -> ViewIndex.Entry {
    var fresh = ViewIndex.Entry(outline: outline)
    fresh.narrowing =
      asked.isEmpty ? narrowing : ViewIndex.Narrowing(lines: asked, candidates: found, known: filter)
    // Asked only in part yet: the rest is known from the question before, where both stretches meet.
    if let older = narrowing, !asked.isEmpty, older.lines.lowerBound < asked.lowerBound,
      older.lines.upperBound >= asked.lowerBound
    {
      // From the chunk's first line on, as `found` is.
      var candidates = LineSet(base: 0, end: asked.upperBound)
      candidates.merge(older.candidates.restricted(to: older.lines.lowerBound..<asked.lowerBound))
      candidates.merge(found.restricted(to: asked))
      fresh.narrowing = ViewIndex.Narrowing(
        lines: older.lines.lowerBound..<asked.upperBound, candidates: candidates, known: older.known)
    }
    return fresh
  }
}

extension ViewIndex.Narrowing {
  /// What can be an answer in a stretch.
  func candidates(in stretch: Range<Int>) -> LineSet {
    var left = LineSet(stretch)
    let known = lines.clamped(to: stretch)
    guard !known.isEmpty else { return left }
    left.subtract(LineSet(LineSet(known), widenedTo: stretch))
    let found = candidates.restricted(to: known)
    if !found.isEmpty { left.formUnion(LineSet(found, widenedTo: stretch)) }
    return left
  }
}

extension LineQuestion {
  /// Whether every answer to this is one to `other` too.
  func implies(_ other: LineQuestion) -> Bool {
    guard other.onlyService == nil || onlyService == other.onlyService else { return false }
    if other.filter?.dependsOnNewestRun == true, newestRuns != other.newestRuns { return false }
    if let wider = other.filter, filter?.implies(wider) != true { return false }
    if let wider = other.search, search?.implies(wider) != true { return false }
    // Line by line less is found than by whole records, but a lifecycle row is found by its text alone.
    return (search == nil) == (other.search == nil)
  }
}

extension FilterNode {
  /// What is left to ask of lines that match `known`.
  func without(_ known: FilterNode) -> FilterNode {
    func parts(_ node: FilterNode) -> [FilterNode] {
      if case .and(let children) = node { children } else { [node] }
    }
    let settled = parts(known)
    return .and(parts(self).filter { !settled.contains($0) })
  }
}
