@testable import DevtopCore

/// A state with events applied to it at times of the test's choosing, and the effects that came of them.
struct Session {
  var state: AppState
  private(set) var effects: [Effect] = []

  init(_ specs: ServiceSpec..., explain: (inout Configuration) -> Void = { _ in }) {
    var configuration = Configuration(
      projectName: "shop", root: "/shop", source: .file("devtop.toml"), services: specs)
    explain(&configuration)
    state = AppState(configuration: configuration)
  }

  /// Applies an event and answers its effects without those that only tell or draw.
  @discardableResult
  mutating func on(_ event: Event, after wait: Duration = .zero) -> [Effect] {
    advance(wait)
    effects = update(&state, event)
    return effects.filter { !$0.isTelling }
  }

  mutating func advance(_ duration: Duration) {
    state.now.instant = state.now.instant + duration
    state.now.wall.milliseconds += Int64(duration.inMilliseconds)
  }

  var reports: [Report] {
    effects.compactMap { if case .report(let report) = $0 { report } else { nil } }
  }

  var marks: [String] {
    effects.compactMap { if case .mark(_, _, let text, _) = $0 { text } else { nil } }
  }

  /// What open pages were told.
  var news: [BrowserNews] {
    effects.compactMap { if case .tellBrowsers(_, let news) = $0 { news } else { nil } }
  }

  func service(_ id: ServiceID) -> ServiceState {
    guard let service = state[id] else { fatalError("no service \(id)") }
    return service
  }

  /// Builds `api` (run 1), starts it and makes it ready on 8080.
  mutating func bringUp(_ id: ServiceID = "api") {
    on(.began)
    finishBuild(id)
    on(.processStarted(id, 1, pid: 100))
    on(.processReady(id, 1, port: 8080))
    advance(.seconds(60))
  }

  /// As `bringUp`, with devtop in front of its port; a service without a build has run 1, too.
  mutating func bringUpFronted(_ id: ServiceID = "api") {
    on(.began)
    if !service(id).spec.build.isEmpty { finishBuild(id) }
    makeReady(id, 1)
    advance(.seconds(60))
  }

  /// A run that was asked for starts, listens where devtop took its port, and is ready.
  mutating func makeReady(_ id: ServiceID, _ run: RunNumber) {
    on(.processStarted(id, run, pid: Int32(run) * 100))
    on(.listening(id, run, .fronted))
    on(.processReady(id, run, port: 8080))
  }

  /// Builds `api` anew and starts run 2.
  mutating func startSecond() {
    save()
    finishBuild()
    on(.processStarted("api", 2, pid: 200))
  }

  @discardableResult
  mutating func finishBuild(
    _ id: ServiceID = "api", _ result: BuildOutcome.Result = .succeeded, binaryChanged: Bool? = true,
    diagnostics: [Diagnostic] = []
  ) -> [Effect] {
    on(
      .buildFinished(
        id, service(id).build.run ?? 0,
        BuildOutcome(
          result, duration: .milliseconds(400), diagnostics: diagnostics, binaryChanged: binaryChanged)))
  }

  /// A save of a source file with new content.
  @discardableResult
  mutating func save(
    _ path: String = "main.go", old: UInt64? = 1, new: UInt64? = 2, role: FileChange.Role = .source,
    service: ServiceID = "api", after wait: Duration = .zero
  ) -> [Effect] {
    on(
      .filesChanged([FileChange(path: path, oldContent: old, newContent: new, roles: [service: role])]),
      after: wait)
  }
}

extension Effect {
  /// Reports, rows of the log, what pages are told, and timers of the screen.
  var isTelling: Bool {
    switch self {
    case .report, .mark, .sample, .tellBrowsers: true
    case .setTimer(.message, _), .cancelTimer: true
    default: false
    }
  }
}

extension Effect {
  /// Words at the bottom of the screen.
  var isMessage: Bool { if case .setTimer(.message, _) = self { true } else { false } }
}

extension TakenPort {
  static let fronted = TakenPort(
    address: SocketAddress(host: "0.0.0.0", port: 8080),
    upstream: SocketAddress(host: "127.77.0.1", port: 8080))
}

extension ServiceSpec {
  /// A Go server that is built and run.
  static func go(_ id: ServiceID = "api", dependsOn: [ServiceID] = []) -> ServiceSpec {
    var spec = ServiceSpec(id: id, directory: "/shop")
    spec.build = [BuildStep(.shell("go build -o tmp/api ."))]
    spec.run = .shell("./tmp/api")
    spec.compiler = .go
    spec.dependsOn = dependsOn
    return spec
  }

  /// A service that is only run.
  static func script(_ id: ServiceID = "web", dependsOn: [ServiceID] = []) -> ServiceSpec {
    var spec = ServiceSpec(id: id, directory: "/shop")
    spec.run = .shell("python3 app.py")
    spec.dependsOn = dependsOn
    return spec
  }
}
