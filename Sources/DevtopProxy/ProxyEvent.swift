package import DevtopCore

/// What the proxy tells.
package enum ProxyEvent: Equatable, Sendable {
  /// Requests that ended since the last batch, 100 ms ago or more, in the order of their ends.
  case requests([RequestSample])
  /// What is under way has changed; at most ten times a second for each service.
  case load(ServiceID, ProxyLoad)
  /// No request is left on the run, or its time was up and so many connections were closed.
  case drained(ServiceID, RunNumber, closed: Int)
  /// A sentence worth a warning, told once for each cause.
  case warning(String)
}
