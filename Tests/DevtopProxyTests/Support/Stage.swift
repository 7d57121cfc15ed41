import DevtopCore
import DevtopProxy
import Glibc

/// A proxy with one service, `api`, and one listener.
final class Stage: Sendable {
  let proxy: Proxy
  let port: UInt16
  let address: DevtopCore.SocketAddress
  let events: Signal<[ProxyEvent]>
  /// They serve as long as the stage is there.
  private let servers = Locked<[TestServer]>([])
  private let settled = Locked(0)

  init(_ spec: ProxySpec = ProxySpec(), hold: HoldLimits? = nil) throws {
    let events = Signal<[ProxyEvent]>([])
    self.events = events
    proxy = Proxy { event in events.change { $0.append(event) } }
    let (descriptor, port) = try TestSocket.listener()
    self.port = port
    address = DevtopCore.SocketAddress(host: "127.0.0.1", port: port)
    proxy.configure(["api": spec], hosts: [], remoteDenied: [])
    if let hold { proxy.hold("api", hold) }
    proxy.listen(descriptor, at: address, for: "api")
  }

  deinit { proxy.shutdown() }

  func route(_ run: RunNumber = 1, to server: TestServer) {
    servers.withLock { $0.append(server) }
    route(run, toPort: server.port)
  }

  func route(_ run: RunNumber, toPort port: UInt16) {
    proxy.route("api", to: run, upstreams: [address: DevtopCore.SocketAddress(host: "127.0.0.1", port: port)])
    try? settle()
  }

  /// Waits until everything that was asked of the proxy so far is done.
  func settle() throws {
    let number = settled.withLock { number in
      number -= 1
      return number
    }
    proxy.drain("api", number, within: .zero)
    _ = try drained(number)
  }

  func connect() throws -> TestSocket { try TestSocket(to: port) }

  /// One request on a connection of its own; the whole answer.
  func exchange(_ request: String) throws -> String {
    let client = try connect()
    try client.send(request)
    client.endSending()
    return try client.receiveToEnd()
  }

  /// Requests that have ended, or connections that go on.
  func samples(_ count: Int, open: Bool = false) throws -> [RequestSample] {
    try events.wait("\(count) samples") { events in
      let all = events.flatMap { event -> [RequestSample] in
        if case .requests(let samples) = event { samples.filter { $0.isOpen == open } } else { [] }
      }
      return all.count >= count ? all : nil
    }
  }

  /// Waits for a state of the service.
  func load(_ what: String, until condition: (ProxyLoad) -> Bool) throws {
    try events.wait("load: \(what)") { events in
      for case .load(_, let load) in events.reversed() { return condition(load) ? () : nil }
      return nil
    }
  }

  func drained(_ run: RunNumber) throws -> Int {
    try events.wait("drained \(run)") { events in
      for case .drained(_, run, let closed) in events { return closed }
      return nil
    }
  }
}

let get = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n"
