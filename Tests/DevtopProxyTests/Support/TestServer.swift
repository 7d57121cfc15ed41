import DevtopCore
import Glibc

/// A service of a test: each connection runs the script on a thread of its own.
final class TestServer: Sendable {
  typealias Script = @Sendable (TestSocket) throws -> Void

  let port: UInt16
  private let descriptor: Int32
  private let connections = Locked<[TestSocket]>([])
  private let isStopped = Locked(false)
  private let count = Signal(0)
  /// Every request's head and body, in the order of arrival.
  let requests = Signal<[String]>([])

  init(port wanted: UInt16 = 0, _ script: @escaping @Sendable (TestSocket, TestServer) throws -> Void) throws
  {
    let (descriptor, port) = try TestSocket.listener(port: wanted)
    self.descriptor = descriptor
    self.port = port
    Thread.startDetached { [weak self] in
      // Closed by who uses it: nobody else knows when its number is free.
      defer { close(descriptor) }
      while true {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0, let self else { return }
        let socket = TestSocket(descriptor: accepted)
        connections.withLock { $0.append(socket) }
        count.change { $0 += 1 }
        Thread.startDetached {
          try? script(socket, self)
          if self.isStopped.withLock({ $0 }) { socket.close() }
        }
      }
    }
  }

  deinit { stopListening() }

  /// Answers every request of a connection with 200 and what the closure says.
  static func answering(_ body: @escaping @Sendable (String) -> String) throws -> TestServer {
    try TestServer { socket, server in
      while true {
        let request = try socket.receiveMessage()
        guard !request.isEmpty else { return socket.close() }
        server.requests.change { $0.append(request) }
        let text = body(request)
        try socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
      }
    }
  }

  /// Connections accepted so far.
  var accepted: Signal<Int> { count }

  /// No more connections; those that are there stay.
  func stopListening() {
    let isFirst = isStopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    guard isFirst else { return }
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// As a killed process does.
  func kill() {
    stopListening()
    for socket in connections.withLock({ $0 }) { socket.interrupt() }
  }
}
