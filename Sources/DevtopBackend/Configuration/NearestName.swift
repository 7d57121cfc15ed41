/// Finds the name that a person most likely meant.
package enum NearestName {
  /// The valid name nearest to what was written, or nil where none is near.
  ///
  /// Near is an edit distance of at most a third of the longer name, and at least 1; letter case is free.
  static func of(_ written: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(written.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for name in names {
      let candidate = Array(name.lowercased().unicodeScalars)
      let distance = distance(wanted, candidate)
      guard distance <= max(1, max(wanted.count, candidate.count) / 3) else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
    }
    return best?.name
  }

  /// `; did you mean "x"?`, or the valid names where none is near and they are few, or nothing.
  package static func hint(_ written: String, among names: [String]) -> String {
    if let near = of(written, among: names) { return "; did you mean \"\(near)\"?" }
    guard !names.isEmpty, names.count <= 12 else { return "" }
    return "; known: " + names.joined(separator: ", ")
  }

  /// The Damerau–Levenshtein distance with adjacent transpositions (optimal string alignment).
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty else { return right.count }
    guard !right.isEmpty else { return left.count }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      current.reserveCapacity(right.count + 1)
      for column in 1...right.count {
        let same = left[row - 1] == right[column - 1]
        var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          cost = min(cost, beforeLast[column - 2] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
