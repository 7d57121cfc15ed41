import CProcess
import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// The launcher, the guard and devtop proper, seen from the shell that started them.
  @Suite struct Launching {
    struct Pids {
      var proper: Int32 = 0
      var launcher: Int32 = 0
      var guardian: Int32 = 0
      var services: [Int32] = []

      init(_ text: String) {
        var previous = ""
        for bytes in text.utf8.split(whereSeparator: { $0 <= 32 }) {
          let word = String(bytes) ?? ""
          let number = Int32(word) ?? 0
          switch previous {
          case "proper": proper = number
          case "launcher": launcher = number
          case "guard": guardian = number
          case "service", "daemon": services.append(number)
          case _: break
          }
          previous = word
        }
      }

      var all: [Int32] { [proper, launcher, guardian] + services }
    }

    /// Two services: one that ignores SIGTERM, one with a daemon in a session of its own.
    static let services = [
      "trap '' TERM; while :; do sleep 1000; done",
      "setsid sh -c 'echo daemon $$; trap : TERM; while :; do sleep 1000; done' & wait",
    ]

    private func start(_ stage: Stage, services: [String] = services, afterwards: String = ":") throws
      -> ProcessHandle
    {
      let host = try #require(hostPath())
      try stage.file("services", "")
      let words = ([host] + services).map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(
        separator: " ")
      return try stage.shell(
        "trap : INT; stty -a; \(words); echo \"status $?\"; \(afterwards); stty -a; echo end")
    }

    private func ready(_ stage: Stage, _ process: ProcessHandle, daemons: Int = 1) throws -> Pids {
      let seen = try stage.recorder.wait {
        let text = $0.text(process.id)
        return text.contains("ready") && Pids(text).services.count == Self.services.count + daemons
      }
      let pids = Pids(seen.text(process.id))
      #expect(pids.all.allSatisfy(isAlive))
      return pids
    }

    /// Waits for the shell's last words, and checks that the terminal is as it was and nobody is left.
    private func finish(_ stage: Stage, _ process: ProcessHandle, _ pids: Pids, status: Int) throws -> String
    {
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      let text = seen.text(process.id)
      // The terminal may not yet add "\r" then.
      #expect(text.contains("status \(status)\r\n") || text.contains("status \(status)\n"))
      let modes = text.split(separator: "\r\n").filter { $0.contains("icanon") }
      #expect(modes.count == 2 && modes.first == modes.last, "\(modes)")
      #expect(pids.all.filter(isAlive).isEmpty)
      return text
    }

    @Test func `a meant exit has its status and no message`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      stage.supervisor.write(Array("quit 5\n".utf8), to: process.id)
      let text = try finish(stage, process, pids, status: 5)
      #expect(!text.contains("services were stopped"))
    }

    @Test func `a crash restores the terminal and says why`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      stage.supervisor.write(Array("crash\n".utf8), to: process.id)
      let text = try finish(stage, process, pids, status: 128 + 11)
      #expect(text.contains("devtop ended by SIGSEGV; services were stopped."))
      #expect(text.contains("\u{1B}[?1049l"))
    }

    @Test func `an exit without goodbye restores the terminal`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      stage.supervisor.write(Array("exit 3\n".utf8), to: process.id)
      let text = try finish(stage, process, pids, status: 3)
      #expect(text.contains("devtop ended unexpectedly (exit 3)"))
    }

    @Test func `SIGKILL of devtop leaves no process and a sane terminal`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      kill(pids.proper, SIGKILL)
      let text = try finish(stage, process, pids, status: 128 + 9)
      #expect(text.contains("devtop ended by SIGKILL; services were stopped."))
    }

    @Test func `SIGKILL of the launcher ends everything`() throws {
      let stage = try Stage()
      defer { stage.end() }
      // The shell goes on at once, and its end would be a SIGHUP for devtop; so it waits for us.
      try #require(mkfifo(stage.directory + "/go", 0o600) == 0)
      let process = try start(stage, afterwards: "read line < go")
      let pids = try ready(stage, process)
      let proper = devtop_pidfd_open(pids.proper)
      try #require(proper >= 0)
      defer { close(proper) }
      kill(pids.launcher, SIGKILL)
      var one = pollfd(fd: proper, events: Int16(POLLIN), revents: 0)
      try #require(poll(&one, 1, 30_000) == 1)
      let go = open(stage.directory + "/go", O_RDWR | O_CLOEXEC)
      defer { close(go) }
      write(go, "x\n", 2)
      let text = try finish(stage, process, pids, status: 128 + 9)
      #expect(text.contains("launcher lost"))
      #expect(text.contains("notice lost"))
    }

    @Test func `SIGKILL of devtop and its guard together leaves nobody`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      kill(pids.proper, SIGSTOP)
      kill(pids.guardian, SIGKILL)
      kill(pids.proper, SIGKILL)
      _ = try finish(stage, process, pids, status: 128 + 9)
    }

    @Test func `SIGKILL of the guard, then of devtop, leaves nobody`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      kill(pids.guardian, SIGKILL)
      try stage.recorder.wait { $0.text(process.id).contains("replaced") }
      #expect(pids.services.allSatisfy(isAlive))
      kill(pids.proper, SIGKILL)
      _ = try finish(stage, process, pids, status: 128 + 9)
    }

    @Test func `a signal to the launcher reaches devtop`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try start(stage)
      let pids = try ready(stage, process)
      kill(pids.launcher, SIGTERM)
      let text = try finish(stage, process, pids, status: 128 + 15)
      #expect(text.contains("devtop ended by SIGTERM"))
    }

    @Test func `without job control devtop does not stop`() throws {
      let stage = try Stage()
      defer { stage.end() }
      // The shell leads its session, and nobody outside its process group would continue it.
      let process = try start(stage)
      let pids = try ready(stage, process)
      stage.supervisor.write(Array("suspend\n".utf8), to: process.id)
      try stage.recorder.wait { $0.text(process.id).contains("notice suspendRefused") }
      stage.supervisor.write(Array("quit 0\n".utf8), to: process.id)
      _ = try finish(stage, process, pids, status: 0)
    }

    @Test func `a shell gets the terminal on suspension and gives it back with fg`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let host = try #require(hostPath())
      let process = try stage.spawn(
        ["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"],
        environment: inherited() + ["PS1=prompt>", "HISTFILE="])
      func type(_ line: String) { stage.supervisor.write(Array((line + "\n").utf8), to: process.id) }
      try stage.recorder.wait { $0.text(process.id).contains("prompt>") }
      type("'\(host)' 'while :; do sleep 1000; done'")
      let started = try stage.recorder.wait { $0.text(process.id).contains("ready") }
      let pids = Pids(started.text(process.id))
      type("suspend")
      try stage.recorder.wait { $0.text(process.id).contains("Stopped") }
      #expect(pids.services.allSatisfy(isAlive))
      #expect(!isStopped(pids.proper))
      type("stty -a | grep -o -w -e -*icanon; echo asked")
      let asked = try stage.recorder.wait { $0.text(process.id).contains("icanon\r\nasked\r\n") }
      #expect(!asked.text(process.id).contains("-icanon\r\n"))
      type("fg")
      try stage.recorder.wait { $0.text(process.id).contains("notice resumed") }
      type("quit 4")
      try stage.recorder.wait { $0.text(process.id).hasSuffix("\u{1B}[?1049l\r\nprompt>") }
      type("echo status $?; exit 0")
      let end = try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id) }
      #expect(end.text(process.id).contains("status 4"))
      #expect(pids.all.filter(isAlive).isEmpty)
    }
  }
}

/// The test program beside this one.
func hostPath() -> String? {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = readlink("/proc/self/exe", &buffer, buffer.count)
  guard count > 0 else { return nil }
  let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  guard let slash = path.lastIndex(of: "/") else { return nil }
  return String(path[...slash]) + "supervisor-host"
}

func isStopped(_ pid: Int32) -> Bool {
  guard let text = contents("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
  return text[end...].dropFirst(2).first == "T"
}
