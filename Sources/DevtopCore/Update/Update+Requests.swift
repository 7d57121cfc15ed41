extension AppState {
  /// Adds finished requests to the statistics.
  mutating func requestsFinished(_ all: [RequestSample]) -> [Effect] {
    let samples = all.filter { !isProbe($0) }
    guard !samples.isEmpty else { return [] }
    requests.add(samples)
    if screen.requests.selected > 0 {
      screen.requests.move(
        by: samples.count, count: requests.recent.count, height: Layout(self).contentHeight(of: .requests))
    }
    var effects: [Effect] = samples.map { .report(.request($0)) }
    if !requests.isCounting {
      requests.isCounting = true
      effects.append(.setTimer(.requestRate, after: .seconds(1)))
    }
    return effects
  }

  /// Whether devtop itself asked, to see whether the service is ready.
  private func isProbe(_ sample: RequestSample) -> Bool {
    guard let service = self[sample.service], case .http(let path, _) = service.spec.readiness,
      sample.method == "GET", sample.path == path
    else { return false }
    switch service.process {
    case .starting(let run, _, _): return run == sample.run
    case .ready(let run, _, _, let since):
      // The answer that made it ready is in the log at about that time.
      return run == sample.run && sample.time.milliseconds <= since.wall.milliseconds + 50
    case .none, .waiting, .running, .stopping, .stopped, .exited, .failed: return false
    }
  }

  /// A second has passed: the rate moves on, and rests when nothing came for as long as it shows.
  mutating func requestSecondPassed() -> [Effect] {
    requests.rate.append(requests.current)
    requests.current = 0
    if requests.rate.count > RequestStats.rateLength { requests.rate.removeFirst() }
    if requests.rate.allSatisfy({ $0 == 0 }) {
      requests.rate = []
      requests.isCounting = false
      return []
    }
    return [.setTimer(.requestRate, after: .seconds(1))]
  }
}

extension RequestStats {
  /// Counts requests and keeps the newest of them.
  package mutating func add(_ samples: [RequestSample]) {
    for sample in samples { count(sample) }
    recent = Array((samples.suffix(Self.recentLength).reversed() + recent).prefix(Self.recentLength))
  }

  /// Counts one request; its path is normalised to a route, of which there are at most `routeLimit`.
  private mutating func count(_ sample: RequestSample) {
    total += 1
    current += 1
    if (100..<600).contains(sample.status) { classes[sample.status / 100 - 1] += 1 }
    var key = RouteKey(method: sample.method, route: Self.route(of: sample.path))
    if routes[key] == nil, routes.count >= Self.routeLimit { key = RouteKey(method: "", route: "other") }
    var stats = routes[key] ?? RouteStats(last: sample.time)
    stats.count += 1
    stats.last = sample.time
    if sample.status >= 500 { stats.failures += 1 }
    if let duration = sample.duration {
      stats.durations.record(duration)
      durations.record(duration)
    }
    routes[key] = stats
  }

  /// The path without its query, with numbers, UUIDs, long hexadecimal words and dates as `:id`.
  package static func route(of path: String) -> String {
    let end = path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex
    let segments = path[..<end].split(separator: "/", omittingEmptySubsequences: false)
    return segments.map { isIdentifier($0) ? ":id" : String($0) }.joined(separator: "/")
  }

  private static func isIdentifier(_ segment: Substring) -> Bool {
    guard !segment.isEmpty else { return false }
    var digits = 0
    var hexadecimal = 0
    for byte in segment.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        hexadecimal += 1
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
        hexadecimal += 1
      default: return false
      }
    }
    let length = segment.utf8.count
    let isDate = length == 10 && digits == 8
    return digits == length || isDate || (hexadecimal == length && digits > 0 && length >= 8)
  }
}
