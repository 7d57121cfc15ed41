import CProcess
import DevtopCore
import Glibc

/// The parent's end of a program's terminal or pipe; closed once, by whoever comes first.
final class OutputDescriptor: Sendable {
  private struct State {
    var descriptor: Int32?
    /// Typed, and not taken yet.
    var waiting: [UInt8] = []
    /// Told whether `flush` is to be called when there is room.
    var wantsRoom: @Sendable (Bool) -> Void = { _ in }
  }

  /// More than anybody types or pastes, and little enough where nobody ever reads.
  private static let mostWaiting = 1 << 20

  private let state: Locked<State>

  /// Takes over `descriptor` and makes it non-blocking.
  init(_ descriptor: Int32) {
    devtop_set_nonblocking(descriptor)
    state = Locked(State(descriptor: descriptor))
  }

  deinit { close() }

  /// For the reading thread, which is the only one that closes while it reads.
  var number: Int32? { state.withLock { $0.descriptor } }

  /// Sets who is told when something waits to be written, and when no longer.
  func onWaiting(_ wantsRoom: @escaping @Sendable (Bool) -> Void) {
    state.withLock { $0.wantsRoom = wantsRoom }
  }

  func close() {
    state.withLock { state in
      if let descriptor = state.descriptor { Glibc.close(descriptor) }
      state.descriptor = nil
      state.waiting = []
    }
  }

  func resize(columns: Int, rows: Int) {
    state.withLock { state in
      guard let descriptor = state.descriptor else { return }
      _ = devtop_set_window_size(
        descriptor, UInt16(clamping: max(1, columns)), UInt16(clamping: max(1, rows)))
    }
  }

  /// Writes, and keeps what there is no room for until there is.
  ///
  /// - Returns: the number of bytes that were taken, written or kept.
  func write(_ bytes: [UInt8]) -> Int {
    state.withLock { state in
      guard state.descriptor != nil else { return 0 }
      let taken = min(bytes.count, Self.mostWaiting - state.waiting.count)
      let wasWaiting = !state.waiting.isEmpty
      state.waiting += bytes[..<taken]
      if !wasWaiting {
        Self.writeWaiting(&state)
        if !state.waiting.isEmpty { state.wantsRoom(true) }
      }
      return taken
    }
  }

  /// Writes of what waits as much as there is room for.
  func flush() {
    state.withLock { state in
      if state.waiting.isEmpty { return }
      Self.writeWaiting(&state)
      if state.waiting.isEmpty { state.wantsRoom(false) }
    }
  }

  private static func writeWaiting(_ state: inout State) {
    guard let descriptor = state.descriptor else { return }
    let written = Glibc.write(descriptor, state.waiting, state.waiting.count)
    if written > 0 {
      state.waiting.removeFirst(written)
    } else if errno != EAGAIN && errno != EINTR {
      state.waiting = []
    }
  }
}
