/// A method, as far as a proxy has to know it (RFC 9110 §9.2).
enum Method: UInt8 {
  case get
  case head
  case post
  case put
  case delete
  case patch
  case options
  case trace
  case connect
  case other

  /// Methods are case-sensitive.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    switch bytes.count {
    case 3: self = bytes.isExactly("GET") ? .get : bytes.isExactly("PUT") ? .put : .other
    case 4: self = bytes.isExactly("POST") ? .post : bytes.isExactly("HEAD") ? .head : .other
    case 5: self = bytes.isExactly("PATCH") ? .patch : bytes.isExactly("TRACE") ? .trace : .other
    case 6: self = bytes.isExactly("DELETE") ? .delete : .other
    case 7: self = bytes.isExactly("OPTIONS") ? .options : bytes.isExactly("CONNECT") ? .connect : .other
    case _: self = .other
    }
  }

  /// Empty for `other`.
  var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    case .patch: "PATCH"
    case .options: "OPTIONS"
    case .trace: "TRACE"
    case .connect: "CONNECT"
    case .other: ""
    }
  }

  /// RFC 9110 §9.2.2: sent twice, it has the effect of being sent once.
  var isIdempotent: Bool {
    switch self {
    case .get, .head, .put, .delete, .options, .trace: true
    case .post, .patch, .connect, .other: false
    }
  }
}
