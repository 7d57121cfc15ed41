import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// Servers with several processes, and other languages.
  @Suite struct TakingOverTools {
    @Test(.enabled(if: isThere("node"), "node is not installed"))
    func `the workers of a Node cluster share their port`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      try stage.file(
        "cluster.js",
        """
        const cluster = require('cluster');
        if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
        else require('http').createServer((q, r) => r.end('worker ' + cluster.worker.id))
          .listen(\(port), '0.0.0.0', () => console.log('worker up'));
        """)
      let process = try stage.start(["node", "cluster.js"])
      let listener = try stage.listener(of: process)
      try stage.recorder.wait { $0.text(process.id, .output).split(separator: "\n").count == 2 }
      #expect(listener.publicAddress == PortAddress("0.0.0.0", port: port))
      let answers = try (0..<4).map { _ in try getThrough(stage.supervisor, listener).suffix(8) }
      #expect(Set(answers) == ["worker 1", "worker 2"])
      #expect(stage.recorder.now.refusals(of: process.id).isEmpty)
    }

    @Test(.enabled(if: isThere("go"), "go is not installed"))
    func `a Go server answers under its own address`() throws {
      let stage = try Stage()
      defer {
        _ = system("chmod -R u+w \(stage.directory); rm -rf \(stage.directory)")
        stage.end()
      }
      let port = try freePort()
      try stage.file(
        "main.go",
        """
        package main
        import ("fmt"; "net"; "net/http"; "time")
        func main() {
          // Threads of their own, so that the call comes from one that is not the process's first.
          for i := 0; i < 8; i++ { go func() { for { time.Sleep(time.Microsecond) } }() }
          time.Sleep(10 * time.Millisecond)
          l, err := net.Listen("tcp", ":\(port)")
          if err != nil { panic(err) }
          http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
            fmt.Fprint(w, r.Context().Value(http.LocalAddrContextKey).(net.Addr).(*net.TCPAddr).Port)
          }))
        }
        """)
      let environment = [
        "GO111MODULE=off", "GOPATH=\(stage.directory)/go", "GOCACHE=/tmp/devtop-go-cache", "GOFLAGS=",
      ]
      let build = try stage.spawn(
        ["go", "build", "-o", "server", "main.go"], terminal: .pipes,
        environment: inherited() + environment + ["HOME=\(stage.directory)"])
      let built = try stage.recorder.wait(seconds: 180) { $0.hasEnded(build.id) }
      try #require(built.status(of: build.id) == .code(0), "\(built.text(build.id, .error))")
      let process = try stage.start(["./server"])
      let listener = try stage.listener(of: process)
      #expect(listener.publicAddress == PortAddress("::", port: port))
      #expect(try getThrough(stage.supervisor, listener).hasSuffix("\r\n\r\n\(port)"))
    }

    @Test func `workers that inherit a listener accept on it`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.serve(
        """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(('0.0.0.0', P)); s.listen(8)
        for worker in range(2):
          if os.fork() == 0:
            s.listen(64)
            while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'%d' % os.getpid()); c.close()
        print('forked', flush=True); s.close(); os.wait()
        """, port: try freePort())
      _ = try stage.output(of: process, until: "forked")
      let listener = try stage.listener(of: process)
      for _ in 0..<4 { #expect(Int(try getThrough(stage.supervisor, listener)) != nil) }
      #expect(stage.recorder.now.listeners(of: process.id).count == 1)
    }

    @Test(arguments: ["socket.AF_INET, '0.0.0.0', 0", "socket.AF_INET6, '::', 0", "socket.AF_INET6, '::', 1"])
    func `workers with SO_REUSEPORT share one port of their run`(kind: String) throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.serve(
        """
        family, address, only = \(kind)
        pids = []
        for worker in range(3):
          pids.append(os.fork())
          if pids[-1] == 0:
            s = socket.socket(family)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
            s.bind((address, P)); s.listen()
            while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'%d' % os.getpid()); c.close()
        os.wait()
        """, port: try freePort())
      try stage.listener(of: process, 3)
      let listeners = stage.recorder.now.listeners(of: process.id)
      #expect(Set(listeners).count == 1)
      // The kernel spreads connections by their source ports.
      var seen: Set<String> = []
      for _ in 0..<200 where seen.count < 2 {
        seen.insert(
          try getThrough(stage.supervisor, listeners[0], at: kind.contains("::") ? "::1" : "127.0.0.1"))
      }
      #expect(seen.count >= 2)
      #expect(stage.recorder.now.refusals(of: process.id).isEmpty)
    }
  }
}
