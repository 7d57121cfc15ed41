package import DevtopCore

/// Reads the routes of a Gin server, as it prints them when it starts in debug mode.
package enum GinRoute {
  /// Reads `[GIN-debug] GET    /orders/:id   --> main.main.func1 (3 handlers)`; nil for any other line.
  package static func parse(_ line: UnsafeRawBufferPointer) -> RoutePattern? {
    let bytes = line.bindMemory(to: UInt8.self)
    guard LineText.isDirty(bytes) else { return parse(plain: bytes) }
    return LineText.plain(bytes).withUnsafeBufferPointer { parse(plain: $0) }
  }

  private static func parse(plain line: UnsafeBufferPointer<UInt8>) -> RoutePattern? {
    var reader = ByteReader(line)
    guard reader.skip("[GIN-debug] "), let method = AccessLog.method(reader.word()) else { return nil }
    reader.skipSpaces()
    let route = reader.word()
    reader.skipSpaces()
    guard route.first == UInt8(ascii: "/"), reader.skip("--> ") else { return nil }
    return RoutePattern(method: method, path: AccessLog.text(route))
  }
}
