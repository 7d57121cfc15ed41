package import DevtopCore

/// A registered writer of lines: one stream of one run of one service.
package struct LogSource: Hashable, Sendable {
  /// Tells two registrations apart; small, never used again.
  let id: UInt32
  package let service: ServiceID
  package let run: RunNumber
  package let stream: LogStream
  /// The formats that the configuration had for its lines when it was registered, in the order in which they are tried.
  var formats: [LineFormat] = []
}
