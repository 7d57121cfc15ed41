import DevtopCore
import Glibc

/// What a view must know of a chunk without holding on to its memory.
struct ChunkOutline: Equatable, Sendable {
  var ordinal: Int
  var firstSequence: Int
  var lineCount: Int
  /// Lines that the program has printed over since.
  var superseded = LineSet(base: 0, end: 0)
}

/// What the store's lock guards: the chunks, the unfinished lines, the counts.
struct StoreState {
  private(set) var chunks: [Chunk] = []
  var partials: [UInt32: PartialLine] = [:]
  /// Changes whenever an unfinished line does.
  var partialsVersion = 0
  /// Changes whenever lines are printed over.
  private(set) var supersededVersion = 0
  /// Of sources whose program went back to lines, what it goes on changing.
  var tails: [UInt32: TerminalTail] = [:]
  /// The beginning of a control sequence whose end was not read yet.
  var cutSequences: [UInt32: [UInt8]] = [:]
  /// Terminals of services that are not finished.
  private(set) var terminals: [UInt32: LogSource] = [:]
  /// Sources whose screen is kept, also while the program goes on below, and who gets its answers.
  var held: [UInt32: @Sendable ([UInt8]) -> Void] = [:]
  /// Of the services' terminals.
  var terminalSize = Size(columns: 120, rows: 40)
  private(set) var endSequence = 0
  private(set) var statistics = LogStatistics()
  /// Of the configuration; `services` nil: for the lines of all.
  var formats: [(format: LineFormat, services: [ServiceID]?)] = []
  private(set) var newestRuns: [ServiceID: RunNumber] = [:]
  private var sealedCost = 0
  /// Has room for the text of one more chunk.
  private var openSlab: TextSlab?
  /// The memory of dropped chunks that nobody reads any more.
  private let pool = ChunkPool()
  private var nextOrdinal = 0
  private var nextSourceID: UInt32 = 0
  private var capacity: Int
  private var textCapacity: Int

  init(capacityInBytes: Int) {
    capacity = max(capacityInBytes, Self.minimumCapacityInBytes)
    textCapacity = Self.textCapacity(for: capacity)
    statistics.capacityInBytes = capacity
    limitPool()
  }

  /// Room for a few of the longest lines.
  static let minimumCapacityInBytes = 512 << 10

  private static func textCapacity(for capacity: Int) -> Int {
    var size = ChunkStorage.maximumTextCapacity
    while size > 128 << 10, size * 16 > capacity { size /= 2 }
    return size
  }

  /// The first line that is kept, or `endSequence`.
  var firstSequence: Int { chunks.first?.firstSequence ?? endSequence }

  var currentStatistics: LogStatistics {
    var current = statistics
    current.totalLines = endSequence
    current.keptLines = chunks.reduce(0) { $0 + $1.lineCount }
    current.keptMarkers = chunks.reduce(0) { $0 + $1.markerCount }
    current.keptSuperseded = chunks.reduce(0) { $0 + $1.supersededCount }
    current.droppedLines = current.totalLines - current.keptLines
    current.bytes =
      sealedCost + (chunks.last?.costInBytes ?? 0) + partials.values.reduce(0) { $0 + $1.bytes.capacity }
    return current
  }

