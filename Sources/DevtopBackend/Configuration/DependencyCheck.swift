internal import DevtopCore

/// Checks `depends_on`: every name exists, and nobody waits for itself.
struct DependencyCheck {
  let findings: ConfigurationFindings
  /// Where each dependency of a service is written.
  var places: [ServiceID: [TomlPlace]] = [:]

  init(findings: ConfigurationFindings) { self.findings = findings }

  func check(_ services: [ServiceSpec]) {
    let names = services.map(\.id.name)
    for service in services {
      for (dependency, place) in zip(service.dependsOn, places[service.id] ?? [])
      where !names.contains(dependency.name) {
        let written = ConfigurationText.quoted(ConfigurationText.shortened(dependency.name))
        let hint = NearestName.hint(dependency.name, among: names.filter { $0 != service.id.name })
        findings.problem("service.\(service.id).depends_on: there is no service \(written)\(hint)", at: place)
      }
    }
    if let cycle = Self.cycle(in: services), let first = cycle.first {
      let path = cycle.map(\.name).joined(separator: " → ")
      let service = services.first { $0.id == first }
      let index = service?.dependsOn.firstIndex(of: cycle[1]) ?? 0
      let found = places[first] ?? []
      findings.problem(
        "services wait for each other: \(path); take one depends_on out",
        at: found.indices.contains(index) ? found[index] : TomlPlace(line: 0, column: 0))
    }
  }

  /// The first cycle, its first service repeated at the end.
  static func cycle(in services: [ServiceSpec]) -> [ServiceID]? {
    let dependencies = Dictionary(
      services.map { ($0.id, $0.dependsOn) }, uniquingKeysWith: { first, _ in first })
    var finished: Set<ServiceID> = []
    for start in services.map(\.id) where !finished.contains(start) {
      // Depth first with a stack of its own: a long chain is no deep recursion.
      var path: [(id: ServiceID, next: Int)] = [(start, 0)]
      while let top = path.last {
        let following = dependencies[top.id] ?? []
        guard top.next < following.count else {
          finished.insert(top.id)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let next = following[top.next]
        if let index = path.firstIndex(where: { $0.id == next }) { return path[index...].map(\.id) + [next] }
        if !finished.contains(next), dependencies[next] != nil { path.append((next, 0)) }
      }
    }
    return nil
  }
}
