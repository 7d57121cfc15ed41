/// How a request to a service ended, as far as it was passed on.
package enum UpstreamEnd: Equatable, Sendable {
  /// The service answered with this status, and to the end.
  case answered(status: Int)
  case connectFailed
  case timedOut
  /// The connection ended before the answer did.
  case brokeOff
  /// The client went away, or what it sent was at fault.
  case clientGone
  /// The run was replaced meanwhile.
  case reloaded
}
