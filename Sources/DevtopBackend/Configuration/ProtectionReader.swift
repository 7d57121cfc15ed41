internal import DevtopCore

/// Reads what protects a service, and the trouble that is made on purpose.
struct ProtectionReader {
  /// Absolute; what a fallback file is relative to.
  let directory: String
  let findings: ConfigurationFindings

  func read(_ reader: inout TableReader, into protection: inout ProtectionSpec) {
    if let table = reader.subtable("limit"), let entry = reader.table["limit"] {
      protection.limit = readLimit(table, path: reader.name(of: "limit"), at: entry.value.place)
    }
    protection.maxInFlight = reader.count("max_in_flight")
    protection.maxQueue = reader.count("max_queue", from: 0)
    if protection.maxQueue != nil, protection.maxInFlight == nil, let entry = reader.table["max_queue"] {
      findings.problem("\(reader.name(of: "max_queue")) needs max_in_flight", at: entry.keyPlace)
    }
    if let table = reader.subtable("breaker") {
      protection.breaker = readBreaker(table, path: reader.name(of: "breaker"))
    }
    if let table = reader.subtable("retry") {
      protection.retry = readRetry(table, path: reader.name(of: "retry"))
    }
    if let table = reader.subtable("fault") {
      protection.fault = readFault(table, path: reader.name(of: "fault"))
    }
  }

  private func readLimit(_ table: TomlTable, path: String, at place: TomlPlace) -> RateLimitSpec? {
    var reader = TableReader(table, path: path, findings: findings)
    defer { reader.finish() }
    let burst = reader.count("burst")
    let kind = reader.choice("kind", among: RateLimitSpec.Kind.allCases.map(\.rawValue))
    guard table["rate"] != nil else {
      findings.problem("\(path) needs rate = \"100/s\"", at: place)
      return nil
    }
    guard
      let rate = reader.parsed("rate", as: "a rate such as \"100/s\" or \"20/10s\"", RateText.parse)
    else { return nil }
    var limit = RateLimitSpec(requests: rate.count, per: rate.per, burst: burst ?? rate.count)
    limit.kind = kind.flatMap(RateLimitSpec.Kind.init(rawValue:)) ?? .token
    return limit
  }

  private func readBreaker(_ table: TomlTable, path: String) -> BreakerSpec {
    var reader = TableReader(table, path: path, findings: findings)
    defer { reader.finish() }
    var breaker = BreakerSpec()
    breaker.failures =
      reader.parsed("failures", as: "a share such as \"50%\"", PercentText.parse) ?? breaker.failures
    breaker.over = reader.duration("over") ?? breaker.over
    breaker.min = reader.count("min") ?? breaker.min
    breaker.open = reader.duration("open") ?? breaker.open
    breaker.probes = reader.count("probes") ?? breaker.probes
    let expected = "a file, or an address such as \"http://127.0.0.1:9000\""
    if let text = reader.string("fallback", expected: expected) {
      breaker.fallback = fallback(text.text, key: reader.name(of: "fallback"), at: text.place)
    }
    return breaker
  }

  private func fallback(_ text: String, key: String, at place: TomlPlace) -> BreakerSpec.Fallback? {
    if text.hasPrefix("http://") {
      if let address = AddressText.parse(String(text.dropFirst("http://".count))) {
        return .upstream(address)
      }
      findings.problem(
        "\(key): expected a numeric address such as \"http://127.0.0.1:9000\", found "
          + ConfigurationText.quoted(ConfigurationText.shortened(text)), at: place)
      return nil
    }
    return .file(Path.absolute(text, in: directory))
  }

  private func readRetry(_ table: TomlTable, path: String) -> RetrySpec {
    var reader = TableReader(table, path: path, findings: findings)
    defer { reader.finish() }
    var retry = RetrySpec()
    retry.attempts = reader.count("attempts") ?? retry.attempts
    retry.backoff = reader.duration("backoff") ?? retry.backoff
    retry.timeout = reader.duration("timeout") ?? retry.timeout
    return retry
  }

  private func readFault(_ table: TomlTable, path: String) -> FaultSpec {
    var reader = TableReader(table, path: path, findings: findings)
    defer { reader.finish() }
    var fault = FaultSpec()
    if let delay = reader.parsed(
      "delay", as: "a delay such as \"300ms\" or \"300ms±100ms\"", JitterText.parse)
    {
      (fault.delay, fault.jitter) = (delay.delay, delay.jitter)
    }
    if let errors = reader.parsed(
      "errors", as: "a share and a status such as \"5% 503\"", ErrorShareText.parse)
    {
      (fault.errors, fault.status) = (errors.share, errors.status)
    }
    fault.bytesPerSecond = reader.parsed(
      "bandwidth", as: "bytes a second such as \"64k/s\"", BandwidthText.parse)
    return fault
  }
}
