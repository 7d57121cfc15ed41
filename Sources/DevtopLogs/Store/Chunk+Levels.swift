import DevtopCore

extension Chunk {
  /// What the line says of itself, or what was given with a marker.
  func level(ofLine line: Int, of source: LogSource, _ reader: FormatReader) -> LogLevel? {
    let entry = storage.entries[line]
    if source.stream == .marker { return entry.givenLevel }
    return reader.level(of: bytes(ofLine: line), isDirty: entry.isDirty, by: source.formats)
  }

  /// The raw levels of `candidates`, as an array for all of `lines`; 0 where a line names none.
  ///
  /// Levels are found when they are first asked for, and remembered with the chunk.
  func levels(of candidates: LineSet, in lines: Range<Int>, _ reader: FormatReader) -> [UInt8] {
    var levels = storage.levels.withLock { known -> [UInt8] in
      let have =
        known.count > lines.lowerBound
        ? Array(known[lines.lowerBound..<min(known.count, lines.upperBound)]) : []
      return have + repeatElement(ChunkStorage.unknownLevel, count: lines.count - have.count)
    }
    guard var source = sources.first else { return levels }
    var own = 0..<0
    var hasNew = false
    candidates.forEach { line in
      let index = line - lines.lowerBound
      if levels[index] == ChunkStorage.unknownLevel {
        if !own.contains(line) {
          let segment = segmentIndex(ofLine: line)
          own = self.lines(ofSegment: segment)
          source = self.source(ofSegment: segment)
        }
        levels[index] = level(ofLine: line, of: source, reader)?.rawValue ?? 0
        hasNew = true
      }
      return true
    }
    if hasNew {
      storage.levels.withLock { known in
        if known.count < lines.upperBound {
          known += repeatElement(ChunkStorage.unknownLevel, count: lines.upperBound - known.count)
        }
        for (index, level) in levels.enumerated() where level != ChunkStorage.unknownLevel {
          known[lines.lowerBound + index] = level
        }
      }
    }
    return levels
  }
}
