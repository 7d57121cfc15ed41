import CProcess
import DevtopSupervisor
import Glibc
import Testing

/// Whether a tool is there: an absent one skips a test, but fails it under `CI=true`.
func isThere(_ name: String) -> Bool {
  if getenv("CI").map({ String(cString: $0) }) == "true" { return true }
  let path = getenv("PATH").map { String(cString: $0) } ?? ""
  return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
}

extension Stage {
  func start(
    _ arguments: [String], owner: String = "web", environment: [String] = [],
    terminal: LaunchSpec.Terminal = .pipes
  ) throws -> ProcessHandle {
    var spec = LaunchSpec(
      arguments, environment: inherited() + ["HOME=\(directory)"] + environment, directory: directory,
      terminal: terminal, label: owner)
    spec.ports = .takenOver(by: owner)
    return try supervisor.spawn(spec, output: recorder.sink)
  }

  /// A Python program whose ports are taken over; `P` is the port.
  func serve(_ script: String, port: Int = 0, owner: String = "web") throws -> ProcessHandle {
    try start(
      ["/usr/bin/python3", "-c", "import os, socket, sys, time\nP = \(port)\n" + script], owner: owner)
  }

  /// Waits for the first, or `count`th, listener of a program.
  @discardableResult
  func listener(of process: ProcessHandle, _ count: Int = 1) throws -> TakenListener {
    let seen = try recorder.wait { $0.listeners(of: process.id).count >= count }
    return seen.listeners(of: process.id)[count - 1]
  }

  /// Waits for a line of the program's standard output, and gives the whole.
  func output(of process: ProcessHandle, until text: String) throws -> String {
    try recorder.wait { $0.text(process.id, .output).contains(text) }.text(process.id, .output)
  }

  func refusals(of process: ProcessHandle, are expected: [PortRefusal]) throws {
    try recorder.wait { $0.refusals(of: process.id) == expected }
  }

  /// Ends a program and waits for it.
  func finish(_ process: ProcessHandle) throws {
    supervisor.kill(process.id)
    try recorder.wait { $0.hasEnded(process.id) }
  }
}

extension Recorder.Seen {
  func listeners(of id: ProcessID) -> [TakenListener] {
    events.compactMap { if case .port(.listening(id, let listener)) = $0 { listener } else { nil } }
  }
  func refusals(of id: ProcessID) -> [PortRefusal] {
    events.compactMap { if case .port(.refused(id, _, let why)) = $0 { why } else { nil } }
  }
}

/// A port that was free a moment ago on all addresses, as the two after it.
///
/// Below those that the kernel chooses for others (32768 on, ip(7)), of which any may be taken at any moment.
func freePort() throws -> Int {
  for _ in 0..<200 {
    let first = Int.random(in: 12_000..<32_000)
    if (first..<first + 3).allSatisfy(isFree) { return first }
  }
  throw NoPort()
}

struct NoPort: Error {}

private func isFree(_ port: Int) -> Bool {
  let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in6()
  address.sin6_family = sa_family_t(AF_INET6)
  address.sin6_port = UInt16(port).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
    }
  }
}

/// A connected socket with a deadline for each step; nil when it is refused.
func connected(_ address: String, _ port: Int) -> Int32? {
  let isSix = address.contains(":")
  let descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var limit = timeval(tv_sec: 10, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  var four = sockaddr_in()
  var six = sockaddr_in6()
  four.sin_family = sa_family_t(AF_INET)
  six.sin6_family = sa_family_t(AF_INET6)
  four.sin_port = UInt16(port).bigEndian
  six.sin6_port = UInt16(port).bigEndian
  inet_pton(AF_INET, address, &four.sin_addr)
  inet_pton(AF_INET6, address, &six.sin6_addr)
  let result =
    isSix
    ? withUnsafeBytes(of: &six) { open(descriptor, $0) } : withUnsafeBytes(of: &four) { open(descriptor, $0) }
  if result == 0 { return descriptor }
  close(descriptor)
  return nil
}

private func open(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
  guard let start = bytes.baseAddress else { return -1 }
  return connect(descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
}

/// Everything until the end of the connection.
func readAll(_ descriptor: Int32) -> String {
  var all: [UInt8] = []
  var bytes = [UInt8](repeating: 0, count: 4096)
  while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 { all += bytes[..<count] }
  return String(decoding: all, as: UTF8.self)
}

let request = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"

/// What a GET answers; nil when the connection is refused.
func get(_ address: PortAddress) -> String? {
  guard let descriptor = connected(address.address, address.port) else { return nil }
  defer { close(descriptor) }
  send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL))
  return readAll(descriptor)
}

/// A GET of the public address, passed on to the listener's upstream as a proxy does.
func getThrough(_ supervisor: Supervisor, _ listener: TakenListener, at address: String = "127.0.0.1") throws
  -> String
{
  let listening = try #require(supervisor.publicSocket(listener.publicAddress, of: listener.owner))
  defer { close(listening) }
  let client = try #require(connected(address, listener.publicAddress.port))
  defer { close(client) }
  send(client, request, request.utf8.count, Int32(MSG_NOSIGNAL))
  var one = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
  try #require(poll(&one, 1, 10_000) == 1)
  let accepted = accept(listening, nil, nil)
  try #require(accepted >= 0)
  let upstream = try #require(connected(listener.upstream.address, listener.upstream.port))
  defer { close(upstream) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = recv(accepted, &bytes, bytes.count, 0)
  send(upstream, bytes, count, Int32(MSG_NOSIGNAL))
  let answer = readAll(upstream)
  send(accepted, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
  close(accepted)
  return readAll(client)
}
