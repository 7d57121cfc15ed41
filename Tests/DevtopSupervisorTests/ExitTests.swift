import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  @Suite struct Exits {
    @Test(arguments: [0, 1, 2, 127, 255] as [Int32])
    func `an exit status is reported`(code: Int32) throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("exit \(code)")
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .code(code))
      #expect(seen.status(of: process.id)?.description == "exit \(code)")
    }

    @Test(arguments: ["TERM", "KILL", "SEGV", "USR1", "RTMIN+1"])
    func `a signal is reported by name`(name: String) throws {
      let stage = try Stage()
      defer { stage.end() }
      let signal = try #require(Signal(name: name))
      let process = try stage.python(
        "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), \(signal.rawValue))"
      )
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .signal(signal, coreDumped: false))
      #expect(seen.status(of: process.id)?.description == "SIG" + name)
    }

    @Test func `output is complete and ends`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("echo out; echo err >&2", terminal: .pipes)
      let seen = try stage.recorder.wait {
        $0.isOutputEnded(process.id, .output) && $0.isOutputEnded(process.id, .error)
          && $0.hasEnded(process.id)
      }
      #expect(seen.text(process.id, .output) == "out\n")
      #expect(seen.text(process.id, .error) == "err\n")
    }

    @Test func `an exit is seen at once though a grandchild keeps the output open`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try #require(mkfifo(stage.directory + "/go", 0o600) == 0)
      let process = try stage.shell("trap '' HUP; (read line < go; echo later) & exit 3")
      let early = try stage.recorder.wait { $0.status(of: process.id) != nil }
      #expect(early.status(of: process.id) == .code(3))
      #expect(!early.hasEnded(process.id))
      #expect(!early.isOutputEnded(process.id))
      let go = open(stage.directory + "/go", O_RDWR | O_CLOEXEC)
      defer { close(go) }
      write(go, "x\n", 2)
      let late = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      #expect(late.text(process.id).contains("later"))
    }

    @Test func `a child that closes its terminal goes on, and may open it again`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("exec <&- >&- 2>&-; sleep 0.05; echo again > /dev/tty; exec sleep 1000")
      let seen = try stage.recorder.wait { $0.text(process.id).contains("again") }
      #expect(seen.status(of: process.id) == nil)
      #expect(isAlive(process.pid))
      stage.supervisor.stop(process.id)
      let end = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      #expect(end.status(of: process.id) == .signal(.terminate, coreDumped: false))
    }

    @Test func `a child that closes its pipes goes on`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("exec <&- >&- 2>&-; exec sleep 1000", terminal: .pipes)
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id, .output) }
      #expect(seen.status(of: process.id) == nil)
      #expect(isAlive(process.pid))
      stage.supervisor.stop(process.id)
      let end = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(end.status(of: process.id) == .signal(.terminate, coreDumped: false))
    }
  }
}
