/// A route of a service, such as `GET /orders/:id` of `api`.
package struct RouteKey: Hashable, Comparable, Sendable {
  package var service: ServiceID
  /// As the request had it, or what it became: `WS`, `SSE`, `TCP`.
  package var method: String
  package var route: String

  package init(service: ServiceID, method: String, route: String) {
    self.service = service
    self.method = method
    self.route = route
  }

  package static func < (left: RouteKey, right: RouteKey) -> Bool {
    (left.route, left.method, left.service) < (right.route, right.method, right.service)
  }
}

extension RequestSample {
  /// Its method, or the short name of what it became.
  package var verb: String {
    switch kind {
    case .http: method
    case .webSocket: "WS"
    case .eventStream: "SSE"
    case .tunnel: "TCP"
    }
  }

  /// Its path without the query.
  package var pathOnly: Substring { RouteName.withoutQuery(path) }

  /// Whether its duration is that of an answer, not of a connection that stays open.
  package var isTimed: Bool { kind == .http }
}

/// Names routes where the service has not told its own.
package enum RouteName {
  /// Of a route's name; a longer one is cut.
  static let limitInBytes = 200

  static func withoutQuery(_ path: String) -> Substring {
    let end = path.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
    return path[..<(end ?? path.endIndex)]
  }

  /// The path without its query, with numbers, UUIDs, long hexadecimal words and dates as `:id`.
  package static func normalised(_ path: String) -> String {
    let bytes = Array(withoutQuery(path).utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var start = 0
    while true {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
      let segment = bytes[start..<end]
      result += isIdentifier(segment) ? placeholder : segment
      guard end < bytes.count else { return cut(String(decoding: result, as: UTF8.self)) }
      result.append(UInt8(ascii: "/"))
      start = end + 1
    }
  }

  private static let placeholder = Array(":id".utf8)[...]

  static func cut(_ name: String) -> String {
    guard name.utf8.count > limitInBytes else { return name }
    return String(decoding: name.utf8.prefix(limitInBytes), as: UTF8.self) + "…"
  }

  private static func isIdentifier(_ segment: ArraySlice<UInt8>) -> Bool {
    guard !segment.isEmpty else { return false }
    var digits = 0
    var hexadecimal = 0
    for byte in segment {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        hexadecimal += 1
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
        hexadecimal += 1
      default: return false
      }
    }
    let length = segment.count
    let isDate = length == 10 && digits == 8
    return digits == length || isDate || (hexadecimal == length && digits > 0 && length >= 8)
  }
}
