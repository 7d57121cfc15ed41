import DevtopCore
import Glibc
import Testing

/// Builds and services that misbehave.
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

  private func run(
    _ configuration: String, _ files: [String: String] = [:], reads: Bool = true,
    _ body: (DevtopSession) async throws -> Void
  ) async throws {
    let project = try Project(files)
    try project.write("devtop.toml", configuration)
    try await withDevtop(project, reads: reads, body)
  }

  // MARK: Builds

  @Test func `of two hundred saves in a second the last one serves`() async throws {
    let configuration =
      Self.service("cat built.txt > serving.txt; exec sleep 1000")
      + "build = 'cat source.txt > built.new; sleep 0.05; mv built.new built.txt'\n"
    try await run(configuration, ["source.txt": "0"]) { devtop in
      try await devtop.state("ready")
      for number in 1...200 {
        try devtop.project.write("source.txt", "\(number)")
        poll(nil, 0, 5)
      }
      try await eventually("the last save serves") { devtop.project.text("serving.txt") == "200" }
      // No build was of an older state, and none comes after the last.
      try await devtop.settle()
      let started = devtop.lines("build.started").count
      let finished = devtop.lines("build.finished")
      #expect(started == finished.count && finished.last?.string("result") == "ok")
      try await devtop.quit()
      #expect(devtop.project.text("serving.txt") == "200")
      #expect(devtop.lines("build.started").count == started)
    }
  }

  @Test func `a change during a build ends the old build with all its processes`() async throws {
    let configuration =
      Self.service("exec sleep 1000") + #"""
        build = '''
        if grep -q slow source.txt; then
          setsid sh -c 'trap "" TERM; echo $$ > deep.pid; sleep 1000; sleep 1000' &
          sleep 1000 & wait
        fi
        '''
        """#
    try await run(configuration, ["source.txt": "slow"]) { devtop in
      try await devtop.event("build.started")
      let pid = try await eventually("the build is under way") {
        devtop.project.text("deep.pid").flatMap { Int32($0.split(separator: "\n").first ?? "") }
      }
      try devtop.project.write("source.txt", "fast")
      let cancelled = try await devtop.event("build.finished")
      #expect(cancelled.string("result") == "cancelled" && cancelled.int("run") == 1)
      #expect(!Processes.isAlive(pid))
      let finished = try await devtop.event("build.finished") { $0.string("result") == "ok" }
      #expect(finished.int("run") == 2)
      try await devtop.state("ready")
      try await devtop.quit()
    }
  }

  @Test func `a build that forks and hangs is ended by stop`() async throws {
    let configuration =
      Self.service("exec sleep 1000") + #"""
        build = '''
        for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'sleep 1000; :' &) ; done
        echo forked; sleep 1000; :
        '''
        """#
    try await run(configuration, ["source.txt": ""]) { devtop in
      try await devtop.event("log") { $0.string("text") == "forked" }
      devtop.send("stop")
      let finished = try await devtop.event("build.finished")
      #expect(finished.string("result") == "cancelled")
      #expect(devtop.processes.count == 3)
      devtop.send("build")
      try await devtop.event("build.started") { $0.int("run") == 2 }
      try await devtop.quit()
    }
  }

  @Test func `a build that forks and hangs is ended by a save`() async throws {
    let configuration =
      Self.service("exec sleep 1000") + #"""
        build = '''
        if grep -q hang source.txt; then
          for i in 1 2 3 4 5 6 7 8 9 10; do
            (setsid sh -c 'trap "" TERM INT HUP; echo $$ >> pids.txt; sleep 1000; :' &)
            (sh -c 'echo $$ >> pids.txt; sleep 1000; :' &)
          done
          sleep 1000; :
        fi
        '''
        """#
    try await run(configuration, ["source.txt": "hang"]) { devtop in
      let project = devtop.project
      let pids = try await eventually("all are forked") {
        let pids = project.text("pids.txt")?.split(separator: "\n").compactMap { Int32($0) } ?? []
        return pids.count == 20 ? pids : nil
      }
      #expect(pids.allSatisfy(Processes.isAlive))
      try project.write("source.txt", "build")
      let cancelled = try await devtop.event("build.finished")
      #expect(cancelled.string("result") == "cancelled")
      #expect(!pids.contains(where: Processes.isAlive))
      try await devtop.state("ready")
      // The launcher, devtop proper, the guard and the service.
      #expect(devtop.processes.count == 4, "\(devtop.processes)")
      try await devtop.quit()
    }
  }

  @Test func `a tool that is not installed is named, with the way out`() async throws {
    let project = try Project(["main.go": "package main\n\nfunc main() {}\n", "bin/none": ""])
    // Nothing is found there.
    try await withDevtop(project, environment: ["PATH": project.path("bin")]) { devtop in
      let finished = try await devtop.event("build.finished")
      #expect(finished.string("result") == "failed")
      let message = finished.string("message") ?? ""
      #expect(message.contains("`go` was not found in PATH") && message.contains("Install it"), "\(finished)")
      // devtop goes on: the tool comes.
      try project.write("bin/go", "#!/bin/sh\necho the tool is here; exit 7\n", mode: 0o755)
      let installed = devtop.count
      devtop.send("build")
      let built = try await devtop.event("build.finished", after: installed)
      #expect(built.int("exit") == 7, "\(built)")
      try await devtop.event("log", after: installed) { $0.string("text") == "the tool is here" }
      try await devtop.quit()
    }
  }

  @Test func `a build command that is missing is named`() async throws {
    let configuration = Self.service("exec sleep 1000") + "build = 'no-such-compiler -o x'\n"
    try await run(configuration, ["source.txt": ""]) { devtop in
      let finished = try await devtop.event("build.finished")
      #expect(finished.bool("ok") == false && finished.int("exit") == 127)
      let told = devtop.lines.contains {
        $0.text.contains("no-such-compiler") && $0.text.contains("not found")
      }
      #expect(told, "\(devtop.transcript)")
      // Named in the event itself, too: a reader of events alone must learn it.
      #expect(finished.string("message")?.contains("no-such-compiler") == true, "\(finished)")
      try await devtop.quit()
    }
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

  // MARK: Services

  @Test func `a crash loop backs off and is told, and quitting is answered`() async throws {
    try await run(Self.service("exit 3"), ["source.txt": ""]) { devtop in
      try await devtop.event("service.state") { $0.state == "failed" && ($0.int("run") ?? 0) >= 4 }
      let failed = devtop.lines("service.state").filter { $0.state == "failed" }
      #expect(failed.allSatisfy { $0.int("exit") == 3 })
      try await devtop.quit()
    }
  }

  @Test func `a death by a signal has the signal's name`() async throws {
    try await run(Self.service("kill -SEGV $$", more: "restart = \"never\""), ["source.txt": ""]) { devtop in
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
    try await run(Self.service(script), ["source.txt": ""]) { devtop in
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
    try await run(Self.service(script), ["source.txt": ""]) { devtop in
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
    try await run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
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
      try await run(Self.service("trap '' TERM; setsid sleep 1000 & while :; do sleep 1000; done"), [:]) {
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
    try await run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
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
    try await run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
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
    try await run(Self.service("exec sleep 1000"), ["source.txt": ""]) { devtop in
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
