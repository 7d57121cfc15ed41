import CProcess
import DevtopCore
import Glibc

/// The parent's end of a program's terminal or pipe; closed once, by whoever comes first.
final class OutputDescriptor: Sendable {
  private let descriptor: Locked<Int32?>

  /// Takes over `descriptor` and makes it non-blocking.
  init(_ descriptor: Int32) {
    devtop_set_nonblocking(descriptor)
    self.descriptor = Locked(descriptor)
  }

  deinit { close() }

  /// For the reading thread, which is the only one that closes while it reads.
  var number: Int32? { descriptor.withLock { $0 } }

  func close() {
    descriptor.withLock { descriptor in
      if let descriptor { Glibc.close(descriptor) }
      descriptor = nil
    }
  }

  func resize(columns: Int, rows: Int) {
    descriptor.withLock { descriptor in
      guard let descriptor else { return }
      _ = devtop_set_window_size(
        descriptor, UInt16(clamping: max(1, columns)), UInt16(clamping: max(1, rows)))
    }
  }

  /// The number of bytes that were taken.
  func write(_ bytes: [UInt8]) -> Int {
    descriptor.withLock { descriptor in
      guard let descriptor else { return 0 }
      return max(0, Glibc.write(descriptor, bytes, bytes.count))
    }
  }
}
