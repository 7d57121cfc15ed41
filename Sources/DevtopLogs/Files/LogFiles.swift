import DevtopCore
import Glibc

/// Writes what the services print to files, byte for byte and in the order of arrival, whole lines where they are
/// shorter than 1 MiB; lifecycle rows stand between.
///
/// A thread of its own writes every 50 ms at the latest. What is written is with the kernel, so that only a crash of the
/// machine loses it. Where writing fails, that is told once, the lines stay in memory alone, and it is tried again every
/// 5 s.
final class LogFiles: Sendable {
  private struct Piece {
    var service: ServiceID
    var bytes: [UInt8]
  }

  private struct State {
    var pieces: [Piece] = []
    var size = 0
    var partials: [UInt32: [UInt8]] = [:]
    var lost: [ServiceID: Int] = [:]
    var isClosed = false
  }

  /// What waits to be written, at most; more is lost, which the file says.
  private static let maximumPendingSize = 32 << 20
  /// A line that is longer is written in pieces, between which others' lines may come.
  private static let maximumPieceSize = 1 << 20
  private static let pauseInMicroseconds: UInt32 = 50_000

  private let state = Locked(State())
  private let wakeup = Wakeup()
  private let done = Wakeup()
  let settings: LogFileSettings

  /// Begins; `warn` gets a sentence when writing fails for the first time, on the writer's thread.
  init(_ settings: LogFileSettings, warn: @escaping @Sendable (String) -> Void) {
    self.settings = settings
    let isStarted = Thread.startDetached { self.run(warn) }
    if !isStarted {
      state.withLock { $0.isClosed = true }
      warn("lines are not written to \(settings.directory): the system has no thread left (see: ulimit -u)")
    }
  }

  /// Takes what was read from a program.
  func append(_ bytes: UnsafeRawBufferPointer, from source: LogSource) {
    let bytes = bytes.bindMemory(to: UInt8.self)
    state.withLock { state in
      guard !state.isClosed else { return }
      let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      if end > 0 {
        let beginning = state.partials.removeValue(forKey: source.id) ?? []
        Self.add(beginning + bytes[..<end], source.service, &state)
      }
      guard end < bytes.count else { return }
      state.partials[source.id, default: []] += bytes[end...]
      if state.partials[source.id]?.count ?? 0 >= Self.maximumPieceSize {
        Self.add(state.partials.removeValue(forKey: source.id) ?? [], source.service, &state)
      }
    }
    wakeup.ring()
  }

  /// Ends the source's unfinished last line.
  func finish(_ source: LogSource) {
    state.withLock { state in
      guard let rest = state.partials.removeValue(forKey: source.id), !state.isClosed else { return }
      Self.add(rest + [0x0A], source.service, &state)
    }
    wakeup.ring()
  }

  func mark(_ text: [UInt8], service: ServiceID) {
    state.withLock { state in
      guard !state.isClosed else { return }
      Self.add("── ".utf8 + text + " ──\n".utf8, service, &state)
    }
    wakeup.ring()
  }

  /// Writes what is left and ends the thread; blocks for 2 s at most.
  func close() {
    let wasClosed = state.withLock { state in
      defer { state.isClosed = true }
      return state.isClosed
    }
    wakeup.ring()
    if !wasClosed { done.wait(atMost: .seconds(2)) }
  }

  private static func add(_ bytes: [UInt8], _ service: ServiceID, _ state: inout State) {
    guard state.size + bytes.count <= maximumPendingSize else {
      state.lost[service, default: 0] += bytes.count
      return
    }
    state.size += bytes.count
    state.pieces.append(Piece(service: service, bytes: bytes))
  }

  private func run(_ warn: @escaping @Sendable (String) -> Void) {
    let directory = LogDirectory(settings, warn: warn)
    while true {
      wakeup.wait()
      let isClosed = state.withLock { $0.isClosed }
      if !isClosed { usleep(Self.pauseInMicroseconds) }
      let (pieces, lost) = state.withLock { state in
        defer {
          state.pieces = []
          state.size = 0
          state.lost = [:]
        }
        return (state.pieces, state.lost)
      }
      var texts: [ServiceID: [UInt8]] = [:]
      for piece in pieces { texts[piece.service, default: []] += piece.bytes }
      for (service, count) in lost {
        texts[service, default: []] += "⋯ \(count) bytes lost: they came too fast\n".utf8
      }
      for (service, text) in texts { directory.write(text, of: service) }
      if isClosed {
        directory.close()
        done.ring()
        return
      }
    }
  }
}
