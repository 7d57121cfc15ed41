package import DevtopCore

/// One line as it was printed, with where it came from.
package struct LogRow: Equatable, Sendable {
  /// From 0, in order of arrival, never used again.
  ///
  /// A row that `isPartial` borrows the number after the last complete line until it is complete.
  package var sequence: Int
  package var service: ServiceID
  package var run: RunNumber
  package var stream: LogStream
  /// Nil where the line names none.
  package var level: LogLevel?
  /// When the line's end was read.
  package var time: WallTime
  /// The bytes as the program printed them, without the line's end.
  package var bytes: [UInt8]
  /// The line was longer than 64 KiB; `bytes` is its beginning.
  package var isTruncated: Bool
  /// The line has no end yet: a prompt, or output that goes on.
  package var isPartial: Bool
  /// Shown because it is near a match.
  package var isContext = false
  /// The row stands for this and all further lines of a record, which a view shows folded.
  package var fold: RecordSummary?
  /// How often the line comes in a row, where a view shows it once for all.
  package var repetition: Repetition?
  /// No earlier run of the service said such a thing.
  package var isNew = false
  /// Of the configuration, for this line.
  var formats: [LineFormat] = []

  /// What a terminal would show: colours kept, everything else that is not text removed or visible, tabs expanded.
  package var text: StyledText {
    bytes.withUnsafeBufferPointer { LineText.styled($0) }
  }

  /// `text`, cut after about `columns` columns; for lines of which only the beginning fits the screen.
  package func text(columns: Int) -> StyledText {
    bytes.withUnsafeBufferPointer { LineText.styled($0, columnLimit: columns) }
  }

  /// The text without colours and escapes, tabs kept: what filters match and what is copied.
  package var plainText: String {
    bytes.withUnsafeBufferPointer { String(decoding: LineText.plain($0), as: UTF8.self) }
  }
}
