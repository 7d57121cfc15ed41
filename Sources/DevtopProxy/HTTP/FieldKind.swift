/// The fields that a proxy has to know.
enum FieldKind: UInt8 {
  case other
  /// A hop's own (RFC 9110 §7.6.1), known by its name or named in `Connection`.
  case hop
  case connection
  case contentLength
  case contentType
  case expect
  case forwardedFor
  case forwardedHost
  case forwardedProto
  case host
  case requestID
  case te
  case transferEncoding
  case upgrade

  /// By the length first: most names need one comparison or none.
  @inline(__always)
  init(name: UnsafeRawBufferPointer) {
    self = .other
    switch name.count {
    case 2: if name.isName("te") { self = .te }
    case 4: if name.isName("host") { self = .host }
    case 6: if name.isName("expect") { self = .expect }
    case 7: if name.isName("upgrade") { self = .upgrade }
    case 10:
      if name.isName("connection") { self = .connection } else if name.isName("keep-alive") { self = .hop }
    case 12:
      if name.isName("content-type") {
        self = .contentType
      } else if name.isName("x-request-id") {
        self = .requestID
      }
    case 14: if name.isName("content-length") { self = .contentLength }
    case 15: if name.isName("x-forwarded-for") { self = .forwardedFor }
    case 16:
      if name.isName("x-forwarded-host") {
        self = .forwardedHost
      } else if name.isName("proxy-connection") {
        self = .hop
      }
    case 17:
      if name.isName("transfer-encoding") {
        self = .transferEncoding
      } else if name.isName("x-forwarded-proto") {
        self = .forwardedProto
      }
    case _: break
    }
  }
}
