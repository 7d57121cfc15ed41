/// A run that lives beside the newest one.
package struct OlderRun: Equatable, Sendable {
  package enum Duty: Equatable, Sendable {
    /// It has the requests until the newest run is ready.
    case serving
    /// Requests that it has begun with come to their end.
    case draining
    /// It was asked to end, or did by itself; what is left of its tree is being ended.
    case ending
  }

  package var run: RunNumber
  package var pid: Int32
  package var port: UInt16?
  /// When it became ready.
  package var since: Moment
  /// Where it listens, with devtop in front.
  package var ports: [TakenPort]
  package var duty: Duty

  /// So many runs of a service drain at the most; the oldest makes room.
  package static let drainingLimit = 3

  package init(
    run: RunNumber, pid: Int32, port: UInt16?, since: Moment, ports: [TakenPort], duty: Duty = .serving
  ) {
    self.run = run
    self.pid = pid
    self.port = port
    self.since = since
    self.ports = ports
    self.duty = duty
  }
}
