/// Relative paths as pattern matching wants them.
enum RelativePath {
  /// Calls `body` with the path's bytes (NUL-terminated), their number, and where the last component starts.
  static func with<Result>(
    _ path: String, _ body: (UnsafePointer<UInt8>, Int, Int) -> Result
  ) -> Result {
    var bytes = Array(path.utf8)
    let length = bytes.count
    let nameOffset = (bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return withUnsafePointer(to: 0) { body($0, 0, 0) } }
      return body(base, length, nameOffset)
    }
  }

  /// The directories that the path is in, outermost first, then the path itself.
  static func prefixes(of path: String, isDirectory: Bool) -> [(path: String, isDirectory: Bool)] {
    var result: [(path: String, isDirectory: Bool)] = []
    for index in path.utf8.indices where path.utf8[index] == UInt8(ascii: "/") && index != path.startIndex {
      result.append((String(path[..<index]), true))
    }
    result.append((path, isDirectory))
    return result
  }
}
