package import DevtopCore

/// What devtop answers where no process does: a page for people, JSON or plain text for programs.
package struct ErrorAnswer: Sendable {
  package var status = 503
  /// Such as `api does not answer`; a problem has a title of its own.
  package var title: String
  package var service: String
  package var problem: BrowserProblem?
  /// Of pages now; nil where live reload is off, and where the request had reached the service: a page that ends the
  /// service must not be loaded again by itself.
  package var version: PageVersion?
  /// After which asking again is worth it, which a page does by itself; sent in whole seconds, one at least.
  package var retryAfter: Duration? = .seconds(1)

  package init(
    status: Int = 503, title: String, service: String, problem: BrowserProblem? = nil,
    version: PageVersion? = nil
  ) {
    self.status = status
    self.title = title
    self.service = service
    self.problem = problem
    self.version = version
  }

  /// The answer in the form that the request accepts.
  package func answer(
    method: String, fields: [HeaderField], using random: inout some RandomNumberGenerator
  ) -> OwnAnswer {
    var answer = OwnAnswer(status: status, fields: [], body: [])
    if InjectionPolicy.isNavigation(method: method, fields: fields) {
      let nonce = String(random.next() as UInt64, radix: 16) + String(random.next() as UInt64, radix: 16)
      answer.body = ProblemPage.document(
        problem: problem, title: title, service: service, version: version,
        asksAgain: retryAfter != nil, nonce: nonce)
      answer.fields = [
        HeaderField("Content-Type", "text/html; charset=utf-8"),
        HeaderField("Content-Security-Policy", ProblemPage.policy(nonce: nonce)),
      ]
    } else if Self.prefersJSON(fields) {
      answer.body = Array(json.utf8)
      answer.fields = [HeaderField("Content-Type", "application/json")]
    } else {
      answer.body = Array(plainText.utf8)
      answer.fields = [HeaderField("Content-Type", "text/plain; charset=utf-8")]
    }
    answer.fields += [
      HeaderField("Cache-Control", "no-store"), HeaderField("X-Content-Type-Options", "nosniff"),
      HeaderField("Content-Length", String(answer.body.count)),
    ]
    if let retryAfter { answer.fields.append(HeaderField("Retry-After", String(retryAfter.inRetrySeconds))) }
    if method == "HEAD" { answer.body = [] }
    return answer
  }

  private var json: String {
    let shown = ShownProblem(problem ?? BrowserProblem(title: title))
    return BrowserJSON.object([
      "error": BrowserJSON.string(shown.title), "service": BrowserJSON.string(service),
      "status": String(status), "problem": problem == nil ? "null" : shown.json,
    ]) + "\n"
  }

  private var plainText: String {
    let shown = ShownProblem(problem ?? BrowserProblem(title: title))
    var lines = ["devtop: \(service): \(shown.title)"]
    for diagnostic in shown.diagnostics {
      let tool = diagnostic.tool.map { " [\($0)]" } ?? ""
      lines.append("\(diagnostic.location): \(diagnostic.severity.rawValue): \(diagnostic.message)\(tool)")
      lines += diagnostic.detail.map { "    " + $0 }
    }
    lines += shown.output
    if let remark = shown.remark { lines.append(remark) }
    return lines.map { Self.withoutControls($0) }.joined(separator: "\n") + "\n"
  }

  /// A program may print it to a terminal.
  private static func withoutControls(_ line: String) -> String {
    var result = ""
    for scalar in line.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\t" && scalar != "\n"
      result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return result
  }

  /// RFC 9110 §12.5.1, as far as the choice between two forms needs it.
  private static func prefersJSON(_ fields: [HeaderField]) -> Bool {
    var json = 0.0
    var text = 0.0
    for range in fields.values(named: "accept").flatMap({ $0.split(separator: ",") }) {
      let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
      guard let type = parts.first else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if type == "application/json" || type.hasSuffix("+json") { json = max(json, weight) }
      if type == "text/plain" || type == "text/*" { text = max(text, weight) }
    }
    return json > 0 && json >= text
  }
}

extension Duration {
  /// For Retry-After (RFC 9110 §10.2.3): whole seconds, rounded up, at least one.
  package var inRetrySeconds: Int64 { max(0, inNanoseconds - 1) / 1_000_000_000 + 1 }
}
