/// An absolute path that grows and shrinks by components, always followed by a NUL byte.
///
/// The root directory is the empty path, so that every component is preceded by a slash.
final class PathBuffer {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var length = 0
  private var capacity = 4352

  init() {
    bytes = .allocate(capacity: capacity)
    bytes[0] = 0
  }

  deinit { bytes.deallocate() }

  /// Where the last component starts.
  var nameOffset: Int {
    var index = length
    while index > 0, bytes[index - 1] != UInt8(ascii: "/") { index -= 1 }
    return index
  }

  /// Adds a component and returns the length before, for `truncate(to:)`.
  @discardableResult
  func push(_ name: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let before = length
    if length + count + 2 > capacity {
      while length + count + 2 > capacity { capacity *= 2 }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
      larger.update(from: bytes, count: length)
      bytes.deallocate()
      bytes = larger
    }
    bytes[length] = UInt8(ascii: "/")
    (bytes + length + 1).update(from: name, count: count)
    length += count + 1
    bytes[length] = 0
    return before
  }

  func truncate(to length: Int) {
    self.length = length
    bytes[length] = 0
  }

  func set(_ path: [UInt8]) {
    truncate(to: 0)
    for component in path.split(separator: UInt8(ascii: "/")) {
      component.withUnsafeBufferPointer { if let base = $0.baseAddress { push(base, $0.count) } }
    }
  }

  /// Calls `body` with the path for a system call.
  func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    if length == 0 {
      return withUnsafePointer(to: (CChar(bitPattern: UInt8(ascii: "/")), CChar(0))) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 2) { body($0) }
      }
    }
    return UnsafeMutableRawPointer(bytes).withMemoryRebound(to: CChar.self, capacity: length + 1) { body($0) }
  }

  var text: String {
    length == 0 ? "/" : String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  var array: [UInt8] { Array(UnsafeBufferPointer(start: bytes, count: length)) }
}
