package import DevtopCore

/// A registered writer of lines: one stream of one run of one service.
package struct LogSource: Hashable, Sendable {
  /// Tells two registrations apart; small, never used again.
  let id: UInt32
  package let service: ServiceID
  package let run: RunNumber
  package let stream: LogStream
}
