import CProcess
import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// What happens when the guard is killed.
  @Suite struct Guarding {
    private func killGuard(_ stage: Stage, times: Int = 1) throws {
      let pid = try #require(stage.supervisor.guardPID)
      kill(pid, SIGKILL)
      try stage.recorder.wait { seen in
        seen.events.count { if case .guardReplaced = $0 { true } else { false } } == times
      }
    }

    @Test func `services go on, a new guard starts more, and nobody is left at the end`() throws {
      let stage = try Stage()
      let old = try stage.shell(
        "trap '' HUP; (setsid sh -c 'echo daemon $$; exec sleep 1000' &); echo ready; while :; do sleep 0.01; echo tick; done"
      )
      let seen = try stage.recorder.wait {
        $0.text(old.id).contains("ready") && $0.text(old.id).contains("daemon")
      }
      let words = seen.text(old.id).utf8.split { $0 <= 32 }.compactMap { String($0) }
      let daemon = try #require(words.firstIndex(of: "daemon").flatMap { Int32(words[$0 + 1]) })
      let first = try #require(stage.supervisor.guardPID)
      try killGuard(stage)
      #expect(stage.supervisor.guardPID != first)
      #expect(isAlive(old.pid))
      #expect(stage.supervisor.processes(of: old.id).contains(daemon))
      let before = stage.recorder.now.text(old.id).utf8.count
      try stage.recorder.wait { $0.text(old.id).utf8.count > before + 50 }
      let new = try stage.shell("exec sleep 1000")
      stage.end(killedGuards: 1)
      #expect([old.pid, new.pid, daemon].filter(isAlive).isEmpty)
    }

    @Test func `an adopted service is stopped with its daemons, and its status is reported`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      let process = try stage.python(#require(Stopping.stubborn["an orphan in its own session"]))
      let ready = try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      let word = ready.text(process.id, .output).split(separator: " ").first
      let orphan = try #require(word.flatMap { Int32($0) })
      try killGuard(stage)
      stage.supervisor.stop(process.id, grace: .milliseconds(200))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .signal(.terminate, coreDumped: false))
      #expect(!isAlive(orphan))
    }

    @Test func `an adopted service that ignores SIGTERM is killed after its grace`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      let process = try stage.python(#require(Stopping.stubborn["ignores SIGTERM"]))
      try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      try killGuard(stage)
      stage.supervisor.stop(process.id, grace: .milliseconds(100))
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .signal(.kill, coreDumped: false))
    }

    @Test func `an exit after the guard's death is reported, and so is the end of the tree`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      try #require(mkfifo(stage.directory + "/go", 0o600) == 0)
      let process = try stage.shell("exec 3<>go; read line <&3; (setsid sleep 0.05 &); exit 9")
      let go = open(stage.directory + "/go", O_RDWR | O_CLOEXEC)
      defer { close(go) }
      try killGuard(stage)
      write(go, "x\n", 2)
      let seen = try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(seen.status(of: process.id) == .code(9))
      #expect(
        contents("/proc/self/task/\(getpid())/children").map { !$0.contains("\(process.pid) ") } == true)
    }

    @Test func `a stop that the guard did not finish is finished`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      let process = try stage.python(#require(Stopping.stubborn["ignores SIGTERM"]))
      try stage.recorder.wait { $0.text(process.id, .output).contains("ready") }
      stage.supervisor.stop(process.id, grace: .milliseconds(300))
      try killGuard(stage)
      try stage.recorder.wait { $0.hasEnded(process.id) }
    }

    @Test func `guards may die one after the other`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 3) }
      var processes: [ProcessHandle] = []
      for round in 1...3 {
        processes.append(try stage.shell("exec sleep 1000"))
        try killGuard(stage, times: round)
      }
      #expect(processes.allSatisfy { isAlive($0.pid) })
      stage.supervisor.stopAll(grace: .seconds(5))
      try stage.recorder.wait { seen in processes.allSatisfy { seen.hasEnded($0.id) } }
    }

    @Test func `orphans of outside programs are reaped on request`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let path = stage.directory + "/daemon"
      try #require(mkfifo(path, 0o600) == 0)
      let script = "sh -c 'echo $$ > \(path)' & exit 0"
      var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(script), nil]
      defer { for word in words { free(word) } }
      var pid = pid_t()
      try #require(posix_spawn(&pid, "/bin/sh", nil, nil, &words, environ) == 0)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      let daemon = try #require(contents(path).flatMap { Int32($0.prefix { $0 != "\n" }) })
      var info = siginfo_t()
      waitid(P_PID, id_t(daemon), &info, WEXITED | WNOWAIT)
      stage.supervisor.reapStrays(except: [])
      #expect(contents("/proc/\(daemon)/stat") == nil)
    }

    @Test(.enabled(if: dlsym(nil, "__tsan_init") == nil, "sanitizers keep their memory"))
    func `a guard that was forked late does not keep this process's memory`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      let size = 256 << 20
      let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
      defer { memory.deallocate() }
      memset(memory, 1, size)
      try killGuard(stage)
      let guardPID = try #require(stage.supervisor.guardPID)
      // It answers, so it has finished to set up.
      let process = try stage.shell("exit 0")
      try stage.recorder.wait { $0.hasEnded(process.id) }
      let line = try #require(
        contents("/proc/\(guardPID)/status")?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
      let kilobytes = try #require(
        line.utf8.split { $0 <= 32 }.compactMap { String($0) }.compactMap { Int($0) }.first)
      #expect(kilobytes < size / 1024 / 4)
    }

    @Test func `the guard sleeps while nothing happens`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.shell("echo ready; exec sleep 1000")
      try stage.recorder.wait { $0.text(process.id).contains("ready") }
      let guardPID = try #require(stage.supervisor.guardPID)
      // In a poll without a timeout: its fifth word, the pointer to one, is null (ppoll(2)).
      var call: [Substring] = []
      for _ in 0..<1000 {
        let text = contents("/proc/\(guardPID)/syscall") ?? ""
        call = text.split(separator: " ").map { $0 }
        if call.count > 4 { break }
        sched_yield()
      }
      try #require(call.count > 4)
      #expect(call[3] == "0x0")
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to drop to another user"))
    func `a fork bomb under a process limit can be ended`() throws {
      let stage = try Stage()
      defer { stage.end() }
      // Bounded three times: by the number of processes, the CPU time of each, and by this test's end.
      let process = try stage.python(
        """
        import os, resource, time
        resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
        os.setgroups([]); os.setgid(54322); os.setuid(54322)
        resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))
        first = True
        while True:
          try:
            os.fork()
          except BlockingIOError:
            if first: print('full', flush=True)
            first = False
            time.sleep(0.001)
        """)
      try stage.recorder.wait { $0.text(process.id, .output).contains("full") }
      stage.supervisor.kill(process.id)
      try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(stage.supervisor.processes(of: process.id).isEmpty)
    }

    @Test(.enabled(if: getuid() == 0, "needs root, to make a program of another user"))
    func `a process that refuses the signal is named`() throws {
      let stage = try Stage()
      defer { stage.end() }
      // Only a group that nobody is in may run this.
      let program = stage.directory + "/setuid-python"
      let copy = try stage.shell(
        "cp /usr/bin/python3 \(program); chown 0:54321 . \(program); chmod 0710 .; chmod 4750 \(program)")
      try stage.recorder.wait { $0.hasEnded(copy.id) }
      let host = try #require(hostPath())
      let script =
        "exec \(program) -c \"import os, time; os.setresuid(0, 0, 0); print('other', os.getpid(), flush=True); time.sleep(1000)\""
      let process = try stage.spawn([
        "/usr/bin/setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", host, script,
      ])
      let seen = try stage.recorder.wait {
        $0.text(process.id).contains("other") && $0.text(process.id).contains("ready")
      }
      let words = seen.text(process.id).utf8.split { $0 <= 32 }.compactMap { String($0) }
      let pid = try #require(words.firstIndex(of: "other").map { words[$0 + 1] })
      stage.supervisor.write(Array("stop\n".utf8), to: process.id)
      try stage.recorder.wait { $0.text(process.id).contains("straggler \(pid) user 0 refusedSignal") }
      kill(try #require(Int32(pid)), SIGKILL)
      stage.supervisor.write(Array("quit 0\n".utf8), to: process.id)
      try stage.recorder.wait { $0.hasEnded(process.id) }
    }
  }
}
