import DevtopCore
import DevtopLogs
import DevtopSupervisor
import Glibc
import Testing

@testable import DevtopBackend

extension BackendProcesses {
  /// Services as real processes.
  @Suite struct ServiceTests {
    @Test func `a log line that comes at once makes ready, after the start was told`() throws {
      let bench = try Bench {
        $0.run = .shell("echo up; exec sleep 1000")
        $0.readiness = .log(pattern: "^up$")
      }
      defer { bench.end() }
      for run in 1...10 {
        bench.perform(.start("api", run))
        try bench.event { $0 == .processReady("api", run, port: nil) ? true : nil }
        let order = bench.events.compactMap { event -> String? in
          switch event {
          case .processStarted(_, run, _): "started"
          case .processReady(_, run, _): "ready"
          default: nil
          }
        }
        #expect(order == ["started", "ready"])
        try bench.stop(run)
      }
    }

    @Test(arguments: ["listening on http://", #"listening on http:\/\/"#])
    func `a pattern of readiness may have slashes, escaped or not`(pattern: String) throws {
      let bench = try Bench {
        $0.run = .shell("echo 'listening on http://localhost'; exec sleep 1000")
        $0.readiness = .log(pattern: pattern)
      }
      defer { bench.end() }
      bench.perform(.start("api", 1))
      try bench.event { $0 == .processReady("api", 1, port: nil) ? true : nil }
    }

    @Test func `the exit is told before the end of the tree`() throws {
      let bench = try Bench { $0.run = .shell("sleep 0.1 & echo bye; exit 3") }
      defer { bench.end() }
      bench.perform(.start("api", 1))
      try bench.event { $0 == .processEnded("api", 1) ? true : nil }
      let order = bench.events.compactMap { event -> String? in
        switch event {
        case .processStarted: "started"
        case .processExited(_, 1, .code(3)): "exited"
        case .processEnded: "ended"
        default: nil
        }
      }
      #expect(order == ["started", "exited", "ended"])
    }

    @Test func `a signal is told by its name alone`() {
      typealias Told = DevtopCore.ExitStatus
      let segv = Signal(rawValue: SIGSEGV)
      #expect(Told(.signal(segv, coreDumped: true)) == .signal(SIGSEGV, name: "SIGSEGV"))
      #expect(Told(.code(2)) == .code(2))
      let report = Report.serviceState("api", 1, .failed, pid: nil, port: nil, status: Told(.unknown))
      #expect(report.json(at: WallTime(milliseconds: 0)).hasSuffix(#""state":"failed"}"#))
      #expect(!Told(.unknown).isSuccess)
    }

    @Test func `a service that lives on without its port is asked who holds it`() throws {
      let bench = try Bench {
        $0.run = .shell("echo 'OSError: [Errno 98] Address already in use'; exec sleep 1000")
        $0.environment = ["PORT": "9"]
      }
      defer { bench.end() }
      try bench.start(1)
      let holder = try bench.event { if case .portInUse("api", 1, let holder) = $0 { holder } else { nil } }
      #expect(holder.port == 9)
    }

    @Test func `a port that is taken and not named is asked for`() throws {
      let bench = try Bench { $0.run = .shell("echo 'OSError: [Errno 98] Address already in use'; exit 1") }
      defer { bench.end() }
      try bench.start(1)
      let notice = try bench.event { if case .warned(let notice) = $0 { notice } else { nil } }
      #expect(notice.message.hasPrefix("api: its port is in use, and it does not say which; set ready = {"))
    }

    @Test func `an env file that is not there is warned about`() throws {
      let bench = try Bench {
        $0.run = .shell("exec sleep 1000")
        $0.envFiles = [$0.directory + "/local.env"]
      }
      defer { bench.end() }
      try bench.start(1)
      let notices = try bench.event {
        if case .environmentRead("api", let notices) = $0 { notices } else { nil }
      }
      #expect(
        notices.map(\.message) == [
          "api: its env file local.env is not there; write it, or take it out of the configuration"
        ])
    }

    @Test func `clean-up commands run in order before their end is told`() throws {
      let bench = try Bench {
        $0.cleanup = [
          .shell("sleep 0.1; echo 1 >> order"), .shell("echo 2 >> order; exit 3"), .shell("echo 3 >> order"),
        ]
      }
      defer { bench.end() }
      bench.perform(.cleanUp("api"))
      try bench.event { $0 == .cleanedUp("api") ? true : nil }
      #expect(bench.text("order") == "1\n2\n3\n")
      #expect(bench.events.contains { if case .warned = $0 { true } else { false } })
    }

    @Test func `nothing to clean up is told at once`() throws {
      let bench = try Bench { $0.run = .shell(":") }
      defer { bench.end() }
      bench.perform(.cleanUp("api"))
      try bench.event { $0 == .cleanedUp("api") ? true : nil }
    }

    @Test func `clean-up that takes too long is killed`() throws {
      let parts = try Parts()
      defer { parts.end() }
      var spec = ServiceSpec(id: "api", directory: parts.project.path)
      spec.cleanup = [.shell("trap '' TERM; echo $$ > pid; sleep 1000; :"), .shell("touch second")]
      let cleanUp = OnThread(CleanUp(parts.workshop, limit: .milliseconds(300)))
      parts.workshop.thread.run { [spec] in cleanUp.value.run(spec) }
      try parts.told.wait { $0 == .cleanedUp("api") ? true : nil }
      try parts.told.wait { event -> Bool? in
        guard case .warned(let notice) = event else { return nil }
        return notice.message.contains("take longer than 300 ms") ? true : nil
      }
      let pid = Int32(contents(parts.project.path + "/pid").split(separator: "\n").first ?? "") ?? 0
      #expect(pid > 0 && !runs(pid))
      #expect(access(parts.project.path + "/second", F_OK) != 0)
    }

    @Test func `a process that refuses to end is given up once`() throws {
      let parts = try Parts()
      defer { parts.end() }
      let processes = parts.workshop.processes
      let (told, thread) = (parts.told, parts.workshop.thread)
      let launch = LaunchSpec(
        ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1000; done"], environment: [],
        directory: parts.project.path, terminal: .pipes, label: "api")
      let process = processes.supervisor.makeID()
      thread.run {
        _ = try? processes.spawn(
          launch, as: process,
          output: { _, _, part in if case .bytes = part { told.add(.cleanedUp("deaf")) } },
          onExit: { _ in told.add(.processExited("api", 1, .code(0))) },
          onTreeEnd: { told.add(.processEnded("api", 1)) })
      }
      // Before it has set its trap the signal would end it.
      try told.wait { $0 == .cleanedUp("deaf") ? true : nil }
      thread.run {
        processes.stop(process, signal: .terminate, grace: .milliseconds(900))
        processes.handle(.straggler(process, pid: 1, user: 0, why: .refusedSignal))
        thread.run(after: .milliseconds(600)) { told.add(.cleanedUp("early")) }
        // The real end comes at 900 ms and the giving up at 1,200 ms, or the other way round: it is told once.
        thread.run(after: .milliseconds(1_800)) { told.add(.cleanedUp("late")) }
      }
      try told.wait { $0 == .cleanedUp("late") ? true : nil }
      let ends = told.events.filter { $0 == .processEnded("api", 1) }
      #expect(ends.count == 1)
      // The others of the tree had their grace.
      let early = told.events.firstIndex(of: .cleanedUp("early")) ?? .max
      #expect((told.events.firstIndex(of: .processEnded("api", 1)) ?? 0) > early)
    }

    @Test func `a tree that never ends is taken for ended`() throws {
      let parts = try Parts()
      defer { parts.end() }
      let (processes, told) = (parts.workshop.processes, parts.told)
      let launch = LaunchSpec(
        ["/bin/sleep", "1000"], environment: [], directory: parts.project.path, terminal: .pipes, label: "api"
      )
      parts.workshop.thread.run {
        let process = processes.makeID()
        _ = try? processes.spawn(
          launch, as: process, output: { _, _, _ in },
          onExit: { _ in told.add(.processExited("api", 1, .code(0))) },
          onTreeEnd: { told.add(.processEnded("api", 1)) })
        // No signal reaches it, as with a process of another user.
        processes.handle(.straggler(process, pid: 1, user: 0, why: .unkillable))
      }
      try told.wait { $0 == .processEnded("api", 1) ? true : nil }
      #expect(told.events == [.processEnded("api", 1)])
    }

    @Test func `terminals of programs that end at once are closed`() throws {
      let parts = try Parts()
      let supervisor = parts.workshop.processes.supervisor
      let before = terminals()
      for _ in 0..<100 {
        let launch = LaunchSpec(
          ["/bin/true"], environment: [], directory: "/", terminal: .pty(columns: 80, rows: 24), label: "true"
        )
        _ = try supervisor.spawn(launch, output: { _, _, _ in })
      }
      for _ in 0..<1_000 where terminals() > before || !supervisor.living.isEmpty { poll(nil, 0, 10) }
      #expect(terminals() == before)
      parts.end()
    }

    /// How many descriptors of this process are a program's end of a terminal.
    private func terminals() -> Int {
      (Path.list("/proc/self/fd") ?? []).count { name in
        var target = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/fd/\(name)", &target, target.count)
        return target.prefix(max(0, count)).starts(with: "/dev/pts/".utf8.map { CChar($0) })
      }
    }
  }

  /// The parts that a backend is made of, without one.
  private final class Parts {
    let project: Project
    let workshop: Workshop
    let told = Recording()

    init() throws {
      project = try Project()
      let (thread, told) = (WorkThread(), told)
      workshop = Workshop(
        thread: thread, processes: try ProcessTable(SupervisorHandles.startGuard(), thread: thread) { _ in },
        logs: LogStore(capacityInBytes: 1 << 20) { WallTime(milliseconds: 0) }, send: { told.add($0) },
        environment: ["PATH": "/usr/bin:/bin"], terminalSize: Locked(Size(columns: 80, rows: 24)))
    }

    func end() {
      workshop.processes.supervisor.shutdown()
      workshop.thread.stop()
    }
  }

  private struct OnThread<Value>: @unchecked Sendable {
    // Sendable: the value is only touched on the backend's thread.
    let value: Value

    init(_ value: Value) { self.value = value }
  }
}
