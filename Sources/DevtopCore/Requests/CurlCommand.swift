/// A recorded request as a command line for curl, to be pasted into a shell.
///
/// Left out is what belongs to a connection (RFC 9110 §7.6.1), what curl works out by itself, and what devtop added.
package struct CurlCommand: CustomStringConvertible {
  /// With its comments, each on a line before it.
  package let description: String
  /// Whether something in it is masked.
  package let hasMasks: Bool

  /// `address` is where to send a request that does not tell its host: `localhost:8080`.
  package init(_ sample: RequestSample, address: String, masksSecrets: Bool) {
    let exchange = sample.exchange
    let fields = Self.sent(exchange?.requestFields ?? [])
    let path = masksSecrets ? SecretFields.masked(path: sample.path) : sample.path
    var comments: [String] = []
    var words = ["curl"]
    var hasMasks = path != sample.path

    let body = Self.body(of: sample, &comments)
    if sample.method == "HEAD" {
      words.append("--head")
    } else if sample.method != "GET" || body != nil {
      words += ["-X", ShellWord.quoted(sample.method)]
    }
    for field in fields {
      let shown = masksSecrets ? SecretFields.masked(field) : field
      if shown != field { hasMasks = true }
      words += [
        "-H", ShellWord.quoted(shown.value.isEmpty ? "\(shown.name);" : "\(shown.name): \(shown.value)"),
      ]
    }
    // curl names a type of its own where the request had none.
    if body != nil, !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
      words += ["-H", "'Content-Type:'"]
    }
    if fields.contains(where: { $0.name.lowercased() == "accept-encoding" }) { words.append("--compressed") }
    let host = exchange?.requestFields.first { $0.name.lowercased() == "host" }?.value
    words += Self.target(path, host: host ?? address)

    var command = ""
    if let body, sample.method != "HEAD" {
      if ShellWord.isHarmless(body) {
        words += ["--data-raw", ShellWord.quoted(String(decoding: body, as: UTF8.self))]
      } else {
        command = "printf \(ShellWord.format(body)) | "
        words += ["--data-binary", "@-"]
      }
    }
    command += words.joined(separator: " ")
    description = (comments.map { "# \($0)" } + [command]).joined(separator: "\n")
    self.hasMasks = hasMasks
  }

  /// The body to be sent, where there is one and all of it was kept.
  private static func body(of sample: RequestSample, _ comments: inout [String]) -> [UInt8]? {
    guard let exchange = sample.exchange else {
      comments.append("from a log line: fields and body of the request are not known")
      return nil
    }
    if exchange.isAbridged { comments.append("fields and body of the request were let go to save memory") }
    guard exchange.bytesIn > 0 else { return nil }
    guard let body = exchange.requestBody, body.count == exchange.bytesIn else {
      if !exchange.isAbridged {
        comments.append(
          "its body of \(exchange.bytesIn) bytes was not kept: capture in devtop.toml keeps bodies")
      }
      return nil
    }
    return body
  }

  private static let own: Set<String> = [
    "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "host", "content-length",
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
  ]

  /// The fields that the client sent to the service, and not to whoever is next on the way.
  private static func sent(_ fields: [HeaderField]) -> [HeaderField] {
    var left = own
    for field in fields where field.name.lowercased() == "connection" {
      left.formUnion(field.value.lowercased().split { $0 == "," || $0 == " " }.map(String.init))
    }
    return fields.filter { !left.contains($0.name.lowercased()) }
  }

  /// The URL, with what keeps curl from reading more into it than is there.
  private static func target(_ path: String, host: String) -> [String] {
    guard path.hasPrefix("/") else {
      // RFC 9112 §3.2: a whole URL, or `*`.
      if path.hasPrefix("http://") || path.hasPrefix("https://") { return [ShellWord.quoted(path)] }
      return ["--request-target", ShellWord.quoted(path), ShellWord.quoted("http://\(host)")]
    }
    var words: [String] = []
    if path.contains(where: { "[]{}".contains($0) }) { words.append("--globoff") }
    if path.contains("/.") { words.append("--path-as-is") }
    return words + [ShellWord.quoted("http://\(host)\(path)")]
  }
}
