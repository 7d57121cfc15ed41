/// What a load does.
struct LoadPlan: Sendable {
  enum Pace: Sendable {
    /// So many requests a second are due, at equal distances, whatever becomes of them: an open loop.
    case rate(Int)
    /// The next request leaves when an answer has come: a closed loop.
    case saturating
  }

  var endpoint: Endpoint
  var traffic: Traffic
  var pace: Pace
  var connections = 32
  /// Each n-th request goes over a new connection, and the old one is closed before; nil: none.
  var freshEvery: Int? = 10
  /// Nil: until it is stopped.
  var requests: Int?
  /// From the time when a request is due.
  var timeout: Duration = .seconds(10)
}
