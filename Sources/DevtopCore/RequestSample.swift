/// One finished request to a service, from an access-log line (later: from the proxy).
package struct RequestSample: Hashable, Sendable {
  package var service: ServiceID
  package var run: RunNumber
  package var time: WallTime
  package var method: String
  /// With its query, as logged.
  package var path: String
  package var status: Int
  /// Nil where the log line has none.
  package var duration: Duration?
  /// The answer's size in bytes, where logged.
  package var sizeInBytes: Int?

  package init(
    service: ServiceID, run: RunNumber, time: WallTime, method: String, path: String, status: Int,
    duration: Duration? = nil, sizeInBytes: Int? = nil
  ) {
    self.service = service
    self.run = run
    self.time = time
    self.method = method
    self.path = path
    self.status = status
    self.duration = duration
    self.sizeInBytes = sizeInBytes
  }
}
