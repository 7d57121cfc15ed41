import CProcess
import DevtopSupervisor
import Glibc
import Testing

extension Processes {
  /// Unmodified programs with hard-coded ports.
  @Suite struct TakingOver {
    @Test
    func `a Python server on all addresses keeps its port in name, and answers behind the public socket`()
      throws
    {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.start(["/usr/bin/python3", "-m", "http.server", "--bind", "0.0.0.0", "\(port)"])
      let listener = try stage.listener(of: process)
      #expect(listener.owner == "web")
      #expect(listener.publicAddress == PortAddress("0.0.0.0", port: port))
      #expect(listener.upstream.port == port)
      #expect(listener.upstream.address.hasPrefix("127.77."))
      #expect(get(listener.upstream)?.hasPrefix("HTTP/1.0 200") == true)
      #expect(try getThrough(stage.supervisor, listener).hasPrefix("HTTP/1.0 200"))
    }

    @Test(.enabled(if: isThere("node"), "node is not installed"))
    func `a Node server on all addresses of both families answers behind the public socket`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.start([
        "node", "-e",
        "s = require('http').createServer((q, r) => r.end('from node')).listen(\(port), () => console.log(JSON.stringify(s.address())))",
      ])
      let listener = try stage.listener(of: process)
      #expect(listener.publicAddress == PortAddress("::", port: port))
      #expect(try getThrough(stage.supervisor, listener).hasSuffix("from node"))
      #expect(try getThrough(stage.supervisor, listener, at: "::1").hasSuffix("from node"))
      #expect(try stage.output(of: process, until: "\n").contains("\"port\":\(port)"))
    }

