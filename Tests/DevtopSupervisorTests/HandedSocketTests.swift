import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// A listening socket that programs take over from one run to the next.
  @Suite struct HandingOver {
    private func start(_ stage: Stage, _ arguments: [String], _ socket: HandedSocket) throws -> ProcessHandle
    {
      var spec = LaunchSpec(
        arguments, environment: inherited() + ["LISTEN_PID=1", "LISTEN_FDS=9", "LISTEN_FDNAMES=old"],
        directory: stage.directory, terminal: .pipes)
      spec.descriptors = [socket.prepare()]
      spec.descriptorNames = ["http"]
      return try stage.supervisor.spawn(spec, output: stage.recorder.sink)
    }

    @Test func `a program is told of its socket, and when it accepts is seen without a byte`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let socket = try HandedSocket("127.0.0.1", port: 0)
      let process = try start(
        stage,
        [
          "/usr/bin/python3", "-c",
          """
          import os, socket, sys, time
          e = os.environ
          print(e['LISTEN_PID'] == str(os.getpid()), e['LISTEN_FDS'], e['LISTEN_FDNAMES'], flush=True)
          s = socket.socket(fileno=3); sys.stdin = None
          open('started', 'w').close()
          while not os.path.exists('go'): time.sleep(0.001)
          c = s.accept()[0]; print('accepted', c.recv(1), flush=True)
          while True: c = s.accept()[0]; c.recv(100); c.sendall(b'handed'); c.close()
          """,
        ], socket)
      #expect(try stage.output(of: process, until: "\n") == "True 1 http\n")
      #expect(socket.waitingConnections == 0)
      do {
        let knock = try socket.knock()
        #expect(!knock.isAccepted)
        #expect(socket.waitingConnections == 1)
        try stage.file("go", "")
        let end = milliseconds() + 30_000
        while !knock.isAccepted, milliseconds() < end { poll(nil, 0, 1) }
        #expect(knock.isAccepted)
      }
      // Nothing was sent: it reads the end.
      _ = try stage.output(of: process, until: "accepted b''")
      #expect(get(socket.address) == "handed")
    }

    @Test func `what one program left non-blocking is blocking for the next`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let socket = try HandedSocket("::1", port: 0)
      let script =
        "import fcntl, os; f = fcntl.fcntl(3, fcntl.F_GETFL); print(f & os.O_NONBLOCK, flush=True); fcntl.fcntl(3, fcntl.F_SETFL, f | os.O_NONBLOCK)"
      for _ in 0..<2 {
        let process = try start(stage, ["/usr/bin/python3", "-c", script], socket)
        #expect(try stage.output(of: process, until: "\n") == "0\n")
        try stage.recorder.wait { $0.hasEnded(process.id) }
      }
    }

    @Test(.enabled(if: isThere("node"), "node is not installed"))
    func `Node listens on descriptor 3`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let socket = try HandedSocket("127.0.0.1", port: 0)
      let process = try start(
        stage,
        [
          "node", "-e",
          "require('http').createServer((q, r) => r.end('node by 3')).listen({fd: 3}, () => console.log('up'))",
        ], socket)
      _ = try stage.output(of: process, until: "up")
      #expect(get(socket.address)?.hasSuffix("node by 3") == true)
    }

    @Test func `an address that is taken or none is refused`() throws {
      let socket = try HandedSocket("127.0.0.1", port: 0)
      #expect(throws: PortRefusal.stranger(code: EADDRINUSE)) {
        try HandedSocket("127.0.0.1", port: socket.address.port)
      }
      #expect(throws: PortRefusal.stranger(code: EINVAL)) { try HandedSocket("localhost", port: 0) }
    }

    @Test func `more descriptors than can be passed are refused`() throws {
      let stage = try Stage()
      defer { stage.end() }
      var spec = LaunchSpec(["/bin/true"], environment: inherited())
      spec.descriptors = Array(repeating: 0, count: 13)
      #expect(throws: SpawnError.self) { try stage.supervisor.spawn(spec, output: stage.recorder.sink) }
    }
  }
}
