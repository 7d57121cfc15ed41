import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// Takeover by another devtop: unprivileged, under rules of a container, nested, killed.
  @Suite struct TakingOverElsewhere {
    /// Installs a filter that answers one system call with an errno, as containers do, then executes the rest.
    ///
    /// Only where the call's second argument has a bit of a mask, unless that is 0.
    private static let refuser = """
      import ctypes, os, struct, sys
      number, error, mask = (int(a) for a in sys.argv[1:4])
      code = [(0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 24), (0x45, 0, 1, mask) if mask else (5, 0, 0, 0),
        (6, 0, 0, 0x00050000 | error), (6, 0, 0, 0x7fff0000)]
      filter = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *c) for c in code))
      program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(code), ctypes.addressof(filter)))
      libc = ctypes.CDLL(None, use_errno=True)
      if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0: sys.exit('no filter')
      os.execv(sys.argv[4], sys.argv[4:])
      """

    // The same on x86-64 and aarch64 where they are new; seccomp(2) is not.
    private static let pidfdGetfd = 438
    #if arch(x86_64)
      private static let seccomp = 317
    #else
      private static let seccomp = 277
    #endif

    /// Starts a host that takes over the ports of one Python program.
    private func start(
      _ stage: Stage, _ script: String, port: Int, refusing call: (number: Int, code: Int32)? = nil,
      mask: Int = 0,
      prefix: String = ""
    ) throws -> ProcessHandle {
      let host = try #require(hostPath())
      try stage.file("refuse.py", Self.refuser, mode: 0o644)
      try stage.file(
        "program.py", "import errno, os, socket, sys, time\nP = \(port)\n" + script, mode: 0o644)
      chmod(stage.directory, 0o777)
      let refusal = call.map { "/usr/bin/python3 refuse.py \($0.number) \($0.code) \(mask) " } ?? ""
      return try stage.shell(
        "TAKE=web \(refusal)\(prefix)\(host) 'exec /usr/bin/python3 program.py'; echo status $?")
    }

    private func text(_ stage: Stage, _ host: ProcessHandle, until words: String) throws -> String {
      try stage.recorder.wait { $0.text(host.id).contains(words) }.text(host.id)
    }

    /// The words after `listening`, by public address.
    private func listeners(_ text: String) -> [String: String] {
      var result: [String: String] = [:]
      for line in text.split(whereSeparator: \.isNewline) {
        let words = line.split(separator: " ").map(String.init)
        if words.count == 4, words[0] == "listening" { result[words[1]] = words[3] }
      }
      return result
    }

    private func relay(
      _ stage: Stage, _ host: ProcessHandle, _ address: String, port: Int, to upstream: String
    ) throws
      -> String
    {
      let colon = try #require(upstream.lastIndex(of: ":"))
      let command = "relay \(address) \(port) \(upstream[..<colon]) \(upstream[colon...].dropFirst())\n"
      let client = try #require(connected("127.0.0.1", port))
      defer { close(client) }
      send(client, request, request.utf8.count, Int32(MSG_NOSIGNAL))
      stage.supervisor.write(Array(command.utf8), to: host.id)
      return readAll(client)
    }

    private func quit(_ stage: Stage, _ host: ProcessHandle) throws -> String {
      stage.supervisor.write(Array("quit 0\n".utf8), to: host.id)
      return try stage.recorder.wait { $0.hasEnded(host.id) && $0.isOutputEnded(host.id) }.text(host.id)
    }

    private static let answering = """
      s = socket.socket(); s.bind(('0.0.0.0', P)); s.listen()
      while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'%d' % os.getuid()); c.close()
      """

    @Test(.enabled(if: isThere("setpriv") && geteuid() == 0, "needs setpriv and root"))
    func `an unprivileged devtop takes over, and ports under 1024 stay the kernel's`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let host = try start(
        stage,
        """
        for low in [1023, 81]:
          try: socket.socket().bind(('127.0.0.1', low)); print('bound', flush=True)
          except OSError as e: print(errno.errorcode[e.errno], flush=True)
        """ + "\n" + Self.answering, port: port,
        prefix: "setpriv --reuid=65534 --regid=65534 --clear-groups ")
      let seen = try text(stage, host, until: "listening")
      #expect(seen.contains("EACCES") && !seen.contains("bound"))
      #expect(seen.contains("refused 127.0.0.1:1023 code \(EACCES)"))
      let upstream = try #require(listeners(try text(stage, host, until: "upstream"))["0.0.0.0:\(port)"])
      #expect(try relay(stage, host, "0.0.0.0", port: port, to: upstream) == "65534")
      _ = try quit(stage, host)
    }

    @Test(.enabled(if: isThere("setpriv") && geteuid() == 0, "needs setpriv and root"))
    func `a service of another user shares the port with root's public socket`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.start([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
        "import os, socket; P = \(try freePort())\n" + Self.answering,
      ])
      #expect(try getThrough(stage.supervisor, try stage.listener(of: process)) == "65534")
    }

    @Test func `where sockets cannot be taken, addresses are rewritten`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let host = try start(
        stage,
        """
        import ctypes, mmap
        libc = ctypes.CDLL(None, use_errno=True)
        four = b'\\x02\\0' + P.to_bytes(2, 'big') + bytes(4) + bytes(8)
        memory = ctypes.create_string_buffer(four, 16)
        s = socket.socket()
        assert libc.bind(s.fileno(), memory, 16) == 0
        s.listen()
        print('restored', memory.raw == four, flush=True)
        page = mmap.mmap(-1, 4096); page.write(four[:2] + (P + 1).to_bytes(2, 'big') + four[4:])
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        assert libc.mprotect(ctypes.c_void_p(address), 4096, 1) == 0
        t = socket.socket()
        print('constant', libc.bind(t.fileno(), ctypes.c_void_p(address), 16), t.getsockname(), flush=True)
        u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', P)); print('udp', u.getsockname(), flush=True)
        v = socket.socket()
        try: v.bind(('127.0.0.1', P)); print('twice', flush=True)
        except OSError as e: print(errno.errorcode[e.errno], flush=True)
        w = socket.socket(socket.AF_INET6); w.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        w.bind(('::', P)); w.listen()
        x = socket.socket(socket.AF_INET6); x.bind(('::', P + 2)); x.listen()
        print('all up', flush=True)
        while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'rewritten'); c.close()
        """, port: port, refusing: (Self.pidfdGetfd, EPERM))
      try stage.recorder.wait {
        listeners($0.text(host.id)).count == 3 && $0.text(host.id).contains("all up")
      }
      let seen = stage.recorder.now.text(host.id)
      #expect(seen.contains("restored True"))
      #expect(seen.contains("constant 0 ('0.0.0.0', \(port + 1))"))
      #expect(seen.contains("failed 0.0.0.0:\(port + 1) code \(EFAULT)"))
      #expect(seen.contains("udp ('127.0.0.1', \(port))"))
      #expect(seen.contains("EADDRINUSE") && !seen.contains("twice"))
      let found = listeners(seen)
      #expect(found["[::]:\(port)"]?.hasPrefix("[::1]:") == true)
      #expect(found["[::]:\(port + 2)"]?.hasPrefix("[::1]:") == true)
      let upstream = try #require(found["0.0.0.0:\(port)"])
      #expect(upstream.hasPrefix("127.77.") && !upstream.hasSuffix(":\(port)"))
      #expect(try relay(stage, host, "0.0.0.0", port: port, to: upstream) == "rewritten")
      _ = try quit(stage, host)
    }

    @Test(arguments: [EPERM, ENOSYS])
    func `where system calls cannot be filtered, nothing is started and that is said`(code: Int32) throws {
      let stage = try Stage()
      defer { stage.end() }
      let host = try start(
        stage, "open('ran', 'w')", port: 0, refusing: (Self.seccomp, code))
      let seen = try text(stage, host, until: "status")
      let reason = code == EPERM ? "operation not permitted" : "function not implemented"
      #expect(seen.contains("Ports cannot be taken over here (seccomp: \(reason))."))
      #expect(access(stage.directory + "/ran", F_OK) != 0)
    }

    /// SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, which is newer than the rest.
    private static let waitKillable = 32

    @Test func `a kernel that restarts a bind for a signal is answered twice`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let host = try start(
        stage,
        """
        import signal
        hits = 0
        def hit(*a):
          global hits; hits += 1
        signal.signal(signal.SIGALRM, hit); signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
        result = 'done'
        for i in range(2000):
          s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          try: s.bind(('0.0.0.0', P)); s.listen()
          except OSError as e: result = '%d: %s' % (i, e); break
          s.close()
        signal.setitimer(signal.ITIMER_REAL, 0)
        print('result', result, hits > 20, flush=True)
        """, port: try freePort(), refusing: (Self.seccomp, EINVAL), mask: Self.waitKillable)
      let seen = try text(stage, host, until: "result")
      #expect(seen.contains("result done True"))
      _ = try quit(stage, host)
    }

    @Test func `within another takeover nothing is started and that is said`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let host = try #require(hostPath())
      let outer = try stage.start(["/bin/sh", "-c", "TAKE=web \(host) 'echo ran > ran'; echo status $?"])
      let seen = try stage.output(of: outer, until: "status")
      #expect(seen.contains("Ports cannot be taken over within another takeover."))
      #expect(access(stage.directory + "/ran", F_OK) != 0)
    }

    @Test func `devtop's death ends a bind that waits with an error`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let host = try start(
        stage,
        """
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.mkfifo('go'); print('waiting', flush=True); open('go').read()
        s = socket.socket(); print('binding', flush=True)
        try: s.bind(('127.0.0.1', P)); result = 'bound'
        except OSError as e: result = errno.errorcode[e.errno]
        with open('partial', 'w') as f: f.write(result)
        os.rename('partial', 'result')
        """, port: try freePort())
      let pids = Launching.Pids(try text(stage, host, until: "waiting"))
      let service = try #require(pids.services.first)
      kill(pids.proper, SIGSTOP)
      let limit = milliseconds() + 30_000
      while !threads(of: pids.proper).allSatisfy(isStopped), milliseconds() < limit {
        poll(nil, 0, 1)
      }
      let go = open(stage.directory + "/go", O_WRONLY | O_CLOEXEC)
      close(go)
      // bind(2) of the program, seen in the kernel's own words.
      #if arch(x86_64)
        let number = "49 "
      #else
        let number = "200 "
      #endif
      let end = milliseconds() + 30_000
      while contents("/proc/\(service)/syscall")?.hasPrefix(number) != true, milliseconds() < end {
        poll(nil, 0, 1)
      }
      #expect(contents("/proc/\(service)/syscall")?.hasPrefix(number) == true)
      kill(pids.proper, SIGKILL)
      try stage.recorder.wait { $0.hasEnded(host.id) && $0.isOutputEnded(host.id) }
      #expect(contents(stage.directory + "/result") == "ENOSYS")
      #expect(pids.all.filter(isAlive).isEmpty)
    }
  }
}

/// The numbers of a process's threads.
func threads(of pid: Int32) -> [Int32] {
  guard let directory = opendir("/proc/\(pid)/task") else { return [] }
  defer { closedir(directory) }
  var found: [Int32] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if let number = Int32(name) { found.append(number) }
  }
  return found
}
