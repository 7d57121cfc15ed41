import DevtopCore

/// What a terminal answers to its program, and who writes it.
struct TerminalReply {
  var bytes: [UInt8]
  var answer: @Sendable ([UInt8]) -> Void
}

/// Lines of terminals, to which programs go back.
extension StoreState {
  /// Takes what was read from a terminal: a line that the program goes back to is stored when it is through with it.
  mutating func takeFromTerminal(
    _ text: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime
  ) {
    guard let cut = cutSequences.removeValue(forKey: source.id) else {
      return takeWhole(text, from: source, at: time)
    }
    (cut + text).withUnsafeBufferPointer { takeWhole($0, from: source, at: time) }
  }

  private mutating func takeWhole(
    _ text: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime
  ) {
    var rest = text
    func drop(_ count: Int) { rest = UnsafeBufferPointer(rebasing: rest[count...]) }
    while !rest.isEmpty {
      let found = LiveSequence.first(in: rest)
      let before = UnsafeBufferPointer(rebasing: rest[..<(found?.range.lowerBound ?? rest.count)])
      if tails[source.id] == nil {
        take(before, from: source, at: time)
      } else {
        feedTail(before, of: source, at: time)
      }
      guard let found else { return }
      drop(before.count)
      let sequence = UnsafeBufferPointer(rebasing: rest[..<found.range.count])
      switch found.kind {
      case .cut:
        cutSequences[source.id] = Array(rest)
        return
      case .up:
        if tails[source.id] == nil { beginTail(of: source, at: time) }
        supersede(tails[source.id]?.goUp(sequence) ?? [])
      case .home:
        if tails[source.id]?.screen.isAlternate == true {
          feedTail(sequence, of: source, at: time)
        } else if held[source.id] != nil {
          for line in tails[source.id]?.beginAnew(sequence) ?? [] { commit(line, from: source, at: time) }
        } else {
          endTail(of: source, at: time)
          take(sequence, from: source, at: time)
        }
      }
      drop(sequence.count)
    }
  }

  private mutating func beginTail(of source: LogSource, at time: WallTime) {
    let partial = partials.removeValue(forKey: source.id)
    partialsVersion += 1
    tails[source.id] = TerminalTail(
      source, size: terminalSize, lines: newestLines(of: source, count: terminalSize.rows),
      partial: partial?.bytes ?? [], at: time)
  }

  private mutating func feedTail(_ text: UnsafeBufferPointer<UInt8>, of source: LogSource, at time: WallTime)
  {
    guard !text.isEmpty, var tail = tails.removeValue(forKey: source.id) else { return }
    tail.time = time
    let (lines, changed) = tail.feed(text)
    supersede(changed)
    for line in lines { commit(line, from: source, at: time) }
    if held[source.id] != nil {
      for line in tail.takeComplete() {
        commit(line.bytes, from: source, at: time)
        tail.store(line.rows, as: endSequence - 1)
      }
    }
    tails[source.id] = tail
    partialsVersion += 1
    if tail.isOver, held[source.id] == nil { endTail(of: source, at: time) }
  }

  // MARK: Terminals that have the keyboard

  /// The terminal of a run that was not finished yet.
  func terminal(of service: ServiceID, run: RunNumber) -> LogSource? {
    terminals.values.first { $0.service == service && $0.run == run }
  }

  /// Keeps the screen of a terminal from now on, with the newest lines on it.
  mutating func hold(_ source: LogSource, at time: WallTime, answer: @escaping @Sendable ([UInt8]) -> Void) {
    if tails[source.id] == nil { beginTail(of: source, at: time) }
    held[source.id] = answer
    // What was asked before nobody waits for any more.
    _ = tails[source.id]?.takeReplies()
  }

  mutating func release(_ source: LogSource, at time: WallTime) {
    held[source.id] = nil
    if tails[source.id]?.screen.isAlternate == false { endTail(of: source, at: time) }
  }

  mutating func takeReply(of source: LogSource) -> TerminalReply? {
    guard let answer = held[source.id], let bytes = tails[source.id]?.takeReplies(), !bytes.isEmpty else {
      return nil
    }
    return TerminalReply(bytes: bytes, answer: answer)
  }

  mutating func resizeTerminals(_ size: Size) {
    terminalSize = size
    for id in tails.keys {
      for line in tails[id]?.resize(size) ?? [] {
        if let source = tails[id]?.source, let time = tails[id]?.time { commit(line, from: source, at: time) }
      }
    }
    partialsVersion += 1
  }

  /// Stores what the program is through with.
  mutating func endTail(of source: LogSource, at time: WallTime) {
    guard var tail = tails.removeValue(forKey: source.id) else { return }
    if tail.screen.isAlternate { tail.leaveAlternate() }
    let (lines, partial) = tail.content
    for line in lines { commit(line, from: source, at: time) }
    if let partial { partials[source.id] = PartialLine(partial, source: source, time: time) }
    partialsVersion += 1
  }

  private mutating func commit(_ line: [UInt8], from source: LogSource, at time: WallTime) {
    partials[source.id] = PartialLine(line, source: source, time: time)
    finishLine(source, at: time)
  }

  /// The unfinished lines of sources whose program goes back to them.
  var liveLines: [PartialLine] {
    tails.values.flatMap { tail in
      let (lines, partial) = tail.content
      return (lines + (partial.map { [$0] } ?? [])).map {
        PartialLine($0, source: tail.source, time: tail.time)
      }
    }
  }

  /// Others may have said so much since a program last printed what it goes back to.
  private static let reachInChunks = 8

  /// The newest stored lines of a source, oldest first, as far as the newest chunks have them.
  private func newestLines(of source: LogSource, count: Int) -> [(sequence: Int, bytes: [UInt8])] {
    var found: [(sequence: Int, bytes: [UInt8])] = []
    for chunk in chunks.suffix(Self.reachInChunks).reversed()
    where chunk.sources.contains(where: { $0.id == source.id }) {
      let superseded = chunk.superseded
      for segment in (0..<chunk.segmentCount).reversed()
      where chunk.source(ofSegment: segment).id == source.id {
        for line in chunk.lines(ofSegment: segment).reversed() where !superseded.contains(line) {
          found.append((chunk.firstSequence + line, Array(chunk.bytes(ofLine: line))))
          if found.count == count { return found.reversed() }
        }
      }
    }
    return found.reversed()
  }
}
