import DevtopCore

/// What a filter asks of a request beside its text, service and run.
enum RequestCondition: Equatable, Sendable {
  /// In capitals.
  case method([String])
  case path([Glob])
  case route([Glob])
  case host([Glob])
  case status([ClosedRange<Int64>])
  /// In nanoseconds.
  case duration([ClosedRange<Int64>])
  /// In bytes.
  case size([ClosedRange<Int64>])
  case kind(RequestSample.Kind)
}

/// Text in which `*` stands for any characters, also none.
struct Glob: Equatable, Sendable {
  private let pattern: [UInt8]

  init(_ text: String) { pattern = Array(text.utf8) }

  func matches(_ text: some StringProtocol) -> Bool {
    let text = Array(text.utf8)
    var star: (pattern: Int, text: Int)?
    var index = 0
    var position = 0
    while position < text.count {
      if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
        star = (index, position)
        index += 1
      } else if index < pattern.count, pattern[index] == text[position] {
        index += 1
        position += 1
      } else if let last = star {
        index = last.pattern + 1
        position = last.text + 1
        star = (last.pattern, position)
      } else {
        return false
      }
    }
    return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// The fields of requests that filters know.
enum RequestField: String, CaseIterable {
  case method, path, route, status
  case duration = "dur"
  case size, host, run
  case service = "svc"
  case request = "req"

  /// A value that shows how the field is used.
  var example: String {
    switch self {
    case .method: "method:POST"
    case .path: "path:/api/*"
    case .route: "route:/orders/:id"
    case .status: "status:5xx"
    case .duration: "dur:>100ms"
    case .size: "size:>10k"
    case .host: "host:app.test"
    case .run: "run:last"
    case .service: "svc:api,web"
    case .request: "req:9f3a"
    }
  }
}
