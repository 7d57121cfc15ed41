/// A route that a Gin server has, as it prints it when it starts in debug mode.
package struct GinRoute: Hashable, Sendable {
  package var method: String
  /// With its parameters: `/orders/:id`, `/static/*filepath`.
  package var route: String

  /// Reads `[GIN-debug] GET    /orders/:id   --> main.main.func1 (3 handlers)`; nil for any other line.
  package static func parse(_ line: UnsafeRawBufferPointer) -> GinRoute? {
    let bytes = line.bindMemory(to: UInt8.self)
    guard LineSplitter.isDirty(bytes) else { return parse(plain: bytes) }
    return LineText.plain(bytes).withUnsafeBufferPointer { parse(plain: $0) }
  }

  private static func parse(plain line: UnsafeBufferPointer<UInt8>) -> GinRoute? {
    var reader = ByteReader(line)
    guard reader.skip("[GIN-debug] "), let method = AccessLog.method(reader.word()) else { return nil }
    reader.skipSpaces()
    let route = reader.word()
    reader.skipSpaces()
    guard route.first == UInt8(ascii: "/"), reader.skip("--> ") else { return nil }
    return GinRoute(method: method, route: AccessLog.text(route))
  }
}
