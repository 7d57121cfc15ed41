package import DevtopCore

extension RequestFilter {
  /// Reads a filter of requests: the grammar of `LogFilter` with `method:POST`, `path:/api/*`, `route:`, `status:5xx`,
  /// `status:>=400`, `dur:>100ms`, `size:>10k`, `host:`, `run:`, `svc:`, `req:`, and `ws`, `sse`, `tunnel`.
  ///
  /// A word is looked for in method, path, status, service and request id.
  ///
  /// - Throws: `FilterError` with the column and the way out.
  package static func parse(_ text: String) throws(FilterError) -> RequestFilter {
    var parser = FilterParser(text, language: .requests)
    let root = try parser.parse()
    let matcher = Locked(RequestMatcher())
    return RequestFilter(text: text) { sample, newestRun in
      matcher.withLock { $0.matches(root, sample, newestRun: newestRun) }
    }
  }
}

/// Answers a filter for one request at a time.
struct RequestMatcher {
  private let regex = RegexRunner()

  func matches(_ root: FilterNode, _ sample: RequestSample, newestRun: RunNumber) -> Bool {
    let text = Array(
      "\(sample.verb) \(sample.path) \(sample.status) \(sample.service) \(sample.exchange?.requestID ?? "")"
        .utf8)
    return text.withUnsafeBufferPointer { evaluate(root, sample, $0, newestRun) }
  }

  private func evaluate(
    _ node: FilterNode, _ sample: RequestSample, _ text: UnsafeBufferPointer<UInt8>, _ newestRun: RunNumber
  ) -> Bool {
    switch node {
    case .and(let children): children.allSatisfy { evaluate($0, sample, text, newestRun) }
    case .or(let children): children.contains { evaluate($0, sample, text, newestRun) }
    case .not(let child): !evaluate(child, sample, text, newestRun)
    case .text(let pattern): regex.matches(pattern, line: text)
    case .service(let names):
      names.contains { name in
        switch name {
        case .exactly(let text): sample.service.name == text
        case .pattern(let pattern):
          Array(sample.service.name.utf8).withUnsafeBufferPointer { regex.matches(pattern, line: $0) }
        }
      }
    case .run(let runs):
      runs.contains { match in
        switch match {
        case .numbers(let range): range.contains(sample.run)
        case .last: sample.run == newestRun
        }
      }
    case .request(let condition): Self.holds(condition, for: sample)
    // Fields of log lines, which the language of requests does not have.
    case .level, .stream, .time, .field, .isNew: false
    }
  }

  private static func holds(_ condition: RequestCondition, for sample: RequestSample) -> Bool {
    switch condition {
    case .method(let names): names.contains(sample.method.uppercased())
    case .path(let globs): globs.contains { $0.matches(sample.pathOnly) || $0.matches(sample.path) }
    case .route(let globs): globs.contains { $0.matches(sample.route ?? "") }
    case .host(let globs):
      sample.exchange?.requestFields.first { $0.name.lowercased() == "host" }.map { host in
        // With or without its port.
        globs.contains { $0.matches(host.value) || $0.matches(host.value.prefix { $0 != ":" }) }
      } ?? false
    case .status(let ranges): ranges.contains { $0.contains(Int64(sample.status)) }
    case .duration(let ranges):
      sample.duration.map { duration in ranges.contains { $0.contains(duration.inNanoseconds) } } ?? false
    case .size(let ranges):
      sample.sizeInBytes.map { size in ranges.contains { $0.contains(Int64(size)) } } ?? false
    case .kind(let kind): sample.kind == kind
    }
  }
}
