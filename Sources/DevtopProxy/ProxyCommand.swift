import DevtopCore

/// What the proxy is asked to do, as it travels to the proxy's thread.
enum ProxyCommand: Sendable {
  case configure([ServiceID: ProxySpec], hosts: [String], remoteDenied: Set<ServiceID>)
  case listen(Int32, SocketAddress, ServiceID)
  case stopListening(SocketAddress, ServiceID)
  case route(ServiceID, RunNumber, [SocketAddress: SocketAddress])
  case hold(ServiceID, HoldLimits)
  case refuse(ServiceID)
  case drain(ServiceID, RunNumber, Duration, isBeforeStop: Bool)
  case tellBrowsers(ServiceID, BrowserNews)
  case setFault(ServiceID, isOn: Bool)
  case replay(RequestSample)

  /// Commands with the same key make each other void: of those that come before the first listener, only the last
  /// one matters.
  enum Key: Hashable {
    case configuration
    case way(ServiceID)
    case news(ServiceID)
    case fault(ServiceID)
  }

  /// Nil: of no use without a listener.
  var key: Key? {
    switch self {
    case .configure: .configuration
    case .route(let service, _, _), .hold(let service, _), .refuse(let service): .way(service)
    case .tellBrowsers(let service, .problem), .tellBrowsers(let service, .mended): .news(service)
    case .setFault(let service, _): .fault(service)
    case .listen, .stopListening, .drain, .replay, .tellBrowsers(_, .reload),
      .tellBrowsers(_, .styles), .tellBrowsers(_, .images):
      nil
    }
  }
}
