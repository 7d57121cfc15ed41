extension RequestSample {
  /// What is known of the request, as Enter shows it; secrets in fields and in the query are masked.
  package var explanation: [String] {
    var lines = ["service   \(service) #\(run)"]
    if let route, route != pathOnly { lines.append("route     \(route)") }
    if kind != .tunnel {
      lines.append("status    \(status == 0 ? "none: the connection broke" : "\(status)")")
    }
    if isOpen { lines.append("duration  open") }
    if let duration { lines.append("duration  \(duration.precise)") }
    guard let exchange else {
      if let sizeInBytes { lines.append("size      \(sizeInBytes) bytes") }
      return lines + ["source    its access-log line"]
    }
    lines.append(
      "timing    " + exchange.timing.map { "\($0.name) \($0.duration.precise)" }.joined(separator: ", "))
    if exchange.retries > 0 { lines.append("attempts  \(exchange.retries + 1)") }
    let out = sizeInBytes.map { ", \($0) bytes out" } ?? ""
    if !isOpen { lines.append("size      \(exchange.bytesIn) bytes in\(out)") }
    lines.append("id        \(exchange.requestID)")
    lines.append("client    \(exchange.client)")
    lines.append("source    the proxy")
    guard kind != .tunnel else { return lines }
    if exchange.isAbridged { return lines + ["", "fields and bodies were let go to save memory"] }
    lines += ["", "\(method) \(SecretFields.masked(path: path))"]
    lines += Self.text(exchange.requestFields, exchange.requestBody, exchange.bytesIn)
    lines += ["", "\(status)"]
    return lines + Self.text(exchange.answerFields, exchange.answerBody, sizeInBytes)
  }

  private static let bodyLineLimit = 1_000

  private static func text(_ fields: [HeaderField], _ body: [UInt8]?, _ size: Int?) -> [String] {
    var lines = fields.map { field in
      let shown = SecretFields.masked(field)
      return "  \(shown.name): \(shown.value)"
    }
    let text = BodyText(body, size: size, fields: fields)
    if !text.lines.isEmpty || text.remark != nil { lines.append("") }
    lines += text.lines.prefix(bodyLineLimit).map { "  \($0)" }
    if text.lines.count > bodyLineLimit { lines.append("  … \(text.lines.count - bodyLineLimit) more lines") }
    if let remark = text.remark { lines.append("  (\(remark))") }
    return lines
  }

  /// Why it cannot be sent again; nil where it can.
  package var replayObstacle: String? {
    guard let exchange else { return "only requests that came through the proxy can be replayed" }
    switch kind {
    case .http, .eventStream: break
    case .webSocket: return "a WebSocket connection cannot be replayed"
    case .tunnel: return "a connection that is not HTTP/1 cannot be replayed"
    }
    if exchange.isAbridged { return "it cannot be replayed: its fields and body were let go to save memory" }
    guard exchange.bytesIn > 0 else { return nil }
    guard let body = exchange.requestBody else {
      return
        "it cannot be replayed: its body of \(exchange.bytesIn) bytes was not kept (capture in devtop.toml)"
    }
    guard body.count == exchange.bytesIn else {
      return "it cannot be replayed: \(body.count) of \(exchange.bytesIn) bytes of its body were kept"
    }
    return nil
  }
}

extension RequestSample.Exchange {
  /// The parts of its duration, in their order.
  package var timing: [(name: String, duration: Duration)] {
    var parts = [("held", held), ("connect", connect)]
    if let firstByte { parts.append(("first byte", firstByte)) }
    return parts + [("body", body)]
  }
}

extension RouteStats {
  /// What is known of the route, as Enter shows it.
  package var explanation: [String] {
    var lines = ["service   \(key.service)"]
    for run in [current, previous].compactMap({ $0 }) {
      lines += ["", "run #\(run.run)", "  requests  \(run.count)"]
      if run.failures > 0 { lines.append("  failed    \(run.failures)") }
      for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        if let duration = run.durations.percentile(share) {
          lines.append("  \(name)       \(duration.precise)")
        }
      }
      if run.durations.count > 0 { lines.append("  max       \(run.durations.largest.precise)") }
    }
    if previous == nil {
      lines += ["", "no run before had \(Self.comparableCount) requests to compare with"]
    }
    if isHealthCheck { lines += ["", "its requests are not listed among the latest: it is a health check"] }
    return lines
  }
}
