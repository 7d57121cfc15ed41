import Glibc

/// The end of a pipe into which commands are written, one a line.
final class CommandPipe: Sendable {
  private let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Throws: `BenchError.system` when nobody reads.
  func send(_ line: String) throws(BenchError) {
    let bytes = Array((line + "\n").utf8)
    // Shorter than PIPE_BUF, so that it goes whole or not at all (pipe(7)).
    guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
      throw .system(what: "the command `\(line)`", code: errno)
    }
  }
}
