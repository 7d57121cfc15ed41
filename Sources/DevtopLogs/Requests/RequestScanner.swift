import DevtopCore

/// Looks for access-log lines, for the routes that a server prints, and for kinds of messages in what the store takes in;
/// on a thread of its own.
final class RequestScanner: Sendable {
  private static let maximumBatchSize = 512
  private static let maximumLineCount = 4096
  /// While lines keep coming, they are looked at in batches of this much time.
  private static let pause = Duration.milliseconds(10)

  private let sink: @Sendable ([RequestSample]) -> Void
  private let onRoutes: @Sendable (ServiceID, RunNumber, [RoutePattern]) -> Void
  private let onLoss: @Sendable (Int) -> Void
  private let wakeup = Wakeup()
  private let isClosed = Locked(false)

  init(
    sink: @escaping @Sendable ([RequestSample]) -> Void,
    onRoutes: @escaping @Sendable (ServiceID, RunNumber, [RoutePattern]) -> Void,
    onLoss: @escaping @Sendable (Int) -> Void
  ) {
    self.sink = sink
    self.onRoutes = onRoutes
    self.onLoss = onLoss
  }

  /// Starts the thread; it ends with the store, or after `close`.
  ///
  /// - Returns: false when the system has no thread left.
  func start(_ store: LogStore) -> Bool {
    Thread.startDetached { [weak store] in
      var position = 0
      while true {
        // The store is held only during a step: it ends the thread by going away.
        switch self.step(store, &position) {
        case .pause: self.wakeup.wait(atMost: Self.pause)
        case .sleep: self.wakeup.wait()
        case .end: return
        }
      }
    }
  }

  private enum Next {
    case pause
    case sleep
    case end
  }

  private func step(_ store: LogStore?, _ position: inout Int) -> Next {
    guard let store, !isClosed.withLock({ $0 }) else { return .end }
    if scan(store, from: &position) { return .pause }
    store.arm(wakeup)
    return store.read { $0.endSequence } == position ? .sleep : .pause
  }

  func close() {
    isClosed.withLock { $0 = true }
    wakeup.ring()
  }

  /// Looks at the lines from `position` on.
  ///
  /// - Returns: whether there were any.
  private func scan(_ store: LogStore, from position: inout Int) -> Bool {
    let start = position
    var batch: [RequestSample] = []
    while !isClosed.withLock({ $0 }) {
      let (first, chunk) = store.read { log in
        (log.firstSequence, log.chunk(ofSequence: max(position, log.firstSequence)))
      }
      if first > position {
        store.countNotSearched(first - position)
        store.templates.miss()
        onLoss(first - position)
        position = first
      }
      guard let chunk else { break }
      let begin = position - chunk.firstSequence
      let lines = begin..<min(chunk.lineCount, begin + Self.maximumLineCount)
      collect(chunk, lines, into: &batch, store.templates)
      position = chunk.firstSequence + lines.upperBound
    }
    if !batch.isEmpty { sink(batch) }
    return position > start
  }

  private func collect(
    _ chunk: Chunk, _ lines: Range<Int>, into batch: inout [RequestSample], _ known: MessageTemplates
  ) {
    var segment = chunk.segmentIndex(ofLine: lines.lowerBound)
    while segment < chunk.segmentCount {
      let range = chunk.lines(ofSegment: segment)
      if range.lowerBound >= lines.upperBound { return }
      let source = chunk.source(ofSegment: segment)
      let time = chunk.time(ofSegment: segment)
      segment += 1
      guard source.isOfProgram else { continue }
      var routes: [RoutePattern] = []
      var templates: Set<UInt64> = []
      defer { known.learn(templates, of: source.service, run: source.run) }
      defer { if !routes.isEmpty { onRoutes(source.service, source.run, routes) } }
      for line in range.clamped(to: lines) {
        let bytes = chunk.bytes(ofLine: line)
        templates.insert(MessageTemplates.template(of: bytes, isDirty: chunk.storage.entries[line].isDirty))
        let text = UnsafeRawBufferPointer(bytes)
        guard let entry = AccessLog.parse(text) else {
          if let route = GinRoute.parse(text) { routes.append(route) }
          continue
        }
        // The requests of a batch come after the routes that were told before them.
        if !routes.isEmpty {
          onRoutes(source.service, source.run, routes)
          routes.removeAll()
        }
        batch.append(
          RequestSample(
            service: source.service, run: source.run, time: time, method: entry.method, path: entry.path,
            status: entry.status, duration: entry.duration, sizeInBytes: entry.sizeInBytes))
        if batch.count == Self.maximumBatchSize {
          sink(batch)
          batch.removeAll(keepingCapacity: true)
        }
      }
    }
  }
}
