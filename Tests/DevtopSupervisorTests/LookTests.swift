import DevtopCore
import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// What can be seen of a tree: ports, memory, descriptors.
  @Suite struct Looking {
    /// Listens, says on which port, and answers every GET as `status` says.
    private func server(_ stage: Stage, bind: String = "127.0.0.1", status: Int = 200) throws -> (
      ProcessHandle, Int
    ) {
      let process = try stage.python(
        """
        import http.server
        class Handler(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
            self.send_response(\(status)); self.send_header('Content-Length', '0'); self.end_headers()
          def log_message(self, *a): pass
        server = http.server.HTTPServer(('\(bind)', 0), Handler)
        print('port', server.server_port, flush=True); server.serve_forever()
        """)
      let seen = try stage.recorder.wait { $0.text(process.id, .output).hasSuffix("\n") }
      let words = seen.text(process.id, .output).utf8.split { $0 <= 32 }.compactMap { String($0) }
      return (process, try #require(words.last.flatMap { Int($0) }))
    }

    @Test func `a listener is found with its address, port and process`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let (process, port) = try server(stage)
      let listeners = stage.supervisor.listeners(of: process.id)
      #expect(listeners.map(\.description) == ["127.0.0.1:\(port)"])
      #expect(listeners.first?.pid == process.pid)
    }

    @Test func `a listener of a daemon in the tree is found`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.python(
        """
        import os, socket, time
        if os.fork() == 0:
          os.setsid()
          if os.fork() == 0:
            s = socket.socket(socket.AF_INET6); s.bind(('::', 0)); s.listen()
            print(s.getsockname()[1], flush=True); time.sleep(1000)
          os._exit(0)
        os.wait(); time.sleep(1000)
        """)
      let seen = try stage.recorder.wait { $0.text(process.id, .output).hasSuffix("\n") }
      let port = String(seen.text(process.id, .output).dropLast())
      #expect(stage.supervisor.listeners(of: process.id).map(\.description) == ["[::]:\(port)"])
    }

    @Test func `a sample counts memory, time, descriptors and half-closed connections`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.python(
        """
        import socket, time
        listener = socket.socket(); listener.bind(('127.0.0.1', 0)); listener.listen()
        kept = []
        for _ in range(3):
          client = socket.create_connection(listener.getsockname()); kept.append(listener.accept()[0]); client.close()
        for connection in kept: assert connection.recv(1) == b''
        end = time.process_time() + 0.1
        while time.process_time() < end: pass
        print('ready', flush=True); time.sleep(1000)
        """)
      try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      let sample = stage.supervisor.sample(process.id)
      #expect(sample.pids == [process.pid])
      #expect(sample.closeWaitSockets == 3)
      #expect(sample.openFiles == 3 + 1 + 3)
      #expect(sample.residentBytes > 1_000_000 && sample.residentBytes < 1_000_000_000)
      #expect(sample.cpuTime >= .milliseconds(80))
      let quick = TreeSample.of([process.pid], countsSockets: false)
      #expect(quick.closeWaitSockets == nil)
      #expect(quick.openFiles == sample.openFiles)
    }

    @Test func `Unix sockets and pid files of a tree are found, those of others are not`() throws {
      let stage = try Stage()
      defer { stage.end() }
      var template = Array("/tmp/devtop-paths-XXXXXX".utf8CString)
      let directory = String(cString: try #require(mkdtemp(&template)))
      defer { _ = system("rm -r \(directory)") }
      let process = try stage.python(
        """
        import os, socket, time
        os.chdir('\(directory)')
        os.makedirs('tmp/pids')
        open('tmp/pids/server.pid', 'w').write('%d\\n' % os.getpid())
        open('parent.pid', 'w').write('%d' % os.getppid())
        open('odd.pid', 'w').write('none')
        sockets = [socket.socket(socket.AF_UNIX) for _ in range(4)]
        sockets[0].bind('app.sock'); sockets[0].listen()
        sockets[1].bind('\(directory)/full.sock'); sockets[1].listen()
        sockets[2].bind('\\0hidden'); sockets[2].listen()
        sockets[3].bind('bound.sock')
        print('ready', flush=True); time.sleep(1000)
        """)
      try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      #expect(
        stage.supervisor.claimedPaths(of: process.id, in: directory)
          == ["app.sock", "full.sock", "tmp/pids/server.pid"].map { "\(directory)/\($0)" })
    }

    @Test func `the holder of a port is named and ended`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let (process, port) = try server(stage)
      guard case .process(let holder) = try #require(PortHolder.find(port: port)) else {
        Issue.record("not named")
        return
      }
      #expect(holder.pid == process.pid)
      #expect(holder.command.hasPrefix("/usr/bin/python3 -c import http.server"))
      #expect(holder.endAndWait(grace: .seconds(10)) == .ended)
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .signal(.terminate, coreDumped: false))
      #expect(holder.endAndWait(grace: .zero) == .alreadyGone)
      #expect(PortHolder.find(port: port) == nil)
    }

    @Test func `the start of a holder is calendar time`() throws {
      let stage = try Stage()
      defer { stage.end() }
      var before = timespec()
      clock_gettime(CLOCK_REALTIME, &before)
      let (_, port) = try server(stage)
      var after = timespec()
      clock_gettime(CLOCK_REALTIME, &after)
      guard case .process(let holder) = try #require(PortHolder.find(port: port)) else {
        Issue.record("not named")
        return
      }
      #expect(holder.startMilliseconds >= Int64(before.tv_sec) * 1000 - 100)
      #expect(holder.startMilliseconds <= Int64(after.tv_sec) * 1000 + 1100)
    }

    private func outcome(
      of check: ReadinessProbe.Check, timeout: Duration = .seconds(30),
      listeners: @escaping @Sendable () -> [ListeningPort], meanwhile: () throws -> Void = {}
    ) throws -> ReadinessProbe.Outcome {
      let result = Locked<ReadinessProbe.Outcome?>(nil)
      var pipes: [Int32] = [0, 0]
      try #require(pipe(&pipes) == 0)
      let (reader, writer) = (pipes[0], pipes[1])
      defer {
        close(reader)
        close(writer)
      }
      let probe = try ReadinessProbe(check, timeout: timeout, listeners: listeners) { outcome in
        result.withLock { $0 = outcome }
        write(writer, "x", 1)
      }
      try meanwhile()
      var byte: UInt8 = 0
      var one = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      try #require(poll(&one, 1, 60_000) == 1 && read(reader, &byte, 1) == 1)
      withExtendedLifetime(probe) {}
      return try #require(result.withLock { $0 })
    }

    @Test func `a service is ready when it listens`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let id = stage.supervisor.makeID()
      let supervisor = stage.supervisor
      let outcome = try outcome(of: .listener, listeners: { supervisor.listeners(of: id) }) {
        let script =
          "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); time.sleep(1000)"
        let spec = LaunchSpec(["/usr/bin/python3", "-c", script], environment: inherited(), terminal: .pipes)
        _ = try supervisor.spawn(spec, as: id, output: stage.recorder.sink)
      }
      #expect(outcome == .ready(port: supervisor.listeners(of: id).first?.port))
    }

    @Test func `a service is ready when it answers`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let (process, port) = try server(stage, bind: "0.0.0.0")
      let supervisor = stage.supervisor
      let ready = try outcome(of: .http(port: nil, path: "/healthz")) { supervisor.listeners(of: process.id) }
      #expect(ready == .ready(port: port))
      #expect(try outcome(of: .http(port: port, path: "/")) { [] } == .ready(port: port))
    }

    @Test func `an answer of 500 is not ready, and said`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let (_, port) = try server(stage, status: 500)
      let outcome = try outcome(of: .http(port: port, path: "/x"), timeout: .milliseconds(100)) { [] }
      guard case .timedOut(let reason) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(reason.hasPrefix("GET /x on port \(port): "))
    }

    @Test func `a port that a stranger holds is not ready`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let (process, port) = try server(stage)
      let supervisor = stage.supervisor
      #expect(
        try outcome(of: .port(port), timeout: .milliseconds(50)) { [] }
          == .timedOut(reason: "another process holds port \(port)"))
      #expect(try outcome(of: .port(port)) { supervisor.listeners(of: process.id) } == .ready(port: port))
    }
  }
}
