package import DevtopCore

/// Stand-in until the log store is here.
package struct LogRow: Equatable, Sendable {
  package var sequence: Int
  package var service: ServiceID
  package var run: RunNumber
  package var stream: LogStream
  package var level: LogLevel?
  package var time: WallTime
  package var text: StyledText
  package var isTruncated = false

  package init(sequence: Int, service: ServiceID, run: RunNumber, stream: LogStream, level: LogLevel?, time: WallTime, text: StyledText) {
    self.sequence = sequence
    self.service = service
    self.run = run
    self.stream = stream
    self.level = level
    self.time = time
    self.text = text
  }

  package func text(columns: Int) -> StyledText { text }
}
