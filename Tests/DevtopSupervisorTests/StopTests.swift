import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  @Suite struct Stopping {
    /// Prints its pid, `ready`, and waits, in several ways of being hard to end.
    static let stubborn: [String: String] = [
      "ignores SIGTERM": """
      import os, signal, time
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      print(os.getpid(), 'ready', flush=True); time.sleep(1000)
      """,
      "setsid": """
      import os, signal, time
      if os.fork() == 0:
        os.setsid(); signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), 'ready', flush=True); time.sleep(1000)
      time.sleep(1000)
      """,
      "double fork": """
      import os, signal, time
      if os.fork() == 0:
        if os.fork() == 0:
          print(os.getpid(), 'ready', flush=True); time.sleep(1000)
        os._exit(0)
      time.sleep(1000)
      """,
      "daemonized with a clean environment": """
      import os, signal, time
      if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
          os.execve('/usr/bin/python3', ['python3', '-c',
            "import os,signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            "print(os.getpid(), 'ready', flush=True); time.sleep(1000)"], {})
        time.sleep(1000)
      time.sleep(1000)
      """,
      "an orphan in its own session": """
      import os, time
      if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
          os.setsid()
          print(os.getpid(), 'ready', flush=True); time.sleep(1000)
        os._exit(0)
      os.wait(); time.sleep(1000)
      """,
    ]

    @Test(arguments: stubborn.keys.sorted())
    func `nothing is left after the grace period`(kind: String) throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.python(#require(Self.stubborn[kind]))
      let ready = try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      let word = ready.text(process.id, .output).split(separator: " ").first
      let pid = try #require(word.flatMap { Int32($0) })
      #expect(stage.supervisor.processes(of: process.id).contains(pid))
      stage.supervisor.stop(process.id, grace: .milliseconds(200))
      try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(!isAlive(pid))
      #expect(!isAlive(process.pid))
      #expect(stage.supervisor.processes(of: process.id).isEmpty)
    }

    @Test func `a service may end by itself within the grace period`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done")
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      stage.supervisor.stop(process.id, grace: .seconds(60))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      #expect(seen.status(of: process.id) == .code(7))
      #expect(seen.text(process.id).contains("bye"))
    }

    /// A server that a shell waits for, and what it does to end in order.
    static let draining = """
      python3 -u -c "
      import os, signal, sys, time
      def hangup(*_): print('hung up')
      def drain(*_):
        print('draining'); time.sleep(0.3); print('drained'); sys.exit(0)
      signal.signal(signal.SIGHUP, hangup)
      signal.signal(signal.SIGTERM, drain)
      os.write(1, b'ready\\n')
      while True: time.sleep(1000)
      "
      """

    @Test(arguments: [LaunchSpec.Terminal.pty(columns: 80, rows: 24), .pipes])
    func `a server behind a shell may end in order, and the shell goes no further`(
      terminal: LaunchSpec.Terminal
    ) throws {
      let stage = try Stage()
      defer { stage.end() }
      let stream: OutputStream = terminal == .pipes ? .output : .terminal
      let process = try stage.shell(Self.draining + "; echo next", terminal: terminal)
      try stage.recorder.wait { $0.text(process.id, stream).contains("ready") }
      stage.supervisor.stop(process.id, grace: .seconds(60))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id, stream) }
      let words = seen.text(process.id, stream).split(whereSeparator: \.isWhitespace)
      #expect(words == ["ready", "draining", "drained"])
      #expect(seen.status(of: process.id) == .signal(.terminate, coreDumped: false))
    }

    @Test func `a wrapper that ends at once does not cut short what it wraps`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("server.sh", Self.draining)
      let process = try stage.spawn([
        "/usr/bin/python3", "-u", "-c",
        """
        import os, signal, subprocess, sys
        def leave(*_): print('wrapper'); os._exit(3)
        signal.signal(signal.SIGTERM, leave)
        subprocess.Popen(['/bin/sh', 'server.sh']).wait()
        """,
      ])
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      stage.supervisor.stop(process.id, grace: .seconds(60))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      let words = seen.text(process.id).split(whereSeparator: \.isWhitespace)
      #expect(words == ["ready", "draining", "drained", "wrapper"])
      #expect(seen.status(of: process.id) == .code(3))
    }

    @Test func `a main process is asked in time although its child never ends`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell(
        "trap 'echo bye; exit 7' TERM; (trap '' TERM; echo ready; while :; do sleep 1000; done) & wait")
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      stage.supervisor.stop(process.id, grace: .milliseconds(400))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      #expect(seen.text(process.id).contains("bye"))
      #expect(seen.status(of: process.id) == .code(7))
    }

    @Test func `500 forked children end`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.python(
        """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for _ in range(500):
          if os.fork() == 0: time.sleep(1000)
        print('ready', flush=True); time.sleep(1000)
        """)
      try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      #expect(stage.supervisor.processes(of: process.id).count == 501)
      stage.supervisor.stop(process.id, grace: .milliseconds(50))
      try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(stage.supervisor.processes(of: process.id).isEmpty)
    }

    @Test func `stopping one tree leaves the others alone`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let script = "(setsid sleep 1000 &) ; sleep 1000 & echo ready; wait"
      let first = try stage.shell(script)
      let second = try stage.shell(script)
      try stage.recorder.wait { $0.text(first.id).contains("ready") && $0.text(second.id).contains("ready") }
      stage.supervisor.kill(first.id)
      try stage.recorder.wait { $0.hasEnded(first.id) }
      #expect(!stage.recorder.now.hasEnded(second.id))
      #expect(stage.supervisor.processes(of: second.id).count == 3)
      stage.supervisor.stopAll(grace: .seconds(1))
      try stage.recorder.wait { $0.hasEnded(second.id) }
    }

    @Test func `stopping what ended does nothing`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("exit 0")
      try stage.recorder.wait { $0.hasEnded(process.id) }
      let before = stage.recorder.now.events
      stage.supervisor.stop(process.id)
      stage.supervisor.kill(process.id)
      stage.supervisor.signal(process.id, .hangup)
      #expect(stage.supervisor.write([65], to: process.id) == 0)
      let next = try stage.shell("exit 0")
      let seen = try stage.recorder.wait { $0.hasEnded(next.id) }
      #expect(seen.events == before + [.exited(next.id, status: .code(0)), .treeEnded(next.id)])
    }
  }
}
