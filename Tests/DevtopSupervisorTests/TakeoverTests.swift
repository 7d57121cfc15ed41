import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// Unmodified programs with hard-coded ports.
  @Suite struct TakingOver {
    @Test
    func `a Python server on all addresses keeps its port in name, and answers behind the public socket`()
      throws
    {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.start(["/usr/bin/python3", "-m", "http.server", "--bind", "0.0.0.0", "\(port)"])
      let listener = try stage.listener(of: process)
      #expect(listener.owner == "web")
      #expect(listener.publicAddress == PortAddress("0.0.0.0", port: port))
      #expect(listener.upstream.port == port)
      #expect(listener.upstream.address.hasPrefix("127.77."))
      #expect(get(listener.upstream)?.hasPrefix("HTTP/1.0 200") == true)
      #expect(try getThrough(stage.supervisor, listener).hasPrefix("HTTP/1.0 200"))
    }

    @Test(.enabled(if: isThere("node"), "node is not installed"))
    func `a Node server on all addresses of both families answers behind the public socket`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.start([
        "node", "-e",
        "s = require('http').createServer((q, r) => r.end('from node')).listen(\(port), () => console.log(JSON.stringify(s.address())))",
      ])
      let listener = try stage.listener(of: process)
      #expect(listener.publicAddress == PortAddress("::", port: port))
      #expect(try getThrough(stage.supervisor, listener).hasSuffix("from node"))
      #expect(try getThrough(stage.supervisor, listener, at: "::1").hasSuffix("from node"))
      #expect(try stage.output(of: process, until: "\n").contains("\"port\":\(port)"))
    }

    @Test func `this system can take sockets of programs`() {
      #expect(TakeoverSupport.probe() == .direct)
    }
  }
}
