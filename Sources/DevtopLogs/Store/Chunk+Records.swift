import DevtopCore

extension Chunk {
  /// Which of the lines go on with a record, which may have begun in the chunk before.
  ///
  /// That is found when it is first asked for, and remembered with the chunk.
  func marks(after previous: Chunk?) -> RecordMarks {
    let states = storage.marks.withLock { $0 == nil } ? previous?.marks(after: nil).states : nil
    return storage.marks.withLock { known in
      var marks = known ?? RecordMarks(after: states ?? [:])
      known = nil
      marks.scan(self)
      known = marks
      return marks
    }
  }
}

extension LogStore {
  /// A chunk that is still kept, with its records.
  func markedChunk(ordinal: Int) -> (Chunk, RecordMarks)? {
    let (chunk, previous) = read { ($0.chunk(ordinal: ordinal), $0.chunk(ordinal: ordinal - 1)) }
    return chunk.map { ($0, $0.marks(after: previous)) }
  }

  /// The chunk that holds a line, with its records.
  func markedChunk(ofSequence sequence: Int) -> (Chunk, RecordMarks)? {
    read { $0.chunk(ofSequence: sequence)?.ordinal }.flatMap(markedChunk(ordinal:))
  }

  /// The lines of the record that a line is part of, in its chunk; the line alone where it is none.
  func group(ofLine sequence: Int) -> (chunk: Chunk, lines: [Int])? {
    guard let (chunk, marks) = markedChunk(ofSequence: sequence) else { return nil }
    let line = sequence - chunk.firstSequence
    let records = RecordGroups(in: line..<line + 1, of: chunk, marks)
    return (chunk, records.groups.first { $0.contains(line) } ?? [line])
  }

  /// The rows of that record, oldest first; nil where the line is not kept any more.
  func record(ofLine sequence: Int) -> [LogRow]? {
    let reader = FormatReader()
    return group(ofLine: sequence).map { chunk, lines in lines.map { chunk.row($0, reader) } }
  }
}
