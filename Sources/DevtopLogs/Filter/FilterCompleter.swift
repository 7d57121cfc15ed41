package import DevtopCore

/// Finds what may follow in a filter that is being typed.
package struct FilterCompleter {
  /// Names of fields, in the order in which they are offered.
  private let fields: [String]
  /// Fields that go on behind a `|`: `src:build|run`.
  private let continuing: Set<String>
  /// Words that stand alone.
  private let words: [String]
  /// Fields of structured lines, the most frequent ones first.
  private let keys: () -> [String]
  /// The values of a field, `level` or `.user.id`, the likeliest ones first.
  private let values: (String) -> [String]

  /// Completes filters of log lines, by the newest ones.
  package static func logs(_ lines: [LogRow], services: [ServiceID]) -> FilterCompleter {
    let words = LineWords(lines)
    return FilterCompleter(
      fields: [
        FilterField.level, .service, .source, .stream, .run, .time, .near, .request, .presence, .state,
      ].map(\.rawValue),
      continuing: Set([FilterField.level, .source, .stream, .run].map(\.rawValue)), words: [],
      keys: { words.keys }
    ) { name in
      if name.hasPrefix(".") { return words.values(of: String(name.dropFirst())) }
      return switch FilterField(rawValue: name) {
      case .level: LogLevel.allCases.map(\.name)
      case .service: services.map(\.name)
      case .source: ["run", "build", "watch"]
      case .stream: LogStream.allCases.map(\.name)
      case .run: runs(lines.map(\.run))
      case .time: ["-1m", "-5m", "-15m", "-1h"]
      case .near: ["3", "10"]
      case .presence: ["level"] + words.keys
      case .state: ["new"]
      case .request, nil: []
      }
    }
  }

  /// Completes filters of requests, by those that are kept.
  package static func requests(_ samples: some Collection<RequestSample>, services: [ServiceID])
    -> FilterCompleter
  {
    // Of other connections these say nothing.
    let samples = samples.filter { $0.kind != .tunnel }
    return FilterCompleter(
      fields: RequestField.allCases.map(\.rawValue),
      continuing: Set([RequestField.method, .status, .duration, .size, .run].map(\.rawValue)),
      words: ["ws", "sse", "tunnel"], keys: { [] }
    ) { name in
      switch RequestField(rawValue: name) {
      case .method: ranked(samples.map(\.method))
      case .path: ranked(samples.map { String($0.pathOnly) })
      case .route: ranked(samples.compactMap(\.route))
      case .status:
        ["2xx", "3xx", "4xx", "5xx"] + ranked(samples.filter { $0.status > 0 }.map { "\($0.status)" })
      case .host:
        ranked(
          samples.compactMap { sample in
            sample.exchange?.requestFields.first { $0.name.lowercased() == "host" }?.value
          })
      case .service: services.map(\.name)
      case .run: runs(samples.map(\.run))
      case .duration: [">100ms", ">1s"]
      case .size: [">10k", ">1M"]
      case .request, nil: []
      }
    }
  }

  private static func runs(_ runs: [RunNumber]) -> [String] {
    ["last"] + Set(runs).sorted(by: >).map { "\($0)" }
  }

  /// Each value once, the most frequent ones first.
  static func ranked(_ values: some Sequence<String>) -> [String] {
    var counts: [String: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// What may follow the text, which ends at the cursor.
  package func completion(of text: String) -> FilterCompletion {
    let place = FilterPlace(text) { $0.hasPrefix(".") || fields.contains($0) }
    if let field = place.field {
      let typed = place.value
      let names = values(field)
      // `level:>=` goes on as `level:` does, and so does `.status:>=`; a number to compare with is no text.
      return completion(
        typed.start, typed.text, isQuoted: typed.isQuoted,
        names.filter { Self.begins($0, with: typed.text) }
          .map { FilterCompletion.Candidate($0, text: Self.text($0, of: field)) })
    }
    let typed = place.word
    var found: [FilterCompletion.Candidate] = []
    if let field = place.fieldBeforeBar, continuing.contains(field) {
      found = values(field).filter { Self.begins($0, with: typed) }.map { .init($0, text: $0) }
    }
    found += (fields.map { "\($0):" } + words).filter { Self.begins($0, with: typed) }.map {
      .init($0, text: $0)
    }
    // Fields of the lines where they are asked for, or where there is nothing else.
    if typed.isEmpty || found.isEmpty || typed.hasPrefix(".") {
      let wanted = typed.hasPrefix(".") ? String(typed.dropFirst()) : typed
      found += keys().filter { Self.begins($0, with: wanted) }.map { .init(".\($0):", text: ".\($0):") }
    }
    return completion(place.start, typed, isQuoted: false, found)
  }

  /// Values of these fields are words of the grammar; those of others are texts.
  private static func text(_ value: String, of field: String) -> String {
    switch field {
    case "status", "dur", "size", "t", "has": value
    default: FilterText.quoted(value)
    }
  }

  private func completion(
    _ start: Int, _ typed: String, isQuoted: Bool, _ found: [FilterCompletion.Candidate]
  ) -> FilterCompletion {
    let found = Array(found.prefix(Self.candidateLimit))
    var completion = FilterCompletion(start: start, candidates: found)
    guard let first = found.first else { return completion }
    if found.count == 1 {
      completion.common = first.text
      return completion
    }
    var common = first.label[...]
    for candidate in found.dropFirst() { common = common.commonPrefix(with: candidate.label) }
    guard common.count > typed.count else { return completion }
    let text = String(common)
    let needsQuotes = isQuoted || found.contains { $0.text != $0.label } && FilterText.quoted(text) != text
    // The quote is closed by whoever goes on.
    completion.common = needsQuotes ? "\"" + FilterText.escaped(text) : text
    return completion
  }

  private static let candidateLimit = 100

  private static func begins(_ text: String, with typed: String) -> Bool {
    text.count >= typed.count && text.prefix(typed.count).lowercased() == typed.lowercased()
  }
}

extension Substring {
  fileprivate func commonPrefix(with other: String) -> Substring {
    prefix(zip(self, other).prefix { $0 == $1 }.count)
  }
}
