import DevtopCore
import Glibc
import Testing

/// Builds that hang, fork, are overtaken by saves, or cannot be started.
@Suite(.serialized) struct BuildFaultTests {
  @Test func `of two hundred saves in a second the last one serves`() async throws {
    let configuration =
      FaultTests.service("cat built.txt > serving.txt; exec sleep 1000")
      + "build = 'cat source.txt > built.new; sleep 0.05; mv built.new built.txt'\n"
    try await FaultTests.run(configuration, ["source.txt": "0"]) { devtop in
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
      FaultTests.service("exec sleep 1000") + #"""
        build = '''
        if grep -q slow source.txt; then
          setsid sh -c 'trap "" TERM; echo $$ > deep.pid; sleep 1000; sleep 1000' &
          sleep 1000 & wait
        fi
        '''
        """#
    try await FaultTests.run(configuration, ["source.txt": "slow"]) { devtop in
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
      FaultTests.service("exec sleep 1000") + #"""
        build = '''
        for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'sleep 1000; :' &) ; done
        echo forked; sleep 1000; :
        '''
        """#
    try await FaultTests.run(configuration, ["source.txt": ""]) { devtop in
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
      FaultTests.service("exec sleep 1000") + #"""
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
    try await FaultTests.run(configuration, ["source.txt": "hang"]) { devtop in
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
    let configuration = FaultTests.service("exec sleep 1000") + "build = 'no-such-compiler -o x'\n"
    try await FaultTests.run(configuration, ["source.txt": ""]) { devtop in
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
}
