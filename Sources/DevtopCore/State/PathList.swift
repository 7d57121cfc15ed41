/// Paths in the order of their first addition, each once.
package struct PathList: Equatable, Sendable {
  package private(set) var all: [String] = []
  private var known: Set<String> = []

  package init() {}

  package var isEmpty: Bool { all.isEmpty }
  package var count: Int { all.count }

  package func contains(_ path: String) -> Bool { known.contains(path) }

  package mutating func add(_ path: String) {
    if known.insert(path).inserted { all.append(path) }
  }

  /// The paths of both, those of `self` first.
  package func adding(_ others: PathList) -> PathList {
    var result = self
    for path in others.all { result.add(path) }
    return result
  }
}
