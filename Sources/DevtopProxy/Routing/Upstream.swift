import DevtopCore
import NIOCore
import NIOPosix

/// One address of a run with the connections to it that wait for a request.
final class Upstream {
  let address: SocketAddress
  let publicAddress: SocketAddress
  /// Outlives this: connections in use belong to a run that is already replaced.
  let route: Route
  private(set) var isRetired = false
  /// It has answered in HTTP/1.
  var speaksHTTP = false
  private var idle: [UpstreamConnection] = []

  /// More than that are closed when their request is done.
  private static let idleLimit = 256
  /// Shorter than what servers allow (gunicorn 2 s, Node and uvicorn 5 s), so that they are seldom first to close.
  static let idleTime = Duration.milliseconds(1_500)

  init(address: SocketAddress, publicAddress: SocketAddress, route: Route) {
    self.address = address
    self.publicAddress = publicAddress
    self.route = route
  }

  func retire() {
    isRetired = true
    let all = idle
    idle.removeAll()
    for connection in all { connection.close() }
  }

  /// Gives the exchange a connection that works, now or later.
  func acquire(_ exchange: Exchange) {
    route.becameBusy()
    exchange.connecting(to: self)
    if exchange.mayUsePooled {
      while let connection = idle.popLast() {
        guard connection.isUsable(forAnyMethod: exchange.isIdempotent) else {
          connection.close()
          continue
        }
        connection.begin(exchange)
        return
      }
    }
    connect(for: exchange)
  }

  private func connect(for exchange: Exchange) {
    let core = route.service.core
    guard let target = try? NIOCore.SocketAddress(ipAddress: address.host, port: Int(address.port)) else {
      return exchange.connectFailed(self)
    }
    let connection = UpstreamConnection(self, core)
    ClientBootstrap(group: core.loop)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.recvAllocator, value: ProxyCore.receiveSizes)
      .connectTimeout(.seconds(10))
      .channelInitializer { [bound = NIOLoopBound(connection, eventLoop: core.loop)] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
      .connect(to: target)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success: self.connected(connection, exchange)
        case .failure: exchange.connectFailed(self)
        }
      }
  }

  private func connected(_ connection: UpstreamConnection, _ exchange: Exchange) {
    guard connection.isOpen else { return exchange.connectFailed(self) }
    if exchange.isConnecting(to: self) {
      connection.begin(exchange)
    } else {
      giveBack(connection)
    }
  }

  /// A connection that is done with its request.
  func giveBack(_ connection: UpstreamConnection) {
    guard !isRetired, idle.count < Self.idleLimit, connection.isOpen else { return connection.close() }
    connection.waitForUse(Self.idleTime)
    idle.append(connection)
  }

  /// An idle connection was closed by the service, or its time is up.
  func forget(_ connection: UpstreamConnection) {
    if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
  }
}
