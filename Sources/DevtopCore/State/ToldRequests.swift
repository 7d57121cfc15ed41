/// Requests that only one of proxy and access log has told of yet, of a service that is also reached past the proxy.
struct ToldRequests: Equatable, Sendable {
  private struct Request: Equatable, Sendable {
    var method: String
    var path: String
    var status: Int
    var time: Int64
  }

  private var byProxy: [Request] = []
  private var byLog: [Request] = []

  /// The two tell of one request within this time, in milliseconds.
  private static let patience: Int64 = 2_000
  private static let capacity = 1_000

  /// Whether the other one has told of the request already.
  mutating func isKnown(_ sample: RequestSample) -> Bool {
    let request = Request(
      method: sample.method, path: sample.path, status: sample.status, time: sample.time.milliseconds)
    switch sample.source {
    case .proxy: return Self.take(request, from: &byLog, orAddTo: &byProxy)
    case .log: return Self.take(request, from: &byProxy, orAddTo: &byLog)
    }
  }

  private static func take(_ request: Request, from others: inout [Request], orAddTo own: inout [Request])
    -> Bool
  {
    let place = others.firstIndex {
      $0.method == request.method && $0.path == request.path && $0.status == request.status
        && abs($0.time - request.time) <= patience
    }
    if let place {
      others.remove(at: place)
      return true
    }
    own.removeAll { request.time - $0.time > patience }
    if own.count >= capacity { own.removeFirst() }
    own.append(request)
    return false
  }
}