  /// The chunk that holds the line, if it is still kept.
  func chunk(ofSequence sequence: Int) -> Chunk? {
    guard let first = chunks.first, sequence >= first.firstSequence, sequence < endSequence else {
      return nil
    }
    var low = 0
    var high = chunks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if chunks[middle].firstSequence <= sequence { low = middle } else { high = middle }
    }
    let found = chunks[low]
    return sequence < found.endSequence ? found : nil
  }

  func chunk(ordinal: Int) -> Chunk? {
    guard let first = chunks.first, ordinal >= first.ordinal, ordinal - first.ordinal < chunks.count
    else { return nil }
    return chunks[ordinal - first.ordinal]
  }

  /// Where the chunks from `ordinal` on begin, and how many lines they have.
  func outline(from ordinal: Int) -> [ChunkOutline] {
    guard let first = chunks.first else { return [] }
    return chunks.dropFirst(max(0, ordinal - first.ordinal)).map {
      ChunkOutline(
        ordinal: $0.ordinal, firstSequence: $0.firstSequence, lineCount: $0.lineCount,
        superseded: $0.superseded)
    }
  }

  /// The unfinished lines, in order of their sources' registration.
  var partialLines: [PartialLine] {
    let lines = tails.isEmpty ? Array(partials.values) : Array(partials.values) + liveLines
    // Sorting keeps the order of the lines of one source (it is stable).
    return lines.isEmpty ? [] : lines.sorted { $0.source.id < $1.source.id }
  }

  // MARK: Writing

  mutating func source(service: ServiceID, run: RunNumber, stream: LogStream) -> LogSource {
    newestRuns[service] = max(run, newestRuns[service] ?? run)
    nextSourceID += 1
    var source = LogSource(id: nextSourceID, service: service, run: run, stream: stream)
    switch stream {
    case .terminal, .output, .error:
      source.formats = formats.filter { $0.services?.contains(service) ?? true }.map(\.format)
    // Compilers and devtop itself do not write as services do.
    case .build, .marker: break
    }
    if stream == .terminal { terminals[source.id] = source }
    return source
  }

  mutating func setCapacity(_ bytes: Int) {
    capacity = max(bytes, Self.minimumCapacityInBytes)
    statistics.capacityInBytes = capacity
    textCapacity = Self.textCapacity(for: capacity)
    limitPool()
    dropOldest()
  }

  mutating func countNotSearched(_ lines: Int) { statistics.linesNotSearchedForRequests += lines }

  /// Takes what was read: whole lines, and the beginning of one.
  mutating func take(_ text: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime) {
    var rest = text
    while let start = rest.baseAddress, let found = memchr(start, 0x0A, rest.count) {
      let feed = UnsafeRawPointer(found) - UnsafeRawPointer(start)
      var size = feed + 1
      if partials[source.id] != nil || feed > PartialLine.maximumSizeInBytes {
        commitAssembled(UnsafeBufferPointer(rebasing: rest[..<feed]), from: source, at: time)
      } else {
        size = takeLines(rest, from: source, at: time)
        if size == 0 {
          if sealAndOpen(at: time) { continue }
          endSequence += 1
          size = feed + 1
        }
      }
      rest = UnsafeBufferPointer(rebasing: rest[size...])
    }
    if rest.isEmpty { return }
    partials[source.id, default: PartialLine(source: source, time: time)].append(rest, at: time)
    partialsVersion += 1
  }

  /// Puts the lines that fit into the open chunk, up to the first that is too long.
  ///
  /// - Returns: how many bytes they are.
  private mutating func takeLines(
    _ text: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime
  ) -> Int {
    guard let last = chunks.indices.last else { return 0 }
    let size = chunks[last].append(linesOf: text, from: source, at: time)
    endSequence = chunks[last].endSequence
    return size
  }

  /// Ends the source's unfinished line.
  mutating func finish(_ source: LogSource, at time: WallTime) {
    held[source.id] = nil
    terminals[source.id] = nil
    endTail(of: source, at: time)
    if let cut = cutSequences.removeValue(forKey: source.id) {
      cut.withUnsafeBufferPointer { take($0, from: source, at: time) }
    }
    finishLine(source, at: time)
  }

  mutating func finishLine(_ source: LogSource, at time: WallTime) {
    guard partials[source.id] != nil else { return }
    commitAssembled(UnsafeBufferPointer(start: nil, count: 0), from: source, at: time)
  }

  mutating func mark(
    _ text: [UInt8], level: LogLevel?, service: ServiceID, run: RunNumber, at time: WallTime
  ) {
    let known = chunks.last?.sources.last {
      $0.service == service && $0.run == run && $0.stream == .marker
    }
    let source = known ?? source(service: service, run: run, stream: .marker)
    newestRuns[service] = max(run, newestRuns[service] ?? run)
    let flags = UInt32(level?.rawValue ?? 0) << ChunkStorage.Entry.levelShift
    text.withUnsafeBufferPointer { commitLine($0, flags: flags, from: source, at: time) }
  }

  /// Hides lines that are no more what their terminal shows.
  mutating func supersede(_ sequences: Set<Int>) {
    for sequence in sequences {
      guard let chunk = chunk(ofSequence: sequence) else { continue }
      chunks[chunk.ordinal - chunks[0].ordinal].supersede(sequence - chunk.firstSequence)
    }
    if sequences.isEmpty { return }
    partialsVersion += 1
    supersededVersion += 1
  }

  private mutating func commitAssembled(
    _ end: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime
  ) {
    var partial = partials.removeValue(forKey: source.id) ?? PartialLine(source: source, time: time)
    partialsVersion += 1
    partial.append(end, at: time)
    var flags: UInt32 = 0
    // A carriage return alone may lie beyond the limit: it belongs to the line's end.
    if partial.cutBytes > 1 || (partial.cutBytes == 1 && end.last != 0x0D) {
      flags = ChunkStorage.Entry.isTruncated
      statistics.truncatedLines += 1
      statistics.truncatedBytes += partial.cutBytes
    }
    partial.bytes.withUnsafeBufferPointer { line in
      if LineText.isDirty(line) { flags |= ChunkStorage.Entry.isDirty }
      commitLine(line, flags: flags, from: source, at: time)
    }
  }

  private mutating func commitLine(
    _ line: UnsafeBufferPointer<UInt8>, flags: UInt32, from source: LogSource, at time: WallTime
  ) {
    defer { endSequence += 1 }
    if chunks.last?.hasRoom(for: line.count + 1, at: time) != true, !sealAndOpen(at: time) { return }
    chunks[chunks.count - 1].append(line, flags: flags, from: source, at: time)
  }

  /// Begins a new chunk; the oldest ones go when the limit is reached.
  ///
  /// - Returns: false when the system has no memory, not even after the oldest chunk went.
  private mutating func sealAndOpen(at time: WallTime) -> Bool {
    if let last = chunks.last { sealedCost += last.costInBytes }
    dropOldest(reserve: max(textCapacity, chunks.last?.costInBytes ?? 0))
    var storage = newStorage()
    if storage == nil, !chunks.isEmpty {
      dropFirst()
      storage = newStorage()
    }
    guard let storage else {
      sealedCost = 0
      chunks = []
      return false
    }
    chunks.append(
      Chunk(storage: storage, ordinal: nextOrdinal, firstSequence: endSequence, firstTime: time))
    nextOrdinal += 1
    return true
  }

  /// Huge pages are for who prints much: the first chunk is touched page by page.
  private mutating func newStorage() -> ChunkStorage? {
    if let used = pool.take(textCapacity: textCapacity) { return ChunkStorage(used, pool: pool) }
    return newMemory().map { ChunkStorage($0, pool: pool) }
  }

  private mutating func newMemory() -> ChunkMemory? {
    guard nextOrdinal > 0, textCapacity == TextSlab.size / 2, let slab = openSlab ?? TextSlab() else {
      return ChunkMemory(textCapacity: textCapacity)
    }
    let (text, isLast) = slab.take()
    openSlab = isLast ? nil : slab
    return ChunkMemory(textCapacity: textCapacity, slab: (slab, text))
  }

  private mutating func dropOldest(reserve: Int? = nil) {
    // While a chunk is open its room counts as if it were full; when none is, `reserve` stands for the next.
    if let reserve {
      while !chunks.isEmpty, sealedCost + reserve > capacity { dropFirst() }
    } else {
      while chunks.count > 1, sealedCost + (chunks.last?.costInBytes ?? 0) > capacity { dropFirst() }
    }
  }

  private mutating func dropFirst() { sealedCost -= chunks.removeFirst().costInBytes }

  /// Of what the log may take, as little more as makes no difference.
  private func limitPool() { pool.setLimit(max(1, capacity / 64 / textCapacity)) }
}
