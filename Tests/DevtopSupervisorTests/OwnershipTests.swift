@testable import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// To whom a port belongs, and for how long.
  @Suite struct Owning {
    /// Answers its argument to everybody.
    private func answering(_ stage: Stage, _ text: String, port: Int, owner: String = "web") throws
      -> ProcessHandle
    {
      try stage.serve(
        """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(('0.0.0.0', P)); s.listen()
        while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'\(text)'); c.close()
        """, port: port, owner: owner)
    }

    /// Binds a free port from `P` on, as many development servers do, and says which.
    private let prober = """
      import errno
      port = P
      while True:
        s = socket.socket()
        try: s.bind(('0.0.0.0', port)); s.listen(); break
        except OSError as e: print(errno.errorcode[e.errno], end=' '); port += 1
      print(port - P, flush=True); time.sleep(1000)
      """

    @Test func `two runs of one owner listen side by side behind one public socket`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let first = try stage.listener(of: answering(stage, "one", port: port))
      let second = try stage.listener(of: answering(stage, "two", port: port))
      #expect(first.publicAddress == second.publicAddress && first.upstream != second.upstream)
      #expect(get(first.upstream) == "one" && get(second.upstream) == "two")
      #expect(try getThrough(stage.supervisor, second) == "two")
      #expect(stage.supervisor.publicAddresses(of: "web") == [first.publicAddress])
    }

    @Test func `the next run may listen on fewer or more addresses`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      for (number, address) in ["127.0.0.1", "0.0.0.0", "127.0.0.1", "127.0.0.2"].enumerated() {
        let process = try stage.serve(
          "s = socket.socket(); s.bind(('\(address)', P)); s.listen(); time.sleep(1000)", port: port)
        let listener = try stage.listener(of: process)
        #expect(listener.publicAddress == PortAddress(address, port: port), "run \(number)")
        #expect(connects(listener.publicAddress))
      }
    }

    @Test func `another owner's port is in use, and a prober finds the next`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      try stage.listener(of: answering(stage, "one", port: port))
      let other = try stage.serve(prober, port: port, owner: "api")
      #expect(try stage.output(of: other, until: "\n") == "EADDRINUSE 1\n")
      #expect(try stage.listener(of: other).publicAddress.port == port + 1)
      try stage.refusals(of: other, are: [.owner("web")])
    }

    @Test func `a second bind within one run is refused as always`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.serve(
        "a = socket.socket(); a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
          + "a.bind(('127.0.0.1', P)); a.listen()\n" + prober, port: try freePort())
      #expect(try stage.output(of: process, until: "\n") == "EADDRINUSE 1\n")
      try stage.refusals(of: process, are: [.owner("web")])
    }

    @Test func `a stranger's port is in use`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let stranger = try #require(listening(port))
      defer { close(stranger) }
      let process = try stage.serve(prober, port: port)
      #expect(try stage.output(of: process, until: "\n") == "EADDRINUSE 1\n")
      try stage.listener(of: process)
      try stage.refusals(of: process, are: [.stranger(code: EADDRINUSE)])
    }

    @Test func `a closed socket frees its port for the same run`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.serve(
        """
        for address in ['0.0.0.0', '127.0.0.1', '0.0.0.0']:
          s = socket.socket(); s.bind((address, P)); s.listen(); s.close()
        s = socket.socket(); s.bind(('0.0.0.0', P)); s.listen()
        while True: c = s.accept()[0]; c.recv(1000); c.sendall(b'last'); c.close()
        """, port: try freePort())
      #expect(get(try stage.listener(of: process, 4).upstream) == "last")
      #expect(stage.recorder.now.refusals(of: process.id).isEmpty)
    }

    @Test func `what one owner closed another may have`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let first = try stage.serve(
        "s = socket.socket(); s.bind(('0.0.0.0', P)); s.listen(); s.close(); print('closed', flush=True); time.sleep(1000)",
        port: port)
      _ = try stage.output(of: first, until: "closed")
      let address = try stage.listener(of: first).publicAddress
      let copy = try #require(stage.supervisor.publicSocket(address, of: "web"))
      defer { close(copy) }
      let second = try stage.listener(of: answering(stage, "two", port: port, owner: "api"))
      #expect(try getThrough(stage.supervisor, second) == "two")
      try stage.recorder.wait { $0.events.contains(.port(.released(owner: "web", address))) }
      #expect(stage.supervisor.publicAddresses(of: "web").isEmpty)
    }

    @Test func `a reservation outlives its run, and connections wait for the next`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let first = try answering(stage, "one", port: port)
      let address = try stage.listener(of: first).publicAddress
      try stage.finish(first)
      let waiting = try #require(connected("127.0.0.1", port))
      defer { close(waiting) }
      #expect(stage.supervisor.publicAddresses(of: "web") == [address])
      let other = try stage.serve(prober, port: port, owner: "api")
      #expect(try stage.output(of: other, until: "\n") == "EADDRINUSE 1\n")
      try stage.listener(of: answering(stage, "two", port: port))
      let copy = try #require(stage.supervisor.publicSocket(address, of: "web"))
      defer { close(copy) }
      #expect(pending(copy) == 1)
    }

    @Test func `released ports are free at once, and not taken again by a run that is left`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.serve(
        """
        import signal
        def again(*a):
          t = socket.socket(); t.bind(('127.0.0.1', P + 1)); t.listen(); print('again', t.getsockname()[0], flush=True)
        signal.signal(signal.SIGUSR1, again)
        s = socket.socket(); s.bind(('0.0.0.0', P)); s.listen()
        while True: time.sleep(1000)
        """, port: port)
      try stage.listener(of: process)
      #expect(listening(port) == nil)
      stage.supervisor.releasePorts(of: "web")
      #expect(!connects(try #require(PortAddress("127.0.0.1", port: port))))
      stage.supervisor.signal(process.id, Signal(rawValue: SIGUSR1))
      #expect(try stage.output(of: process, until: "again").contains("again 127.77."))
      try stage.finish(process)
      #expect(stage.recorder.now.listeners(of: process.id).count == 1)
      let debugged = try #require(listening(port))
      close(debugged)
      #expect(try stage.listener(of: answering(stage, "two", port: port)).publicAddress.port == port)
    }

    @Test func `a port is reserved before any run, and goes to its owner's`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let address = try #require(PortAddress("127.0.0.1", port: port))
      try stage.supervisor.reservePort(address, for: "web")
      try stage.supervisor.reservePort(address, for: "web")
      #expect(connects(address))
      #expect(throws: PortRefusal.owner("web")) { try stage.supervisor.reservePort(address, for: "api") }
      let process = try stage.serve(
        "s = socket.socket(); s.bind(('127.0.0.1', P)); s.listen(); time.sleep(1000)", port: port)
      #expect(try stage.listener(of: process).publicAddress == address)
      stage.supervisor.releasePort(address, of: "api")
      #expect(connects(address))
      stage.supervisor.releasePort(address, of: "web")
      #expect(!connects(address))
      let stranger = try #require(listening(port + 1) ?? listening(port + 2))
      defer { close(stranger) }
      let taken = try #require(PortAddress(boundOf: stranger))
      #expect(throws: PortRefusal.stranger(code: EADDRINUSE)) {
        try stage.supervisor.reservePort(taken, for: "web")
      }
    }

    @Test func `takeover goes on after the guard was replaced`() throws {
      let stage = try Stage()
      defer { stage.end(killedGuards: 1) }
      let port = try freePort()
      let process = try stage.serve(
        """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        print('waiting', flush=True); signal.sigwait([signal.SIGUSR1])
        s = socket.socket(); s.bind(('0.0.0.0', P)); s.listen(); time.sleep(1000)
        """, port: port)
      _ = try stage.output(of: process, until: "waiting")
      kill(try #require(stage.supervisor.guardPID), SIGKILL)
      try stage.recorder.wait { $0.events.contains { if case .guardReplaced = $0 { true } else { false } } }
      stage.supervisor.signal(process.id, Signal(rawValue: SIGUSR1))
      #expect(connects(try stage.listener(of: process).upstream))
    }

    @Test func `descriptors of programs and ports do not pile up`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let before = entries("/proc/self/fd")
      for _ in 0..<20 {
        let process = try answering(stage, "one", port: port)
        try stage.listener(of: process)
        try stage.finish(process)
        try stage.recorder.wait {
          $0.isOutputEnded(process.id, .output) && $0.isOutputEnded(process.id, .error)
        }
      }
      // Other tests of this process open and close descriptors meanwhile, but not one for each round.
      #expect(entries("/proc/self/fd") < before + 15)
    }
  }
}

/// A socket of this process that listens on all addresses; nil when the port is taken.
func listening(_ port: Int) -> Int32? {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  var one: Int32 = 1
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  if result == 0, listen(descriptor, 16) == 0 { return descriptor }
  close(descriptor)
  return nil
}
