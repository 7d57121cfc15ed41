import DevtopCore
import Glibc

@testable import devtop_bench

/// A server on loopback that answers GET as `Traffic` expects, or fails in one way.
///
/// Each connection has a thread, which ends with it.
final class MisbehavingServer: Sendable {
  enum Manner: Sendable {
    case right
    /// Each answer by this text, of which `BODY` becomes the right body and `LENGTH` (`HEXLENGTH`) its length.
    case answering(String)
    /// Closes after each answer without saying so.
    case closingWhenIdle
    /// Closes instead of giving the answer of this number on each connection (from 1).
    case closingInstead(of: Int)
    /// The same with a reset.
    case resettingInstead(of: Int)
    /// Gives the answer but for its last bytes, and closes.
    case cutting
    /// Never answers.
    case silent
    /// Answers the request for this path late.
    case pausing(path: String, Duration)
  }

  let endpoint: Endpoint
  private let listener: Int32

  init(_ manner: Manner) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady =
      Endpoint.loopback(0).withSocketAddress { bind(listener, $0, $1) } == 0 && listen(listener, 64) == 0
      && withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
      } == 0
    guard isReady else { throw BenchError.system(what: "a server", code: errno) }
    endpoint = .loopback(UInt16(bigEndian: address.sin_port))
    startThread {
      // Closed by the thread that uses it, so that nobody gets its number before.
      defer { close(listener) }
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        startThread { Self.serve(connection, manner) }
      }
    }
  }

  deinit {
    // Ends accept(2).
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private static func serve(_ connection: Int32, _ manner: Manner) {
    var isOpen = true
    defer { if isOpen { close(connection) } }
    var (input, number) = ([UInt8](), 0)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      // Requests are GET without a body, one at a time.
      while !input.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        input += buffer[..<count]
      }
      let path = String(decoding: input.split(separator: UInt8(ascii: " "))[1], as: UTF8.self)
      let body = "order \(path.dropFirst("/orders/".count))\n"
      input = []
      number += 1
      var answer = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
      var closes = false
      switch manner {
      case .right: break
      case .answering(let text):
        let length = body.utf8.count
        answer = text.replacing("HEXLENGTH", with: String(length, radix: 16))
          .replacing("LENGTH", with: "\(length)").replacing("BODY", with: body)
        closes = !text.contains("Content-Length") && !text.contains("chunked")
      case .closingWhenIdle: closes = true
      case .closingInstead(let last): if number == last { return }
      case .resettingInstead(let last):
        if number == last {
          var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
          setsockopt(
            connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
          isOpen = false
          close(connection)
          return
        }
      case .cutting:
        answer.removeLast(3)
        closes = true
      case .silent: answer = ""
      case .pausing(let slow, let time): if path == slow { Clock.sleep(time) }
      }
      let bytes = Array(answer.utf8)
      _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if closes { return }
    }
  }
}
