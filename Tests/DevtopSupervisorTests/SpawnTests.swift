import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  @Suite struct Spawning {
    private func failure(_ stage: Stage, _ arguments: [String], directory: String? = nil) throws -> SpawnError
    {
      let spec = LaunchSpec(
        arguments, environment: ["PATH=/usr/bin:/bin"], directory: directory ?? stage.directory)
      do throws(SpawnError) {
        let process = try stage.supervisor.spawn(spec, output: stage.recorder.sink)
        Issue.record("started as \(process.pid)")
        return .tooLarge
      } catch {
        return error
      }
    }

    @Test func `a missing program is named as it was tried`() throws {
      let stage = try Stage()
      defer { stage.end() }
      #expect(try failure(stage, ["./tmp/api"]) == .notFound(program: "./tmp/api", searched: nil))
      let missing = try failure(stage, ["no-such-tool"])
      #expect(missing == .notFound(program: "no-such-tool", searched: "/usr/bin:/bin"))
      #expect(missing.description.hasPrefix("`no-such-tool` was not found in PATH (/usr/bin:/bin)."))
      #expect(stage.supervisor.living.isEmpty)
    }

    @Test func `a file that may not be executed`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("api", "#!/bin/sh\n", mode: 0o644)
      let error = try failure(stage, ["./api"])
      #expect(error == .notExecutable(path: "./api"))
      #expect(error.description == "`./api` is not executable (permission denied). Run chmod +x ./api.")
    }

    @Test func `a directory in place of a program`() throws {
      let stage = try Stage()
      defer { stage.end() }
      #expect(try failure(stage, [stage.directory]) == .isDirectory(path: stage.directory))
    }

    @Test func `a file of a wrong format`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("api", "no program at all\n")
      #expect(try failure(stage, ["./api"]) == .wrongFormat(path: "./api"))
    }

    @Test func `a script whose interpreter is missing`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("api", "#!/opt/none/python4 -u\n")
      #expect(
        try failure(stage, ["./api"]) == .interpreterMissing(path: "./api", interpreter: "/opt/none/python4"))
    }

    @Test func `a program that is still being written`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("api", "#!/bin/sh\n")
      let writer = open(stage.directory + "/api", O_WRONLY | O_CLOEXEC)
      defer { close(writer) }
      #expect(try failure(stage, ["./api"]) == .beingWritten(path: "./api"))
    }

    @Test func `a working directory that is missing or none`() throws {
      let stage = try Stage()
      defer { stage.end() }
      try stage.file("file", "")
      let missing = stage.directory + "/none"
      #expect(
        try failure(stage, ["/bin/true"], directory: missing) == .directory(path: missing, code: ENOENT))
      let file = stage.directory + "/file"
      #expect(try failure(stage, ["/bin/true"], directory: file) == .directory(path: file, code: ENOTDIR))
    }

    @Test func `no program, a NUL byte, and too much`() throws {
      let stage = try Stage()
      defer { stage.end() }
      guard case .invalid = try failure(stage, []) else { throw Unexpected() }
      guard case .invalid = try failure(stage, ["/bin/echo", "a\0b"]) else { throw Unexpected() }
      let megabyte = String(repeating: "x", count: 100_000)
      #expect(try failure(stage, ["/bin/echo"] + Array(repeating: megabyte, count: 60)) == .tooLarge)
      #expect(try failure(stage, ["/bin/echo", String(repeating: "x", count: 200_000)]) == .tooLarge)
    }

    struct Unexpected: Error {}

    @Test func `a failed start leaves no process and no descriptor`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let guardPID = try #require(stage.supervisor.guardPID)
      _ = try failure(stage, ["./none"])
      let mine = entries("/proc/self/fd")
      let guards = entries("/proc/\(guardPID)/fd")
      for _ in 0..<20 {
        _ = try failure(stage, ["./none"])
        _ = try failure(stage, ["/bin/true"], directory: "/none")
      }
      #expect(entries("/proc/self/fd") == mine)
      #expect(entries("/proc/\(guardPID)/fd") == guards)
      #expect(contents("/proc/\(guardPID)/task/\(guardPID)/children") == "")
    }

    @Test(arguments: [LaunchSpec.Terminal.pipes, .pty(columns: 80, rows: 24)])
    func `a child has descriptors 0 to 2, no blocked signal and no ignored one`(
      terminal: LaunchSpec.Terminal
    ) throws {
      let stage = try Stage()
      defer { stage.end() }
      signal(SIGPIPE, SIG_IGN)
      let leak = open("/dev/null", O_RDONLY)
      defer { close(leak) }
      let process = try stage.shell(
        "grep -e SigBlk -e SigIgn /proc/self/status; exec ls /proc/self/fd", terminal: terminal)
      let stream: OutputStream = terminal == .pipes ? .output : .terminal
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id, stream) && $0.hasEnded(process.id) }
      let words = seen.text(process.id, stream).utf8.split { $0 <= 32 }.compactMap { String($0) }
      // 3 is the directory that `ls` itself opened.
      #expect(words == ["SigBlk:", "0000000000000000", "SigIgn:", "0000000000000000", "0", "1", "2", "3"])
    }

    @Test func `the limits are those before devtop raised its own`() throws {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      let before = limit
      try #require(before.rlim_max > 4096)
      limit.rlim_cur = 1024
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      let stage = try Stage()
      defer { stage.end() }
      limit.rlim_cur = 2048
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      let process = try stage.python("import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])")
      let seen = try stage.recorder.wait { $0.isOutputEnded(process.id, .output) }
      #expect(seen.text(process.id, .output) == "1024\n")
      limit = before
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    }

    @Test func `100 restarts leave descriptors and threads as before`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let guardPID = try #require(stage.supervisor.guardPID)
      func once(_ terminal: LaunchSpec.Terminal) throws {
        let process = try stage.spawn(["/bin/sleep", "1000"], terminal: terminal)
        stage.supervisor.stop(process.id)
        try stage.recorder.wait {
          $0.hasEnded(process.id)
            && (terminal == .pipes
              ? $0.isOutputEnded(process.id, .output) && $0.isOutputEnded(process.id, .error)
              : $0.isOutputEnded(process.id))
        }
      }
      try once(.pipes)
      try once(.pty(columns: 80, rows: 24))
      let descriptors = entries("/proc/self/fd")
      let threads = supervisorThreads()
      let guards = entries("/proc/\(guardPID)/fd")
      for round in 0..<100 { try once(round % 2 == 0 ? .pipes : .pty(columns: 80, rows: 24)) }
      #expect(entries("/proc/self/fd") == descriptors)
      #expect(supervisorThreads() == threads)
      #expect(entries("/proc/\(guardPID)/fd") == guards)
      #expect(contents("/proc/\(guardPID)/task/\(guardPID)/children") == "")
      #expect(stage.supervisor.living.isEmpty)
    }
  }
}

/// How many entries a directory has.
func entries(_ path: String) -> Int {
  guard let directory = opendir(path) else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count
}

/// The threads of this process that belong to supervisors.
func supervisorThreads() -> Int {
  guard let directory = opendir("/proc/self/task") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if contents("/proc/self/task/\(name)/comm")?.hasPrefix("devtop-") == true { count += 1 }
  }
  return count
}
