import DevtopCore
import Testing

@testable import devtop_bench

@Suite struct LoadLoopTests {
  private static let count = 20

  private func load(
    _ manner: MisbehavingServer.Manner, connections: Int = 2, freshEvery: Int? = nil
  ) throws -> LoadReport {
    let server = try MisbehavingServer(manner)
    return withExtendedLifetime(server) {
      LoadLoop.run(
        LoadPlan(
          endpoint: server.endpoint, traffic: .gets(to: server.endpoint), pace: .rate(400),
          connections: connections, freshEvery: freshEvery, requests: Self.count, timeout: .seconds(1)))
    }
  }

  @Test func `right answers are counted, over connections that are kept`() throws {
    let report = try load(.right)
    #expect(report.answers.count == Self.count)
    #expect(report.failures == [:])
    #expect(report.connections == 2)
  }

  @Test func `each n-th request has a connection of its own`() throws {
    let report = try load(.right, connections: 1, freshEvery: 5)
    #expect(report.failed == 0)
    // One at the start, one for each of the four.
    #expect(report.connections == 5)
  }

  @Test func `answers may be chunked, with a trailer, after an interim answer, or end with the connection`()
    throws
  {
    let chunked =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "HEXLENGTH\r\nBODY\r\n0\r\nChecked: no\r\n\r\n"
    #expect(try load(.answering(chunked)).failed == 0)
    #expect(try load(.answering("HTTP/1.1 200 OK\r\n\r\nBODY")).failed == 0)
  }

  @Test func `a connection that is closed while idle is no failure`() throws {
    let report = try load(.closingWhenIdle)
    #expect(report.answers.count + (report.failures[.stale] ?? 0) == Self.count)
    #expect(report.closedWhileIdle > 0)
  }

  @Test func `a connection that ends under its second request is stale`() throws {
    #expect(try load(.closingInstead(of: 2), connections: 1).failures == [.stale: Self.count / 2])
    #expect(try load(.resettingInstead(of: 2), connections: 1).failures == [.stale: Self.count / 2])
  }

  @Test func `an end without an answer on a new connection is told from a reset`() throws {
    #expect(try load(.closingInstead(of: 1)).failures == [.unanswered: Self.count])
    #expect(try load(.resettingInstead(of: 1)).failures == [.reset: Self.count])
  }

  @Test func `an answer that ends early is cut`() throws {
    #expect(try load(.cutting).failures == [.cut: Self.count])
  }

  @Test func `wrong answers are told apart`() throws {
    let wrongStatus = try load(.answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: LENGTH\r\n\r\nBODY"))
    #expect(wrongStatus.failures == [.wrongStatus: Self.count])
    #expect(wrongStatus.wrongStatuses == [502: Self.count])
    let other = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"
    #expect(try load(.answering(other)).failures == [.wrongContent: Self.count])
    #expect(try load(.answering("SSH-2.0-OpenSSH\r\n\r\n")).failures == [.malformed: Self.count])
    let more = "HTTP/1.1 200 OK\r\nContent-Length: LENGTH\r\n\r\nBODYmore"
    #expect(try load(.answering(more)).failures == [.malformed: Self.count])
  }

  @Test func `no answer in time is a failure, also for requests that found no free connection`() throws {
    #expect(try load(.silent).failures == [.timedOut: Self.count])
  }

  @Test func `nobody who listens is a refusal`() throws {
    let endpoint = Endpoint.loopback(try WebClient.freePort())
    let plan = LoadPlan(
      endpoint: endpoint, traffic: .gets(to: endpoint), pace: .rate(400), requests: Self.count)
    #expect(LoadLoop.run(plan).failures == [.refused: Self.count])
  }

  @Test func `a latency counts from when the request was due, so that waiting is not left out`() throws {
    // One connection: what is due during the pause waits behind the slow answer.
    let report = try load(.pausing(path: "/orders/4", .milliseconds(300)), connections: 1)
    #expect(report.failed == 0)
    // The last, number 19, was due 38 ms after number 4, and could not leave for 262 ms more.
    let late = report.answers.count { $0.latency >= .milliseconds(250) }
    #expect(late >= 16)
  }

  @Test func `a closed loop gives up after a hundred failures`() throws {
    let server = try MisbehavingServer(.closingInstead(of: 1))
    let report = withExtendedLifetime(server) {
      LoadLoop.run(
        LoadPlan(
          endpoint: server.endpoint, traffic: .gets(to: server.endpoint), pace: .saturating,
          requests: 100_000))
    }
    #expect((100...200).contains(report.failed))
    #expect(throws: BenchError.self) { try report.checked("the load") }
  }
}
