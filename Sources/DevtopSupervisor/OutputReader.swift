import CProcess
import DevtopCore
import Glibc

/// Reads the output of all programs on one thread, in large pieces.
final class OutputReader: Sendable {
  private struct Source: Sendable {
    let id: ProcessID
    let stream: OutputStream
    let descriptor: OutputDescriptor
    let sink: OutputSink
  }
  private struct State: Sendable {
    var sources: [UInt64: Source] = [:]
    var nextKey: UInt64 = 1
    var closing = false
  }

  private static let pieceSize = 1 << 20

  private let state = Locked(State())
  private let wake: WakeUp
  private let epoll: Int32

  init() throws(SupervisorError) {
    wake = try WakeUp()
    epoll = devtop_epoll_create()
    guard epoll >= 0 else { throw .cannotStart(what: "an epoll", code: errno) }
    _ = devtop_epoll_add(epoll, wake.descriptor, 0)
  }

  deinit { close(epoll) }

  /// Begins to read; `sink` gets everything to the end.
  func add(_ descriptor: OutputDescriptor, stream: OutputStream, id: ProcessID, sink: @escaping OutputSink) {
    guard let number = descriptor.number else { return }
    let source = Source(id: id, stream: stream, descriptor: descriptor, sink: sink)
    let key: UInt64? = state.withLock { state in
      guard !state.closing else { return nil }
      defer { state.nextKey += 1 }
      state.sources[state.nextKey] = source
      return state.nextKey
    }
    guard let key else { return descriptor.close() }
    _ = devtop_epoll_add(epoll, number, key)
    // Under the descriptor's lock: it is open.
    descriptor.onWaiting { [epoll] wantsRoom in devtop_epoll_want_room(epoll, number, key, wantsRoom) }
  }

  /// Ends `run`, after what is there to read now was read.
  func stop() {
    state.withLock { $0.closing = true }
    wake.signal()
  }

  /// The thread's body.
  func run() {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 4096)
    defer { piece.deallocate() }
    var keys = [UInt64](repeating: 0, count: 64)
    var closing = false
    while true {
      let count = devtop_epoll_wait(epoll, &keys, Int32(keys.count), closing ? 0 : -1)
      if closing, count <= 0 { break }
      for index in 0..<Int(max(0, count)) {
        let key = keys[index]
        if key == 0 {
          wake.clear()
          closing = state.withLock { $0.closing }
        } else {
          readOnce(key, into: piece)
        }
      }
    }
    let rest = state.withLock { state in
      defer { state.sources = [:] }
      return Array(state.sources.values)
    }
    for source in rest {
      source.descriptor.close()
      source.sink(source.id, source.stream, .end)
    }
  }

  /// One piece of one source, so that a loud one does not starve the others.
  private func readOnce(_ key: UInt64, into piece: UnsafeMutableRawBufferPointer) {
    guard let source = state.withLock({ $0.sources[key] }), let descriptor = source.descriptor.number,
      let start = piece.baseAddress
    else { return }
    source.descriptor.flush()
    var used = 0
    var ended = false
    while used < piece.count {
      // A terminal gives at most 4 KiB a call.
      let n = read(descriptor, start + used, piece.count - used)
      if n > 0 {
        used += n
      } else if n < 0, errno == EINTR {
        continue
      } else {
        // 0 ends a pipe, EIO a pseudo-terminal whose last slave was closed (pty(7)).
        ended = n == 0 || errno != EAGAIN
        break
      }
    }
    if used > 0 {
      source.sink(source.id, source.stream, .bytes(UnsafeRawBufferPointer(start: start, count: used)))
    }
    guard ended else { return }
    devtop_epoll_remove(epoll, descriptor)
    source.descriptor.close()
    _ = state.withLock { $0.sources.removeValue(forKey: key) }
    source.sink(source.id, source.stream, .end)
  }
}
