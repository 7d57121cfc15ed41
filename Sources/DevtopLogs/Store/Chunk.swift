import CScan
import DevtopCore
import Glibc

/// A stretch of the log: up to 1 MiB of text with its index.
///
/// A copy is a snapshot: what it covers never changes, though the store goes on appending to the same memory.
struct Chunk: Sendable {
  let storage: ChunkStorage
  /// From 0, never used again.
  let ordinal: Int
  let firstSequence: Int
  let firstTime: WallTime
  private(set) var sources: [LogSource] = []
  private(set) var lineCount = 0
  private(set) var markerCount = 0
  private(set) var segmentCount = 0
  private(set) var byteCount = 0
  private(set) var supersededCount = 0

  init(storage: ChunkStorage, ordinal: Int, firstSequence: Int, firstTime: WallTime) {
    self.storage = storage
    self.ordinal = ordinal
    self.firstSequence = firstSequence
    self.firstTime = firstTime
  }

  var endSequence: Int { firstSequence + lineCount }

  var costInBytes: Int {
    let pages = (byteCount + 4095) & ~4095
    return pages + lineCount * ChunkStorage.costOfLineInBytes
      + segmentCount * ChunkStorage.costOfSegmentInBytes
  }

  // MARK: Reading

  /// Lines that the program has printed over since.
  var superseded: LineSet { storage.superseded.withLock { $0 } }

  /// The line's bytes, without its end (and without the carriage return that a terminal puts before it).
  func bytes(ofLine line: Int) -> UnsafeBufferPointer<UInt8> {
    let start = storage.entries[line].offset
    var end = (line + 1 < lineCount ? storage.entries[line + 1].offset : byteCount) - 1
    if end > start, storage.text[end - 1] == 0x0D { end -= 1 }
    return UnsafeBufferPointer(start: storage.text + start, count: end - start)
  }

  /// The index of the segment that holds the line.
  func segmentIndex(ofLine line: Int) -> Int {
    var low = 0
    var high = segmentCount
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(storage.segments[middle].firstLine) <= line { low = middle } else { high = middle }
    }
    return low
  }

  /// The lines of a segment.
  func lines(ofSegment index: Int) -> Range<Int> {
    let start = Int(storage.segments[index].firstLine)
    let end = index + 1 < segmentCount ? Int(storage.segments[index + 1].firstLine) : lineCount
    return start..<end
  }

  func source(ofSegment index: Int) -> LogSource { sources[Int(storage.segments[index].source)] }

  func time(ofSegment index: Int) -> WallTime {
    WallTime(milliseconds: firstTime.milliseconds + Int64(storage.segments[index].time))
  }

  func row(_ line: Int, _ reader: FormatReader) -> LogRow {
    let segment = segmentIndex(ofLine: line)
    let source = source(ofSegment: segment)
    let entry = storage.entries[line]
    let raw = bytes(ofLine: line)
    return LogRow(
      sequence: firstSequence + line, service: source.service, run: source.run, stream: source.stream,
      level: level(ofLine: line, of: source, reader), time: time(ofSegment: segment), bytes: Array(raw),
      isTruncated: entry.isTruncated, isPartial: false, formats: source.formats)
  }

  // MARK: Writing, under the store's lock

  /// Whether a line of `size` bytes, its end included, read at `time`, still goes in.
  func hasRoom(for size: Int, at time: WallTime) -> Bool {
    byteCount + size <= storage.textCapacity && lineCount < ChunkStorage.maximumLineCount
      && Int32(exactly: time.milliseconds - firstTime.milliseconds) != nil
  }

  /// Hides a line that the program has printed over.
  mutating func supersede(_ line: Int) {
    storage.superseded.withLock { lines in
      lines.grow(to: line + 1)
      if lines.contains(line) { return }
      lines.insert(line)
      supersededCount += 1
    }
  }

  /// Copies one line in; it must have room.
  mutating func append(
    _ line: UnsafeBufferPointer<UInt8>, flags: UInt32, from source: LogSource, at time: WallTime
  ) {
    extendSegment(source, time)
    storage.entries[lineCount] = ChunkStorage.Entry(raw: UInt32(byteCount) | flags)
    if let start = line.baseAddress { memcpy(storage.text + byteCount, start, line.count) }
    storage.text[byteCount + line.count] = 0x0A
    byteCount += line.count + 1
    lineCount += 1
    // Markers come one by one, here alone.
    if source.stream == .marker { markerCount += 1 }
  }

  /// Copies as many whole lines as there is room for, up to the first that is too long.
  ///
  /// - Returns: how many bytes went in.
  mutating func append(
    linesOf text: UnsafeBufferPointer<UInt8>, from source: LogSource, at time: WallTime
  ) -> Int {
    guard let start = text.baseAddress, hasRoom(for: 0, at: time) else { return 0 }
    let lineRoom = ChunkStorage.maximumLineCount - lineCount
    var size = 0
    let taken = (storage.entries + lineCount).withMemoryRebound(to: UInt32.self, capacity: lineRoom) {
      entries in
      var target = scan_target(
        text: storage.text + byteCount, entries: entries, entry_count: lineRoom, offset: UInt32(byteCount),
        dirty: ChunkStorage.Entry.isDirty, longest: PartialLine.maximumSizeInBytes)
      return scan_take_lines(start, min(text.count, storage.textCapacity - byteCount), &target, &size)
    }
    guard taken > 0 else { return 0 }
    extendSegment(source, time)
    byteCount += size
    lineCount += taken
    return size
  }

  private mutating func extendSegment(_ source: LogSource, _ time: WallTime) {
    let delta = Int32(clamping: time.milliseconds - firstTime.milliseconds)
    if segmentCount > 0 {
      let last = storage.segments[segmentCount - 1]
      if last.time == delta, sources[Int(last.source)].id == source.id { return }
    }
    let index: Int
    if let known = sources.lastIndex(where: { $0.id == source.id }) {
      index = known
    } else {
      index = sources.count
      sources.append(source)
    }
    storage.segments[segmentCount] = ChunkStorage.Segment(
      firstLine: UInt16(lineCount), source: UInt16(index), time: delta)
    segmentCount += 1
  }
}
