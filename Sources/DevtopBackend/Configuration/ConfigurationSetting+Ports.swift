internal import DevtopCore

extension ServiceSpec {
  /// The keys about ports, reloads and the proxy.
  var proxySettings: [ConfigurationSetting] {
    let quoted = ConfigurationText.quoted
    var variable = "PORT"
    if case .environment(let name) = ports.mode { variable = name }
    return [
      .init(
        "ports", quoted(ports.mode.name), default: "\"takeover\"",
        "takeover: devtop stands in front of its port; env: it reads PORT; handoff: descriptor 3; off"),
      .init("port_variable", quoted(variable), default: "\"PORT\"", "what ports = \"env\" sets"),
      .init("port", ports.port.map { "\($0)" } ?? "\"\"", default: "\"\"", "where devtop listens for it"),
      .init(
        "remote", quoted(ports.allowsRemote ? "allow" : "deny"), default: "\"allow\"",
        "deny: only this machine reaches it"),
      .init(
        "reload", quoted(reload.strategy.map(\.text) ?? ""), default: "\"\"",
        "swap, hold, signal:NAME or none; without it swap where the port was taken over"),
      .init(
        "drain", quoted(DurationText.text(reload.drain)), default: "\"10s\"",
        "how long requests on the old run may take"),
      .init("hold", reload.hold.toml, default: HoldLimits().toml, "how long, and how many requests wait"),
      .init("live_reload", "\(proxy.reloadsBrowsers)", default: "true", "reload pages when a run is ready"),
      .init(
        "cache", quoted(proxy.keepsCacheHeaders ? "keep" : "refresh"), default: "\"refresh\"",
        "keep: answers may be cached as the service says"),
      .init(
        "capture", quoted(SizeText.text(proxy.captureInBytes)), default: "\"0\"",
        "so much of each body is kept for Requests"),
      .init("proxy", proxy.limits.toml, default: "{}", "what is accepted from clients"),
    ] + proxy.protection.settings
  }
}

extension ReloadStrategy {
  fileprivate var text: String {
    switch self {
    case .swap: "swap"
    case .hold: "hold"
    case .none: "none"
    case .signal(let number): "signal:" + (SignalName.name(number) ?? String(number))
    }
  }
}

extension HoldLimits {
  fileprivate var toml: String {
    let standard = HoldLimits()
    let time = ConfigurationText.quoted(DurationText.text(time))
    guard requests != standard.requests || bodiesInBytes != standard.bodiesInBytes else { return time }
    return "{ time = \(time), requests = \(requests), bodies = "
      + ConfigurationText.quoted(SizeText.text(bodiesInBytes)) + " }"
  }
}

extension ProxyLimits {
  /// What differs from the defaults.
  fileprivate var toml: String {
    let standard = ProxyLimits()
    var entries: [String] = []
    func size(_ key: String, _ value: Int) {
      entries.append("\(key) = " + ConfigurationText.quoted(SizeText.text(value)))
    }
    func time(_ key: String, _ value: Duration) {
      entries.append("\(key) = " + ConfigurationText.quoted(DurationText.text(value)))
    }
    if requestLineInBytes != standard.requestLineInBytes { size("request_line", requestLineInBytes) }
    if headInBytes != standard.headInBytes { size("head", headInBytes) }
    if fields != standard.fields { entries.append("fields = \(fields)") }
    if let bodyInBytes { size("body", bodyInBytes) }
    if headTime != standard.headTime { time("head_time", headTime) }
    if bodyTime != standard.bodyTime { time("body_time", bodyTime) }
    if idleTime != standard.idleTime { time("idle_time", idleTime) }
    if let answerTime { time("answer_time", answerTime) }
    return entries.isEmpty ? "{}" : "{ " + entries.joined(separator: ", ") + " }"
  }
}

extension ProtectionSpec {
  fileprivate var settings: [ConfigurationSetting] {
    [
      .init("limit", limit?.toml ?? "\"\"", default: "\"\"", "so many requests in a time; beyond it 429"),
      .init(
        "max_in_flight", maxInFlight.map { "\($0)" } ?? "\"\"", default: "\"\"",
        "requests at once; others queue"),
      .init(
        "max_queue", maxQueue.map { "\($0)" } ?? "\"\"", default: "\"\"", "requests that queue; beyond it 503"
      ),
      .init("breaker", breaker?.toml ?? "\"\"", default: "\"\"", "503 while the service fails too often"),
      .init("retry", retry?.toml ?? "\"\"", default: "\"\"", "further attempts where that is safe"),
      .init(
        "fault", fault?.toml ?? "\"\"", default: "\"\"", "trouble on purpose, switched on in the palette"),
    ]
  }
}

extension RateLimitSpec {
  fileprivate var toml: String {
    let rate = ConfigurationText.quoted(RateText.text(requests, per: per))
    return "{ rate = \(rate), burst = \(burst), kind = " + ConfigurationText.quoted(kind.rawValue) + " }"
  }
}

extension BreakerSpec {
  fileprivate var toml: String {
    let quoted = ConfigurationText.quoted
    var text = "{ failures = \(quoted(PercentText.text(failures))), over = \(quoted(DurationText.text(over)))"
    text += ", min = \(min), open = \(quoted(DurationText.text(open))), probes = \(probes)"
    switch fallback {
    case .file(let path): text += ", fallback = \(quoted(path))"
    case .upstream(let address): text += ", fallback = \(quoted("http://\(address)"))"
    case nil: break
    }
    return text + " }"
  }
}

extension RetrySpec {
  fileprivate var toml: String {
    let quoted = ConfigurationText.quoted
    return "{ attempts = \(attempts), backoff = \(quoted(DurationText.text(backoff))), timeout = "
      + quoted(DurationText.text(timeout)) + " }"
  }
}

extension FaultSpec {
  fileprivate var toml: String {
    let quoted = ConfigurationText.quoted
    var entries: [String] = []
    if delay != .zero { entries.append("delay = \(quoted(JitterText.text(delay, jitter)))") }
    if errors > 0 { entries.append("errors = \(quoted("\(PercentText.text(errors)) \(status)"))") }
    if let bytesPerSecond { entries.append("bandwidth = \(quoted(SizeText.text(bytesPerSecond) + "/s"))") }
    return entries.isEmpty ? "{}" : "{ " + entries.joined(separator: ", ") + " }"
  }
}
