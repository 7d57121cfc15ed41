import DevtopCore
import DevtopProxy
import Glibc
import Testing

/// Runs that come and go while requests do.
@Suite struct LoadTests {
  /// What clients saw.
  private struct Seen {
    var answers = 0
    var failures: [String] = []
    var clients = 0
  }

  /// Requests of every kind on connections that stay and on new ones, until the end is said.
  private func load(_ stage: Stage, clients: Int, seen: Signal<Seen>, isOver: Signal<Bool>) {
    for number in 0..<clients {
      seen.change { $0.clients += 1 }
      Thread.startDetached {
        defer { seen.change { $0.clients -= 1 } }
        var client: TestSocket?
        var count = 0
        while !isOver.read({ $0 }) {
          count += 1
          do {
            let socket = try client ?? stage.connect()
            client = count % 10 == 0 ? nil : socket
            let isPost = (count + number) % 3 == 0
            try socket.send(isPost ? "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" : get)
            let answer = try socket.receiveMessage()
            let isRight =
              answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix(isPost ? "body" : "\r\n\r\nread")
            seen.change { seen in
              seen.answers += 1
              if !isRight { seen.failures.append(answer) }
            }
            if !isRight { client = nil }
          } catch {
            client = nil
            seen.change { $0.failures.append("\(error)") }
          }
        }
      }
    }
  }

  private func server() throws -> TestServer {
    try TestServer.answering { $0.hasPrefix("POST") ? String($0.suffix(4)) : "read" }
  }

  @Test func `fifty swaps under load: nothing fails`() throws {
    let stage = try Stage()
    var current = try server()
    stage.route(1, to: current)
    let seen = Signal(Seen())
    let isOver = Signal(false)
    load(stage, clients: 4, seen: seen, isOver: isOver)
    for run in 2...51 {
      let before = seen.read { $0.answers }
      try seen.wait("answers") { $0.answers >= before + 20 }
      let new = try server()
      stage.route(run, to: new)
      stage.proxy.drain("api", run - 1, within: .seconds(20))
      #expect(try stage.drained(run - 1) == 0)
      current.kill()
      current = new
    }
    isOver.change { $0 = true }
    try seen.wait("clients to end") { $0.clients == 0 }
    #expect(seen.read { $0.failures } == [])
    #expect(seen.read { $0.answers } >= 1_000)
  }

  @Test func `fifty restarts under load: no read and no write is lost while a run is drained first`() throws {
    let stage = try Stage()
    var current = try server()
    stage.route(1, to: current)
    let seen = Signal(Seen())
    let isOver = Signal(false)
    load(stage, clients: 4, seen: seen, isOver: isOver)
    for run in 2...51 {
      let before = seen.read { $0.answers }
      try seen.wait("answers") { $0.answers >= before + 20 }
      stage.proxy.hold("api", HoldLimits())
      stage.proxy.drain("api", run - 1, within: .seconds(20))
      #expect(try stage.drained(run - 1) == 0)
      current.kill()
      current = try server()
      stage.route(run, to: current)
    }
    isOver.change { $0 = true }
    try seen.wait("clients to end") { $0.clients == 0 }
    #expect(seen.read { $0.failures } == [])
  }

  @Test func `fifty crashes under load: a request fails only when its run dies with it`() throws {
    let stage = try Stage()
    var current = try server()
    stage.route(1, to: current)
    let seen = Signal(Seen())
    let isOver = Signal(false)
    load(stage, clients: 4, seen: seen, isOver: isOver)
    for run in 2...51 {
      let before = seen.read { $0.answers }
      try seen.wait("answers") { $0.answers >= before + 20 }
      current.kill()
      current = try server()
      stage.route(run, to: current)
    }
    isOver.change { $0 = true }
    try seen.wait("clients to end") { $0.clients == 0 }
    // Never a refused or reset connection of a client, and never 503: only requests that were with the run.
    let others = seen.read { $0.failures.filter { !$0.hasPrefix("HTTP/1.1 502 ") } }
    #expect(others == [])
    try stage.load("nothing left") { $0.inFlight == 0 && $0.held == 0 && $0.connections == 0 }
  }
}
