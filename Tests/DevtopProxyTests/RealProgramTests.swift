import DevtopCore
import DevtopProxy
import Glibc
import Testing

/// Clients and servers that others wrote.
@Suite struct RealProgramTests {
  /// Runs a shell command, and gives what it prints.
  private func run(_ command: String) throws -> String {
    guard let pipe = popen(command, "r") else { throw TestSocket.Failure(what: "popen", code: errno) }
    defer { pclose(pipe) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
    return String(decoding: output, as: UTF8.self)
  }

  private static func has(_ programs: String...) -> Bool {
    if getenv("CI") != nil { return true }
    return programs.allSatisfy { system("command -v \($0) > /dev/null 2>&1") == 0 }
  }

  @Test(.enabled(if: has("curl")))
  func `curl uploads with Expect, downloads chunks and keeps its connection`() throws {
    let server = try TestServer { socket, _ in
      while true {
        let head = try socket.receive(through: "\r\n\r\n")
        guard !head.isEmpty else { return }
        if head.contains("Expect: 100-continue") {
          try socket.send("HTTP/1.1 100 Continue\r\n\r\n")
          let body = try socket.receive(exactly: 2_000_000)
          try socket.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\(body.count)")
        } else {
          try socket.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
        }
      }
    }
    let stage = try Stage()
    stage.route(to: server)
    let url = "http://127.0.0.1:\(stage.port)/"
    let output = try run(
      "head -c 2000000 /dev/zero | curl -sS -m 20 -H 'Expect: 100-continue' --data-binary @- \(url) "
        + "--next -sS -m 20 \(url) --next -sS -m 20 \(url)")
    #expect(output == "2000000onetwoonetwo")
    #expect(server.accepted.read { $0 } == 1)
  }

  @Test(.enabled(if: has("curl", "python3")))
  func `Python's server and curl understand each other through it`() throws {
    let (descriptor, port) = try TestSocket.listener()
    close(descriptor)
    let stage = try Stage()
    stage.route(1, toPort: port)
    // It is asked before it listens: the request waits.
    let output = try run(
      """
      python3 -m http.server --bind 127.0.0.1 --directory /proc/self/fdinfo \(port) > /dev/null 2>&1 & \
      server=$!; \
      curl -sS -m 20 -o /dev/null -w '%{http_code} ' http://127.0.0.1:\(stage.port)/ \
      http://127.0.0.1:\(stage.port)/absent; \
      curl -sS -m 20 --http1.0 -I http://127.0.0.1:\(stage.port)/ | head -1; kill $server
      """)
    #expect(output.hasPrefix("200"))
    #expect(output.contains("404"))
    #expect(output.hasSuffix("HTTP/1.1 200 OK\r\n"))
    let samples = try stage.samples(3)
    #expect(samples.map(\.status) == [200, 404, 200])
    #expect(samples.map(\.method) == ["GET", "GET", "HEAD"])
  }
}
