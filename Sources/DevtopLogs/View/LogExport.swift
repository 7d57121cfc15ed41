import DevtopCore

/// What a file of exported lines looks like.
package enum LogFormat: Sendable {
  /// `TIME SERVICE | TEXT`, without colours.
  case text
  /// The same, with the program's bytes as they were, colours included.
  case colored
  /// An object a line, with the fields of the JSON event `log` (RFC 8259).
  case json

  /// By the end of a file's name: `.jsonl`, `.json`, `.ansi`; anything else is text.
  package init(file: String) {
    if file.hasSuffix(".jsonl") || file.hasSuffix(".json") {
      self = .json
    } else {
      self = file.hasSuffix(".ansi") ? .colored : .text
    }
  }
}

extension LogView {
  /// Writes what the view shows, records whole, from `first` on; on the calling thread, without a lock held meanwhile.
  ///
  /// `write` takes whole lines, in pieces of about 64 KiB; false ends it.
  ///
  /// - Returns: the number of lines that were given to `write`.
  package func export(_ format: LogFormat, from first: Int, write: ([UInt8]) -> Bool) -> Int {
    let matcher = LineMatcher(store.templates)
    var question = question
    question.newestRuns = store.read { $0.newestRuns }
    var next = max(first, store.read { $0.firstSequence })
    let end = store.read { $0.endSequence }
    var count = 0
    var text: [UInt8] = []
    while next < end {
      guard let (chunk, marks) = store.markedChunk(ofSequence: next) else {
        // Dropped meanwhile.
        let kept = store.read { $0.firstSequence }
        guard kept > next else { break }
        next = kept
        continue
      }
      let start = next - chunk.firstSequence
      let stop = min(chunk.lineCount, start + LineMatcher.maximumLineCount)
      let shown = matcher.matches(question, in: chunk, lines: start..<stop, marks: marks).shown
        .restricted(to: start..<stop)
      var goesOn = true
      shown.forEach { line in
        format.append(chunk.row(line, matcher.reader), to: &text)
        count += 1
        if text.count >= 64 << 10 {
          goesOn = write(text)
          text.removeAll(keepingCapacity: true)
        }
        return goesOn
      }
      if !goesOn { return count }
      next = chunk.firstSequence + stop
    }
    if !text.isEmpty { _ = write(text) }
    return count
  }
}

extension LogFormat {
  fileprivate func append(_ row: LogRow, to text: inout [UInt8]) {
    switch self {
    case .text, .colored:
      text += "\(row.time.rfc3339) \(row.service) | ".utf8
      if self == .text {
        // Other lines have nothing to leave out, and lose nothing.
        row.bytes.withUnsafeBufferPointer { line in
          if LineText.isDirty(line) { LineText.appendPlain(line, to: &text) } else { text += line }
        }
      } else {
        text += row.bytes
      }
      text.append(0x0A)
    case .json:
      let line =
        row.stream == .marker
        ? logNoteJSON(
          service: row.service, run: row.run, level: row.level, text: row.plainText, time: row.time)
        : logLineJSON(
          service: row.service, run: row.run, stream: row.stream, level: row.level, text: row.plainText,
          time: row.time, isTruncated: row.isTruncated)
      text += line.utf8
      text.append(0x0A)
    }
  }
}
