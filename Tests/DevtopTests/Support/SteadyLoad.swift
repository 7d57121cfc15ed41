import DevtopCore
import Glibc

/// Clients that ask a server without a pause, over kept and new connections, with GET and POST, until they are ended.
///
/// Each answer must be whole, of status 200, and end in what was sent; everything else is a failure.
final class SteadyLoad: Sendable {
  struct Outcome: Sendable {
    var answered = 0
    var failures: [String] = []
  }

  /// A client gives up after so many failures: a server that is gone would be asked thousands of times a second.
  private static let patience = 10
  /// Every so manieth request is made on a new connection.
  private static let newConnectionEvery = 10

  private let port: UInt16
  private let path: String
  private let sendsBodies: Bool
  private let outcome = Locked(Outcome())
  private let isEnding = Locked(false)
  private let running: Locked<Int>

  /// Begins to ask; with `sendsBodies` every third request is a POST, whose body the server must echo.
  init(port: UInt16, path: String = "/", clients: Int = 4, sendsBodies: Bool = false) {
    self.port = port
    self.path = path
    self.sendsBodies = sendsBodies
    running = Locked(clients)
    for client in 0..<clients {
      startThread { [self] in
        ask(client)
        running.withLock { $0 -= 1 }
      }
    }
  }

  /// How many requests have been answered as they should.
  var answered: Int { outcome.withLock { $0.answered } }

  /// Ends the clients, each after its last answer.
  ///
  /// - Throws: `DeadlinePassed` when a client hangs.
  func end() async throws -> Outcome {
    isEnding.withLock { $0 = true }
    try await eventually("the clients' last answers") { [self] in running.withLock { $0 == 0 } }
    return outcome.withLock { $0 }
  }

  private func ask(_ client: Int) {
    var connection: Connection?
    var number = 0
    var failures = 0
    while failures < Self.patience, !isEnding.withLock({ $0 }) {
      number += 1
      if number % Self.newConnectionEvery == 0 { connection = nil }
      do throws(Connection.Failure) {
        let open: Connection
        if let connection { open = connection } else { open = try Connection(port: port) }
        connection = open
        let body = sendsBodies && number % 3 == 0 ? "\(client)-\(number)" : nil
        let answer = try open.exchange(path: path, body: body)
        if let body, !answer.hasSuffix(body) {
          throw Connection.Failure(what: "the answer to \(body) was \(answer.suffix(200))")
        }
        outcome.withLock { $0.answered += 1 }
      } catch {
        connection = nil
        failures += 1
        outcome.withLock { $0.failures.append("client \(client), request \(number): \(error.what)") }
      }
    }
  }
}
