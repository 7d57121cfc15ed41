import DevtopSupervisor
import Glibc

/// A proxy for one request and its answer.
enum Relay {
  /// `words`: the public address and port, the upstream's address (IPv4) and port.
  static func one(_ words: ArraySlice<Substring>, _ supervisor: Supervisor, owner: String) -> Bool {
    let words = words.map(String.init)
    guard words.count == 4, let port = Int(words[1]), let upstreamPort = UInt16(words[3]),
      let address = PortAddress(words[0], port: port),
      let listener = supervisor.publicSocket(address, of: owner)
    else { return false }
    defer { close(listener) }
    var one = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    guard poll(&one, 1, 10_000) == 1 else { return false }
    let client = accept(listener, nil, nil)
    defer { close(client) }
    let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(upstream) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = upstreamPort.bigEndian
    inet_pton(AF_INET, words[2], &name.sin_addr)
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { return false }
    var bytes = [UInt8](repeating: 0, count: 65536)
    send(upstream, bytes, recv(client, &bytes, bytes.count, 0), Int32(MSG_NOSIGNAL))
    while case let count = recv(upstream, &bytes, bytes.count, 0), count > 0 {
      send(client, bytes, count, Int32(MSG_NOSIGNAL))
    }
    return true
  }
}