    @Test func `threads that bind several ports get all of them`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let ports = try (0..<8).map { _ in try freePort() }
      let process = try stage.serve(
        """
        import threading
        kept = []
        def serve(port):
          s = socket.socket(); s.bind(('0.0.0.0', port)); s.listen(16); kept.append((s, s.getsockname()[1] == port))
        threads = [threading.Thread(target=serve, args=(port,)) for port in \(ports)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(all(same for _, same in kept), len(kept), flush=True); time.sleep(1000)
        """)
      #expect(try stage.output(of: process, until: "\n") == "True 8\n")
      try stage.listener(of: process, 8)
      let listeners = stage.recorder.now.listeners(of: process.id)
      #expect(listeners.map(\.publicAddress.port).sorted() == ports.sorted())
      // One address for the run.
      #expect(Set(listeners.map(\.upstream.address)).count == 1)
      #expect(listeners.allSatisfy { connects($0.upstream) && connects($0.publicAddress) })
    }

    @Test func `each kind of address stays what it is`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let ports = try (0..<5).map { _ in try freePort() }
      let process = try stage.serve(
        """
        def six(address, port, only):
          s = socket.socket(socket.AF_INET6); s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
          s.bind((address, port)); s.listen(); return s
        def four(address, port):
          s = socket.socket(); s.bind((address, port)); s.listen(); return s
        p = \(ports)
        kept = [four('127.0.0.1', p[0]), six('::', p[1], 0), six('::', p[2], 1), four('0.0.0.0', p[2]),
          six('::1', p[3], 0), six('::ffff:127.0.0.1', p[4], 0)]
        time.sleep(1000)
        """)
      try stage.listener(of: process, 6)
      let listeners = stage.recorder.now.listeners(of: process.id)
      #expect(
        listeners.map(\.publicAddress) == [
          PortAddress("127.0.0.1", port: ports[0]), PortAddress("::", port: ports[1]),
          PortAddress("::", port: ports[2], onlyIPv6: true), PortAddress("0.0.0.0", port: ports[2]),
          PortAddress("::1", port: ports[3]), PortAddress("127.0.0.1", port: ports[4]),
        ])
      #expect(listeners.map(\.upstream.isIPv6) == [false, false, true, false, false, false])
      #expect(listeners.allSatisfy { connects($0.upstream) })
      func isOpen(_ address: String, _ port: Int) -> Bool {
        PortAddress(address, port: port).map(connects) ?? false
      }
      #expect(isOpen("127.0.0.1", ports[0]) && !isOpen("::1", ports[0]) && !isOpen("127.0.0.2", ports[0]))
      #expect(isOpen("127.0.0.1", ports[1]) && isOpen("::1", ports[1]))
      #expect(isOpen("::1", ports[3]) && !isOpen("127.0.0.1", ports[3]))
      // Each of the two families has its own socket.
      for listener in listeners where listener.publicAddress.port == ports[2] {
        let copy = try #require(stage.supervisor.publicSocket(listener.publicAddress, of: "web"))
        defer { close(copy) }
        #expect(pending(copy) == 0)
        #expect(isOpen(listener.publicAddress.isIPv6 ? "::1" : "127.0.0.1", ports[2]))
        #expect(pending(copy) == 1)
      }
    }

    @Test func `one port on two addresses of this machine are two listeners`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.serve(
        """
        kept = []
        for address in ['127.0.0.1', '127.0.0.2']:
          s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
          s.bind((address, P)); s.listen(); kept.append(s)
        time.sleep(1000)
        """, port: port)
      try stage.listener(of: process, 2)
      let listeners = stage.recorder.now.listeners(of: process.id)
      #expect(Set(listeners.map(\.upstream)).count == 2)
      #expect(listeners.allSatisfy { connects($0.upstream) })
    }

    @Test func `ports of the kernel's choice, UDP and Unix sockets are left alone`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.serve(
        """
        a = socket.socket(); a.bind(('127.0.0.1', 0)); a.listen()
        b = socket.socket(socket.AF_INET6); b.bind(('::1', 0)); b.listen()
        c = socket.socket(type=socket.SOCK_DGRAM); c.bind(('127.0.0.1', P))
        d = socket.socket(socket.AF_UNIX); d.bind('socket'); d.listen()
        e = socket.socket(); e.listen()
        print(a.getsockname()[0], b.getsockname()[0], *c.getsockname(), d.getsockname(), e.getsockname()[0], flush=True)
        time.sleep(1000)
        """, port: port)
      #expect(
        try stage.output(of: process, until: "\n") == "127.0.0.1 ::1 127.0.0.1 \(port) socket 0.0.0.0\n")
      try stage.finish(process)
      #expect(portEvents(stage).isEmpty)
    }

    @Test func `errors are the kernel's own`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.serve(
        """
        import ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        def name(f):
          try: f(); return 'none'
          except OSError as e: return errno.errorcode[e.errno]
        s = socket.socket()
        print(name(lambda: s.bind(('192.0.2.1', P))), end=' ')
        s.bind(('127.0.0.1', P))
        print(name(lambda: s.bind(('127.0.0.1', P))), end=' ')
        def raw(fd, address, length):
          if libc.bind(fd, address, length) != 0: raise OSError(ctypes.get_errno(), '')
        four = b'\\x02\\0' + P.to_bytes(2, 'big') + bytes([127, 0, 0, 1]) + bytes(8)
        t = socket.socket(socket.AF_INET6)
        print(name(lambda: raw(t.fileno(), four, 16)), name(lambda: raw(99, four, 16)), end=' ')
        print(name(lambda: raw(t.fileno(), ctypes.c_void_p(8), 28)), name(lambda: raw(s.fileno(), four, 8)), end=' ')
        print(name(lambda: raw(0, four, 16)), flush=True)
        """, port: port)
      #expect(
        try stage.output(of: process, until: "\n")
          == "EADDRNOTAVAIL EINVAL EINVAL EBADF EFAULT EINVAL ENOTSOCK\n")
      try stage.recorder.wait { $0.hasEnded(process.id) }
      try stage.refusals(of: process, are: [.stranger(code: EADDRNOTAVAIL)])
    }

    @Test func `a client with a fixed source port reaches a server`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let port = try freePort()
      let process = try stage.serve(
        """
        server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen()
        for address in ['0.0.0.0', '127.0.0.1']:
          client = socket.socket(); client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          client.bind((address, P)); client.connect(server.getsockname())
          print(server.accept()[1][1] == P, end=' '); client.close()
        print(flush=True)
        """, port: port)
      #expect(try stage.output(of: process, until: "\n") == "True True \n")
      try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(stage.supervisor.publicAddresses(of: "web").isEmpty)
    }

    @Test func `a multipath TCP socket is one, too`() throws {
      let stage = try Stage()
      defer { stage.end() }
      guard contents("/proc/sys/net/mptcp/enabled") == "1\n" else {
        print("skipped: no multipath TCP here")
        return
      }
      let process = try stage.serve(
        """
        s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262); s.bind(('::', P)); s.listen(5)
        while True: c = s.accept()[0]; c.recv(100); c.sendall(b'many paths'); c.close()
        """, port: try freePort())
      let listener = try stage.listener(of: process)
      #expect(try getThrough(stage.supervisor, listener) == "many paths")
    }

    @Test(.enabled(if: isThere("unshare") && geteuid() == 0, "needs unshare and root"))
    func `a program in a network of its own keeps its ports`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let script =
        "import socket; s = socket.socket(); s.bind(('0.0.0.0', 8080)); s.listen(); print(s.getsockname()[0], flush=True)"
      let process = try stage.start(["unshare", "--net", "/usr/bin/python3", "-c", script])
      #expect(try stage.output(of: process, until: "\n") == "0.0.0.0\n")
      try stage.recorder.wait { $0.hasEnded(process.id) }
      #expect(portEvents(stage).isEmpty)
    }

    @Test func `a signal while a bind is answered harms nothing`() throws {
      let stage = try Stage()
      defer { stage.end() }
      let process = try stage.serve(
        """
        import signal
        hits = 0
        def hit(*a):
          global hits; hits += 1
        signal.signal(signal.SIGALRM, hit); signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
        for i in range(1000):
          s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
          s.bind(('0.0.0.0', P)); s.listen(); s.close()
        signal.setitimer(signal.ITIMER_REAL, 0)
        print('done', hits > 20, flush=True)
        """, port: try freePort())
      try stage.recorder.wait { $0.hasEnded(process.id) && $0.isOutputEnded(process.id, .error) }
      let seen = stage.recorder.now
      #expect(seen.text(process.id, .output) == "done True\n")
      #expect(seen.text(process.id, .error) == "")
    }

    @Test func `this system can take sockets of programs`() {
      #expect(TakeoverSupport.probe() == .direct)
    }
  }
}

func portEvents(_ stage: Stage) -> [PortEvent] {
  stage.recorder.now.events.compactMap { if case .port(let event) = $0 { event } else { nil } }
}

/// Whether connections are accepted there; a wildcard is asked on this machine.
func connects(_ address: PortAddress) -> Bool {
  guard let descriptor = connected(address.address, address.port) else { return false }
  close(descriptor)
  return true
}

/// How many connections wait on a listening socket.
func pending(_ listener: Int32) -> Int32 { devtop_waiting_connections(listener) }
