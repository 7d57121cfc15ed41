import Glibc

/// Absolute paths as bytes, without a slash at the end; the root directory is empty.
enum PathBytes {
  private static let slash = UInt8(ascii: "/")

  /// The path made absolute by `base` and freed of `.`, `..` and doubled slashes, by its text alone.
  static func normalized(_ path: [UInt8], base: [UInt8]) -> [UInt8] {
    var components: [ArraySlice<UInt8>] = []
    let isAbsolute = path.first == slash
    for part in (isAbsolute ? [] : base.split(separator: slash)) + path.split(separator: slash) {
      if part.elementsEqual([UInt8(ascii: ".")]) { continue }
      if part.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
        _ = components.popLast()
      } else {
        components.append(part)
      }
    }
    return components.flatMap { [slash] + $0 }
  }

  /// Whether `outer` is `inner` or a directory that contains it.
  static func contains(_ outer: [UInt8], _ inner: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    outer.count <= length && (outer.count == length || inner[outer.count] == slash)
      && outer.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return true }
        return memcmp(base, inner, buffer.count) == 0
      }
  }

  /// Whether the directory at `outer` is `inner` or contains it.
  static func contains(_ outer: UnsafePointer<UInt8>, _ length: Int, _ inner: [UInt8]) -> Bool {
    length <= inner.count
      && inner.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return length == 0 }
        return (buffer.count == length || buffer[length] == slash) && memcmp(base, outer, length) == 0
      }
  }

  static func contains(_ outer: [UInt8], _ inner: [UInt8]) -> Bool {
    inner.starts(with: outer) && (outer.count == inner.count || inner[outer.count] == slash)
  }

  static func text(_ path: [UInt8]) -> String { path.isEmpty ? "/" : String(decoding: path, as: UTF8.self) }
}
