import CScan
package import DevtopCore

/// Every line of every service, in memory, up to a limit; the oldest go first and are counted.
///
/// Readers append what they read in big pieces; lines are found, kept in order and given numbers. Levels, colours
/// and access-log fields are read only when somebody asks for them, so that a flood costs little more than a copy.
package final class LogStore: Sendable {
  private struct Listeners {
    var notify: (@Sendable () -> Void)?
    var isAcknowledged = true
    /// Followers that wait for growth; each is told once and must ask again.
    var armed: [Wakeup] = []
    var requests: RequestScanner?
    var files: LogFiles?
  }

  private struct Guarded {
    var log: StoreState
    var listeners = Listeners()
  }

  private let guarded: Locked<Guarded>
  private let now: @Sendable () -> WallTime
  /// What was printed in which run, as far as `onRequests` had somebody look at all lines.
  let templates = MessageTemplates()

  /// - Parameters:
  ///   - capacityInBytes: the limit, index included; at least 512 KiB are taken.
  ///   - now: read once for each `append`.
  package init(capacityInBytes: Int, now: @escaping @Sendable () -> WallTime) {
    guarded = Locked(Guarded(log: StoreState(capacityInBytes: capacityInBytes)))
    self.now = now
  }

  deinit { guarded.withLock { $0.listeners.requests }?.close() }

  // MARK: Writing

  /// Sets the formats of the configuration: writers that are registered from now on have them.
  ///
  /// Left out is what is no format, which the configuration's reader names.
  package func setFormats(_ settings: [LineFormatSettings]) {
    let formats = settings.compactMap { settings in
      (try? LineFormat(settings)).map { (format: $0, services: settings.services) }
    }
    guarded.withLock { $0.log.formats = formats }
  }

  /// Tells how large the services' terminals are: that decides where their lines break, and how far up programs can go.
  package func setTerminalSize(_ size: Size) { change { $0.resizeTerminals(size) } }

  /// Registers a writer; one for each stream of each run.
  package func source(service: ServiceID, run: RunNumber, stream: LogStream) -> LogSource {
    guarded.withLock { $0.log.source(service: service, run: run, stream: stream) }
  }

  /// Takes what was read, in pieces of any size; from any thread, but in order for one source.
  package func append(_ bytes: UnsafeRawBufferPointer, from source: LogSource) {
    guard !bytes.isEmpty else { return }
    files?.append(bytes, from: source)
    let time = now()
    var rest = bytes.bindMemory(to: UInt8.self)
    while !rest.isEmpty {
      var slice = UnsafeBufferPointer(rebasing: rest.prefix(Self.maximumSliceSize))
      // Whole lines, where more follows.
      if slice.count < rest.count, let start = slice.baseAddress {
        let whole = scan_whole_lines(start, slice.count)
        if whole > 0 { slice = UnsafeBufferPointer(rebasing: slice[..<whole]) }
      }
      var reply: TerminalReply?
      change { log in
        switch source.stream {
        case .terminal, .build:
          log.takeFromTerminal(slice, from: source, at: time)
          reply = log.takeReply(of: source)
        case .output, .error, .marker: log.take(slice, from: source, at: time)
        }
      }
      if let reply { reply.answer(reply.bytes) }
      rest = UnsafeBufferPointer(rebasing: rest.dropFirst(slice.count))
    }
  }

  /// Longer reads are taken in slices, so that the lock is held for microseconds.
  private static let maximumSliceSize = 128 << 10

  /// Ends the source's unfinished last line: nothing more will come.
  package func finish(_ source: LogSource) {
    files?.finish(source)
    let time = now()
    change { $0.finish(source, at: time) }
  }

  /// Adds a row about the service's life (`exit 1 · restart 3`), which no text or level of a filter hides.
  package func mark(_ text: String, level: LogLevel?, service: ServiceID, run: RunNumber) {
    let time = now()
    let bytes = text.utf8.prefix(PartialLine.maximumSizeInBytes).map {
      $0 == 0x0A || $0 == 0x0D ? 0x20 : $0
    }
    files?.mark(bytes, service: service)
    change { $0.mark(bytes, level: level, service: service, run: run, at: time) }
  }

  /// Changes the limit; what does not fit any more is dropped and counted.
  package func setCapacity(_ bytes: Int) { change { $0.setCapacity(bytes) } }

  private var files: LogFiles? { guarded.withLock { $0.listeners.files } }

  /// Writes what comes from now on to files, too, or no longer.
  ///
  /// `warn` gets a sentence when writing fails for the first time, on another thread.
  package func setFiles(_ settings: LogFileSettings?, warn: @escaping @Sendable (String) -> Void) {
    guard files?.settings != settings else { return }
    let next = settings.map { LogFiles($0, warn: warn) }
    let old = guarded.withLock { guarded -> LogFiles? in
      defer { guarded.listeners.files = next }
      return guarded.listeners.files
    }
    old?.close()
  }

  // MARK: Terminals

  /// Keeps the screen of a run's terminal, or no longer; what its program prints stays in the log.
  ///
  /// `answer` gets what the terminal answers to its program, on a writer's thread.
  package func holdTerminal(
    of service: ServiceID, run: RunNumber, _ isHeld: Bool, answer: @escaping @Sendable ([UInt8]) -> Void
  ) {
    let time = now()
    change { log in
      guard let source = log.terminal(of: service, run: run) else { return }
      if isHeld { log.hold(source, at: time, answer: answer) } else { log.release(source, at: time) }
    }
  }

  /// The screen of a run's terminal, while it is held.
  package func terminalScreen(of service: ServiceID, run: RunNumber) -> TerminalScreen? {
    read { log in
      log.terminal(of: service, run: run).flatMap { log.held[$0.id] == nil ? nil : log.tails[$0.id]?.screen }
    }
  }

  private func change(_ body: (inout StoreState) -> Void) {
    var woken: [Wakeup] = []
    let notify = guarded.withLock { guarded -> (@Sendable () -> Void)? in
      body(&guarded.log)
      if !guarded.listeners.armed.isEmpty { swap(&woken, &guarded.listeners.armed) }
      guard guarded.listeners.isAcknowledged, let notify = guarded.listeners.notify else { return nil }
      guarded.listeners.isAcknowledged = false
      return notify
    }
    for wakeup in woken { wakeup.ring() }
    notify?()
  }

  // MARK: Following

  /// Sets what is called, on a writer's thread, when the log changed: once, then not before `acknowledgeGrowth`.
  package func onGrowth(_ notify: @escaping @Sendable () -> Void) {
    guarded.withLock { $0.listeners.notify = notify }
  }

  /// Asks for the next call of the `onGrowth` callback; call it before reading.
  package func acknowledgeGrowth() { guarded.withLock { $0.listeners.isAcknowledged = true } }

  /// Sets what receives the requests found in access-log lines, in batches, on a thread of its own.
  ///
  /// `onRoutes` gets the routes that a server prints when it starts, on the same thread, before requests to them.
  ///
  /// When it cannot keep up, lines are dropped unread; `onLoss` gets their number each time, and
  /// `LogStatistics.linesNotSearchedForRequests` counts them.
  ///
  /// - Returns: false when the system has no thread left for it: no request will come.
  @discardableResult
  package func onRequests(
    _ sink: @escaping @Sendable ([RequestSample]) -> Void,
    onRoutes: @escaping @Sendable (ServiceID, RunNumber, [RoutePattern]) -> Void = { _, _, _ in },
    onLoss: @escaping @Sendable (_ lines: Int) -> Void = { _ in }
  ) -> Bool {
    let scanner = RequestScanner(sink: sink, onRoutes: onRoutes, onLoss: onLoss)
    let old = guarded.withLock { guarded -> RequestScanner? in
      defer { guarded.listeners.requests = scanner }
      return guarded.listeners.requests
    }
    old?.close()
    return scanner.start(self)
  }

  /// Rings at the next change.
  func arm(_ wakeup: Wakeup) {
    guarded.withLock { guarded in
      if !guarded.listeners.armed.contains(where: { $0 === wakeup }) {
        guarded.listeners.armed.append(wakeup)
      }
    }
  }

  // MARK: Reading

  package var statistics: LogStatistics { guarded.withLock { $0.log.currentStatistics } }

  /// Complete lines after `sequence` (-1: from the start), oldest first; for consumers of everything.
  ///
  /// Lines that were dropped meanwhile show as a gap: `rows[0].sequence - sequence - 1` of them.
  package func lines(after sequence: Int, limit: Int) -> [LogRow] {
    let (first, end) = read { (max($0.firstSequence, sequence.clampedSequence + 1), $0.endSequence) }
    guard first < end, limit > 0 else { return [] }
    return rows(first..<first + min(limit, end - first))
  }

  /// The rows of these lines, in their order; dropped ones are left out.
  func rows(_ sequences: some Sequence<Int>) -> [LogRow] {
    var rows: [LogRow] = []
    var chunk: Chunk?
    let reader = FormatReader()
    for sequence in sequences {
      if chunk.map({ sequence < $0.firstSequence || sequence >= $0.endSequence }) ?? true {
        chunk = read { $0.chunk(ofSequence: sequence) }
      }
      if let chunk { rows.append(chunk.row(sequence - chunk.firstSequence, reader)) }
    }
    return rows
  }

  /// Looks at the log under its lock; for microseconds only.
  func read<Result>(_ body: (StoreState) -> Result) -> Result { guarded.withLock { body($0.log) } }

  func countNotSearched(_ lines: Int) { guarded.withLock { $0.log.countNotSearched(lines) } }
}

extension Int {
  /// The same place in the log, small enough to count from.
  var clampedSequence: Int { Swift.min(Swift.max(self, -1), 1 << 62) }
}
