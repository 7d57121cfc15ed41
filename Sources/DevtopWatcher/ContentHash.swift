/// What identifies a file's content: XXH64 of its bytes, or of its size and modification time for files that are
/// larger than the watcher reads (4 MiB).
public struct ContentHash: Hashable, Sendable {
  /// The 64 bits.
  public let value: UInt64

  /// Makes a hash of its bits.
  public init(value: UInt64) { self.value = value }

  /// The hash of bytes in memory, equal to that of a file with these bytes.
  public init(of bytes: [UInt8]) {
    value = bytes.withUnsafeBytes { XXH64.hash($0) }
  }
}
