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
  package var pathOnly: Substring { path[..<(path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex)] }

  /// Whether its duration is that of an answer, not of a connection that stays open.
  package var isTimed: Bool { kind == .http }
}

/// Names routes where the service has not told its own.
package enum RouteName {
  /// Of a route's name; a longer one is cut.
  static let limitInBytes = 200

  /// The path without its query, with numbers, UUIDs, long hexadecimal words and dates as `:id`.
  package static func normalised(_ path: String) -> String {
    let end = path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex
    let segments = path[..<end].split(separator: "/", omittingEmptySubsequences: false)
    return cut(segments.map { isIdentifier($0) ? ":id" : String($0) }.joined(separator: "/"))
  }

  static func cut(_ name: String) -> String {
    guard name.utf8.count > limitInBytes else { return name }
    return String(decoding: name.utf8.prefix(limitInBytes), as: UTF8.self) + "…"
  }

  private static func isIdentifier(_ segment: Substring) -> Bool {
    guard !segment.isEmpty else { return false }
    var digits = 0
    var hexadecimal = 0
    for byte in segment.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        hexadecimal += 1
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
        hexadecimal += 1
      default: return false
      }
    }
    let length = segment.utf8.count
    let isDate = length == 10 && digits == 8
    return digits == length || isDate || (hexadecimal == length && digits > 0 && length >= 8)
  }
}
