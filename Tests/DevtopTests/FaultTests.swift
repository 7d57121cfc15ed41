import DevtopCore
import Glibc
import Testing

/// Services that misbehave, and devtop's own processes.
@Suite(.serialized) struct FaultTests {
  static func service(_ run: String, more: String = "") -> String {
    """
    [service.api]
    run = '''\(run)'''
    watch = ["source.txt"]
    ready = "started"
    stop = { grace = "500ms" }
    \(more)

    """
  }

  static func run(
    _ configuration: String, _ files: [String: String] = [:], _ body: (DevtopSession) async throws -> Void
  ) async throws {
    let project = try Project(files)
    try project.write("devtop.toml", configuration)
    try await withDevtop(project, body)
  }

  @Test(arguments: [
    (command: #"["./tool"]"#, mode: mode_t(0o644), text: "#!/bin/sh\n", says: "not executable"),
    (command: #"["./none"]"#, mode: 0o755, text: "", says: "none"),
    (command: #"["./tool"]"#, mode: 0o755, text: "#!/no/such/shell\n", says: "/no/such/shell"),
    (command: #"["./tool"]"#, mode: 0o755, text: "\u{1}\u{2}\u{3}", says: "tool"),
  ])
  func `a program that cannot be started is told with its reason`(
    command: String, mode: mode_t, text: String, says: String
  ) async throws {
    let project = try Project()
    try project.write("tool", text, mode: mode)
    try project.write("devtop.toml", "[service.api]\nrun = \(command)\n")
    try await withDevtop(project) { devtop in
      let error = try await devtop.event("error")
      #expect(error.string("message")?.contains(says) == true, "\(error)")
      try await devtop.state("failed")
      // devtop goes on: the program is repaired.
      try project.write("repaired", "#!/bin/sh\nexec sleep 1000\n", mode: 0o755)
      let repaired = devtop.count
      try project.write("devtop.toml", "[service.api]\nrun = [\"./repaired\"]\nready = \"started\"\n")
      try await devtop.state("ready", after: repaired)
      try await devtop.quit()
    }
  }

  @Test func `a crash loop backs off and is told, and quitting is answered`() async throws {
    try await Self.run(Self.service("exit 3"), ["source.txt": ""]) { devtop in
      try await devtop.event("service.state") { $0.state == "failed" && ($0.int("run") ?? 0) >= 4 }
      let failed = devtop.lines("service.state").filter { $0.state == "failed" }
      #expect(failed.allSatisfy { $0.int("exit") == 3 })
      try await devtop.quit()
    }
  }

  @Test func `a death by a signal has the signal's name`() async throws {
    try await Self.run(Self.service("kill -SEGV $$", more: "restart = \"never\""), ["source.txt": ""]) {
      devtop in
      let failed = try await devtop.state("failed")
      #expect(failed.string("signal") == "SIGSEGV" && failed.int("exit") == nil)
      try await devtop.quit()
    }
  }

  @Test func `processes that ignore signals or leave their session are gone after quitting`() async throws {
    let script = """
      setsid sh -c "trap '' TERM HUP; sleep 1000; sleep 1000" &
      (setsid sh -c "(sleep 1000; :) & exit" &)
      trap '' TERM INT HUP
      echo up
      while :; do sleep 1000; done
      """
    try await Self.run(Self.service(script), ["source.txt": ""]) { devtop in
      try await devtop.event("log") { $0.string("text") == "up" }
      try await eventually("all are there") { devtop.processes.count >= 8 }
      let service = try await devtop.state("ready")
      devtop.send("restart")
      try await devtop.event("service.state") { $0.state == "ready" && $0.int("run") == 2 }
      #expect(!Processes.isAlive(Int32(service.int("pid") ?? 0)))
      try await devtop.quit()
    }
  }

  @Test func `escape sequences and broken text leave every line valid`() async throws {
    let script = #"printf 'a\033]0;title\007b\033[2Jc\300\200d\000e\302\205f\n'; echo end; exec sleep 1000"#
    try await Self.run(Self.service(script), ["source.txt": ""]) { devtop in
      try await devtop.event("log") { $0.string("text") == "end" }
      let text = devtop.lines("log").first?.string("text") ?? ""
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
      #expect(text.contains("a") && text.contains("f"))
      try await devtop.quit()
    }
  }

  // MARK: devtop itself

  @Test(arguments: [Int32(SIGTERM), SIGHUP, SIGINT])
  func `a signal ends the services and then devtop`(signal: Int32) async throws {
    try await Self.run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
      try await devtop.state("ready")
      kill(devtop.pid, signal)
      let status = try await devtop.status()
      #expect(status == 128 + signal)
      try await devtop.expectEnd(status: 128 + signal)
      #expect(devtop.lines("service.state").last?.state == "stopped")
    }
  }

  @Test func `SIGKILL of devtop or its launcher leaves nobody`() async throws {
    for killsLauncher in [false, true] {
      try await Self.run(Self.service("trap '' TERM; setsid sleep 1000 & while :; do sleep 1000; done"), [:])
      {
        devtop in
        try await devtop.state("ready")
        let proper = try devtop.members().proper
        kill(killsLauncher ? devtop.pid : proper, SIGKILL)
        let status = try await devtop.status()
        #expect(status == 128 + SIGKILL)
        try await devtop.expectNobody()
      }
    }
  }

  @Test func `services survive the death of the guard and are ended with devtop`() async throws {
    try await Self.run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
      let pid = Int32(try await devtop.state("ready").int("pid") ?? 0)
      kill(try devtop.members().guardian, SIGKILL)
      try await devtop.event("warning") { $0.string("message")?.contains("guard") == true }
      #expect(Processes.isAlive(pid))
      let saved = devtop.count
      try devtop.project.write("source.txt", "new")
      try await devtop.state("ready", after: saved)
      #expect(!Processes.isAlive(pid))
      try await devtop.quit()
    }
  }

  @Test func `an unknown command is answered, the end of standard input changes nothing`() async throws {
    try await Self.run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
      try await devtop.state("ready")
      devtop.send("dance now")
      let error = try await devtop.event("error")
      #expect(error.string("message")?.contains("dance now") == true)
      devtop.send("restart nobody")
      try await devtop.event("error") { $0.string("message")?.contains("nobody") == true }
      devtop.closeInput()
      let saved = devtop.count
      try devtop.project.write("source.txt", "new")
      try await devtop.state("ready", after: saved)
      kill(devtop.pid, SIGTERM)
      let status = try await devtop.status()
      #expect(status == 143)
      try await devtop.expectEnd(status: 143)
    }
  }

  @Test func `commands stop, start, pause and resume`() async throws {
    try await Self.run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
      try await devtop.state("ready")
      devtop.send("stop api")
      try await devtop.state("stopped")
      let stopped = devtop.count
      devtop.send("start")
      try await devtop.state("ready", after: stopped)
      devtop.send("pause")
      try await devtop.settle()
      let paused = devtop.count
      try devtop.project.write("source.txt", "while paused")
      try await devtop.event("files.changed", after: paused) { $0.string("result") == "paused" }
      devtop.send("resume")
      try await devtop.settle()
      try devtop.project.write("source.txt", "afterwards")
      try await devtop.state("ready", after: paused)
      #expect(devtop.lines(after: paused, "service.state").count { $0.state == "starting" } == 1)
      try await devtop.quit()
    }
  }
}
