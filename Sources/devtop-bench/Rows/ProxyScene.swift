import DevtopCore

/// devtop's proxy and nginx, in front of the same process of the app.
///
/// devtop runs on a terminal with its dashboard, as people run it.
struct ProxyScene {
  let devtop: DevtopRun
  let viewer: Viewer
  /// Where the app is reached through devtop.
  let endpoint: Endpoint
  /// Where the app itself listens.
  let upstream: Endpoint
  let app: Int32
  let orders: OrdersApp
  private let bench: Workbench

  /// Starts all but nginx; with `logsAccess` the app writes a line for each request.
  ///
  /// - Throws: `BenchError`; `.unexpected` when devtop does not stand in front of the app.
  init(_ bench: Workbench, name: String, logsAccess: Bool = false) throws(BenchError) {
    self.bench = bench
    orders = try OrdersApp(bench, name: name)
    endpoint = .loopback(try WebClient.freePort())
    try orders.configure(port: endpoint.port, logsAccess: logsAccess)
    (devtop, viewer) = try DevtopRun.onTerminal(
      bench, directory: orders.directory, adding: orders.environment)
    do throws(BenchError) {
      _ = try WebClient.waitForVersion(OrdersApp.version, port: endpoint.port, atMost: .seconds(20))
      app = try OrdersApp.process(below: devtop)
      upstream = try Self.upstream(of: app, behind: endpoint)
    } catch {
      devtop.end()
      throw error
    }
    // The start is over, the first passes over the files too.
    Clock.sleep(.seconds(2))
  }

  /// Where a process listens itself.
  ///
  /// - Throws: `BenchError.unexpected` when that is where devtop should listen.
  static func upstream(of app: Int32, behind endpoint: Endpoint) throws(BenchError) -> Endpoint {
    let listeners = Listeners.of(app)
    guard let found = listeners.first(where: { $0 != endpoint && $0.isLoopback }) else {
      throw .unexpected(
        "devtop does not stand in front of the app, which listens on "
          + (listeners.isEmpty ? "nothing" : listeners.map(\.description).joined(separator: " and "))
          + " itself")
    }
    return found
  }

  /// nginx in front of the same process, or of another one.
  ///
  /// - Throws: `BenchError`.
  func startNginx(before other: Endpoint? = nil) throws(BenchError) -> Nginx {
    try Nginx(bench, upstream: other ?? upstream)
  }

  /// Another process of the same app, of which devtop knows nothing.
  ///
  /// - Throws: `BenchError`.
  func startAppByHand() throws(BenchError) -> (child: Child, endpoint: Endpoint) {
    let endpoint = Endpoint.loopback(try WebClient.freePort())
    return (try orders.startByHand(bench, at: endpoint), endpoint)
  }

  /// devtop's own processes, without the app.
  var processes: [Int32] { devtop.ownProcesses.map(\.pid) }

  func end() { devtop.end() }

  static func cpuTime(_ processes: [Int32]) -> Duration {
    processes.reduce(.zero) { $0 + ProcessTable.cpuTime($1) }
  }

  static func residentInBytes(_ processes: [Int32]) -> Int {
    processes.reduce(0) { $0 + ProcessTable.memory($1).residentInBytes }
  }
}
