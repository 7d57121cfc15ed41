import CProcess
import DevtopCore
import DevtopSupervisor
import Glibc
import Testing

/// Collects events and output, and waits for what a test expects, with a deadline.
final class Recorder: Sendable {
  struct Seen: Sendable {
    var events: [SupervisorEvent] = []
    var output: [ProcessID: [OutputStream: [UInt8]]] = [:]
    var ended: Set<String> = []
    var exitCount: [ProcessID: Int] = [:]

    func text(_ id: ProcessID, _ stream: OutputStream = .terminal) -> String {
      String(decoding: output[id]?[stream] ?? [], as: UTF8.self)
    }
    func status(of id: ProcessID) -> ExitStatus? {
      for case .exited(id, let status) in events { return status }
      return nil
    }
    func hasEnded(_ id: ProcessID) -> Bool { events.contains(.treeEnded(id)) }
    func isOutputEnded(_ id: ProcessID, _ stream: OutputStream = .terminal) -> Bool {
      ended.contains("\(id) \(stream)")
    }
  }

  struct TimedOut: Error, CustomStringConvertible {
    let seen: Seen
    var description: String {
      "not seen in time; events \(seen.events), output \(seen.output.mapValues { $0.mapValues { String(decoding: $0.suffix(400), as: UTF8.self) } })"
    }
  }

  private let seen = Locked(Seen())
  private let bell: Int32

  init() { bell = devtop_eventfd() }
  deinit { close(bell) }

  private func ring() {
    var one: UInt64 = 1
    write(bell, &one, 8)
  }

  var onEvent: @Sendable (SupervisorEvent) -> Void {
    { [self] event in
      seen.withLock { $0.events.append(event) }
      ring()
    }
  }

  var sink: OutputSink {
    { [self] id, stream, part in
      seen.withLock { seen in
        switch part {
        case .bytes(let bytes): seen.output[id, default: [:]][stream, default: []].append(contentsOf: bytes)
        case .end: seen.ended.insert("\(id) \(stream)")
        }
      }
      ring()
    }
  }

  var now: Seen { seen.withLock { $0 } }

  /// The state when `condition` first held; a generous deadline, since it only bounds failures.
  @discardableResult
  func wait(seconds: Double = 30, until condition: (Seen) -> Bool) throws -> Seen {
    let end = milliseconds() + Int64(seconds * 1000)
    while true {
      let now = self.now
      if condition(now) { return now }
      let left = end - milliseconds()
      guard left > 0 else { throw TimedOut(seen: now) }
      var one = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
      poll(&one, 1, Int32(clamping: left))
      var count: UInt64 = 0
      read(bell, &count, 8)
    }
  }
}

/// CLOCK_MONOTONIC.
func milliseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
