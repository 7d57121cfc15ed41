import CProcess
import DevtopCore
import Glibc

/// Carries a plan out, on the thread that calls it.
///
/// In an open loop the requests are due at fixed times, and a latency counts from there: a server that stops for a
/// second makes all those late that were due in that second, also those for which no connection was free.
struct LoadLoop {
  private static let examples = 8
  /// A closed loop is a measurement of what works: it ends after so many failures.
  private static let failuresInClosedLoop = 100
  /// How often times are checked, and whether to stop.
  private static let checkInterval: Int64 = 50_000_000

  private let plan: LoadPlan
  private let isStopped: Locked<Bool>
  private var connections: [LoadConnection]
  private var entries: [pollfd]
  /// Slots without a request under way, the longest idle first.
  private var idle: Queue<Int>
  /// Requests that are due and have no connection yet.
  private var waiting = Queue<(number: Int, due: Int64)>()
  private var nextNumber = 0
  private var nextCheck: Int64 = 0
  private var report = LoadReport()
  private var failures = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)

  /// Does it all; returns when each request of the plan has an end.
  static func run(_ plan: LoadPlan, until isStopped: Locked<Bool> = Locked(false)) -> LoadReport {
    var loop = LoadLoop(plan, isStopped)
    defer { loop.buffer.deallocate() }
    loop.run()
    return loop.report
  }

  private init(_ plan: LoadPlan, _ isStopped: Locked<Bool>) {
    self.plan = plan
    self.isStopped = isStopped
    connections = Array(repeating: LoadConnection(), count: plan.connections)
    entries = Array(repeating: pollfd(fd: -1, events: 0, revents: 0), count: plan.connections)
    idle = Queue(Array(0..<plan.connections))
  }

  private mutating func run() {
    report.start = Clock.now
    var mayBegin = true
    while true {
      let now = Clock.now.nanoseconds
      if now >= nextCheck {
        nextCheck = now + Self.checkInterval
        if isStopped.withLock({ $0 }) { mayBegin = false }
        expire(at: now)
      }
      if case .saturating = plan.pace, failures >= Self.failuresInClosedLoop { mayBegin = false }
      if mayBegin { mayBegin = admit(at: now) }
      while let slot = idle.first, let next = waiting.first {
        idle.removeFirst()
        waiting.removeFirst()
        begin(next.number, due: next.due, slot)
      }
      if !mayBegin, waiting.isEmpty, idle.count == connections.count { break }
      wait(mayBegin: mayBegin)
    }
    report.end = Clock.now
    for slot in connections.indices { connections[slot].close() }
  }

  /// Puts what is due into the queue; false when the plan has no more.
  private mutating func admit(at now: Int64) -> Bool {
    let last = plan.requests ?? .max
    switch plan.pace {
    case .rate(let rate):
      while nextNumber < last, due(nextNumber, rate) <= now {
        waiting.append((nextNumber, due(nextNumber, rate)))
        nextNumber += 1
      }
    case .saturating:
      for _ in 0..<min(idle.count - waiting.count, last - nextNumber) {
        waiting.append((nextNumber, now))
        nextNumber += 1
      }
    }
    return nextNumber < last
  }

  private func due(_ number: Int, _ rate: Int) -> Int64 {
    report.start.nanoseconds + Int64(number) * 1_000_000_000 / Int64(rate)
  }

  private mutating func begin(_ number: Int, due: Int64, _ slot: Int) {
    if let every = plan.freshEvery, number % every == every - 1 { connections[slot].close() }
    let request = plan.traffic.request(number)
    let exchange = LoadConnection.Exchange(
      number: number, due: due, request: request, answer: AnswerReader(expecting: request.answer))
    if !connections[slot].isOpen {
      switch ClientSocket.connect(to: plan.endpoint, number: report.connections) {
      case .success(let descriptor):
        connections[slot].open(descriptor)
        report.connections += 1
      case .failure(let error):
        count(exchange, error.code == ECONNREFUSED ? .refused : .other, error.code)
        // Whoever refuses at once would be asked without a pause.
        if case .saturating = plan.pace { Clock.sleep(.milliseconds(1)) }
        idle.append(slot)
        return
      }
    }
    settle(connections[slot].begin(exchange, reading: buffer), slot)
  }

  private mutating func settle(_ outcome: LoadConnection.Outcome, _ slot: Int) {
    switch outcome {
    case .pending: return
    case .closedWhileIdle:
      report.closedWhileIdle += 1
      return
    case .answered(let exchange):
      let latency = Duration.nanoseconds(Clock.now.nanoseconds - exchange.due)
      report.answers.append(.init(due: Instant(nanoseconds: exchange.due), latency: latency))
      report.bytes += exchange.answer.bytes + exchange.sentBytes
      if let process = exchange.answer.process { report.processes.insert(process) }
    case .failed(let exchange, let failure, let code): count(exchange, failure, code)
    }
    idle.append(slot)
  }

  private mutating func count(_ exchange: LoadConnection.Exchange, _ failure: LoadFailure, _ code: Int32) {
    failures += 1
    report.failures[failure, default: 0] += 1
    if failure == .wrongStatus { report.wrongStatuses[exchange.answer.status, default: 0] += 1 }
    guard report.examples.count < Self.examples else { return }
    let line = exchange.request.head.prefix { $0 != 13 }
    let at = Duration.nanoseconds(exchange.due - report.start.nanoseconds)
    report.examples.append(
      "\(failure.name)\(code == 0 ? "" : " (\(SystemText.error(code)))")"
        + (failure == .wrongStatus ? " \(exchange.answer.status)" : "")
        + " at \(Figure.number(at.inMilliseconds / 1_000)) s: \(String(decoding: line, as: UTF8.self)), "
        + "\(exchange.sentBytes) bytes sent, \(exchange.answer.bytes) received")
  }

  private mutating func expire(at now: Int64) {
    let limit = plan.timeout.inNanoseconds
    while let first = waiting.first, now - first.due > limit {
      waiting.removeFirst()
      let request = plan.traffic.request(first.number)
      let answer = AnswerReader(expecting: request.answer)
      count(.init(number: first.number, due: first.due, request: request, answer: answer), .timedOut, 0)
    }
    for slot in connections.indices {
      guard let exchange = connections[slot].exchange, now - exchange.due > limit else { continue }
      _ = connections[slot].giveUp()
      count(exchange, .timedOut, 0)
      idle.append(slot)
    }
  }

  private mutating func wait(mayBegin: Bool) {
    var until = nextCheck
    if mayBegin, case .rate(let rate) = plan.pace { until = min(until, due(nextNumber, rate)) }
    for slot in connections.indices {
      entries[slot] = pollfd(fd: connections[slot].descriptor, events: connections[slot].events, revents: 0)
    }
    let time = max(0, until - Clock.now.nanoseconds)
    guard devtop_poll(&entries, Int32(entries.count), time) > 0 else { return }
    for slot in entries.indices where entries[slot].revents != 0 {
      settle(connections[slot].turn(reading: buffer), slot)
    }
  }
}
