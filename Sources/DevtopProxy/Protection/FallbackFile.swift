import DevtopCore
import Glibc

/// A file that is sent in the place of a service that is left alone.
enum FallbackFile {
  private static let limitInBytes = 1 << 20

  /// Read anew each time, since it is edited like everything else; nil where there is no such regular file.
  static func answer(_ path: String, to method: Method, _ retryAfter: Duration) -> OwnAnswer? {
    guard let body = read(path) else { return nil }
    let fields = [
      HeaderField("Content-Type", type(of: path)), HeaderField("Cache-Control", "no-store"),
      HeaderField("Retry-After", String(retryAfter.inRetrySeconds)),
      HeaderField("Content-Length", String(body.count)),
    ]
    return OwnAnswer(status: 503, fields: fields, body: method == .head ? [] : body)
  }

  private static func read(_ path: String) -> [UInt8]? {
    // A pipe in its place must not stop the proxy.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limitInBytes
    else { return nil }
    var body = [UInt8](repeating: 0, count: Int(status.st_size))
    var length = 0
    while length < body.count {
      let count = body.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: length), $0.count - length)
      }
      guard count > 0 else { break }
      length += count
    }
    return Array(body[..<length])
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
