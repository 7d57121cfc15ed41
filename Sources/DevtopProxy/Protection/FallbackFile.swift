import DevtopCore

/// A file that is sent in the place of a service that is left alone.
enum FallbackFile {
  private static let limitInBytes = 1 << 20

  /// Read anew each time, since it is edited like everything else; nil where there is no such regular file.
  static func answer(_ path: String, to method: Method, _ retryAfter: Duration) -> OwnAnswer? {
    guard let body = FileSystem.contents(of: path, limitInBytes: limitInBytes) else { return nil }
    let fields = [
      HeaderField("Content-Type", type(of: path)), HeaderField("Cache-Control", "no-store"),
      HeaderField("Retry-After", String(retryAfter.inRetrySeconds)),
      HeaderField("Content-Length", String(body.count)),
    ]
    return OwnAnswer(status: 503, fields: fields, body: method == .head ? [] : body)
  }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last?.lowercased() {
    case "html", "htm": "text/html; charset=utf-8"
    case "json": "application/json"
    case "txt": "text/plain; charset=utf-8"
    case "xml": "application/xml"
    case _: "application/octet-stream"
    }
  }
}
