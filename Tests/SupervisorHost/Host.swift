import DevtopSupervisor
import Glibc

/// A stand-in for devtop: launcher, guard, a dashboard's terminal modes, and the services given as arguments.
///
/// With TAKE in its environment it takes over their ports, for the owner named, and tells what they do.
/// Reads commands, one a line, from standard input: `quit N`, `exit N` (without goodbye), `crash`, `stop`, `suspend`,
/// `relay ADDRESS PORT UPSTREAM PORT` (one connection).
@main
enum Host {
  static func main() {
    do {
      try Launcher.launch { launcher in
        do {
          try run(launcher)
        } catch {
          fail(error)
        }
      }
    } catch {
      fail(error)
    }
  }

  private static func owner() -> String? { getenv("TAKE").map { String(cString: $0) } }

  private static func sentence(_ event: PortEvent) -> String {
    switch event {
    case .listening(_, let listener): "listening \(listener.publicAddress) upstream \(listener.upstream)"
    case .refused(_, let address, .owner(let owner)): "refused \(address) owner \(owner)"
    case .refused(_, let address, .stranger(let code)): "refused \(address) code \(code)"
    case .failed(_, let address, let code): "failed \(address?.description ?? "?") code \(code)"
    case .released(let owner, let address): "released \(address) by \(owner)"
    }
  }

  private static func fail(_ error: any Error) -> Never {
    say("\(error)")
    exit(1)
  }

  private static func run(_ launcher: Launcher) throws -> Never {
    let supervisor = try Supervisor(launcher.handles) { event in
      if case .guardReplaced(let pid) = event { say("guard \(pid) replaced") }
      if case .launcherLost = event { say("launcher lost") }
      if case .straggler(_, let pid, let user, let why) = event {
        say("straggler \(pid) user \(user) \(why)")
      }
      if case .port(let event) = event { say(sentence(event)) }
    }
    say("proper \(getpid()) launcher \(launcher.pid) guard \(supervisor.guardPID ?? 0)")
    for script in CommandLine.arguments.dropFirst() {
      var spec = LaunchSpec(
        ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin"], terminal: .pipes)
      if let owner = owner() { spec.ports = .takenOver(by: owner) }
      let process = try supervisor.spawn(spec) { _, stream, part in
        if stream != .terminal, case .bytes(let bytes) = part { write(1, bytes.baseAddress, bytes.count) }
      }
      say("service \(process.pid)")
    }
    let terminal = Terminal()
    terminal.take()
    say("ready")
    serve(launcher, supervisor, terminal)
  }

  private static func serve(_ launcher: Launcher, _ supervisor: Supervisor, _ terminal: Terminal) -> Never {
    var input: [UInt8] = []
    var isSuspended = false
    while true {
      var waits = [
        // The terminal is the shell's while it is suspended.
        pollfd(fd: isSuspended ? -1 : 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: launcher.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      poll(&waits, 2, -1)
      while waits[1].revents != 0, let notice = launcher.nextNotice() {
        say("notice \(notice)")
        if notice == .lost {
          terminal.giveBack()
          supervisor.shutdown()
          exit(1)
        }
        if notice == .resumed || notice == .suspendRefused {
          isSuspended = false
          terminal.take()
        }
      }
      guard waits[0].revents & Int16(POLLIN) != 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = read(0, &bytes, bytes.count)
      guard count > 0 else {
        obey(["quit", "0"], launcher, supervisor, terminal)
        exit(1)
      }
      input += bytes[..<max(0, count)]
      while let end = input.firstIndex(of: 10) {
        let words = String(decoding: input[..<end], as: UTF8.self).split(separator: " ")
        input.removeSubrange(...end)
        isSuspended = isSuspended || words.first == "suspend"
        obey(words, launcher, supervisor, terminal)
      }
    }
  }

  private static func obey(
    _ words: [Substring], _ launcher: Launcher, _ supervisor: Supervisor, _ terminal: Terminal
  ) {
    switch words.first {
    case "quit":
      terminal.giveBack()
      supervisor.shutdown()
      launcher.sayGoodbye()
      exit(Int32(words[1]) ?? 0)
    case "exit": exit(Int32(words[1]) ?? 0)
    case "stop": supervisor.stopAll(grace: .milliseconds(50))
    case "relay":
      say(Relay.one(words.dropFirst(), supervisor, owner: owner() ?? "") ? "relayed" : "not relayed")
    case "crash": kill(getpid(), SIGSEGV)
    case "suspend":
      terminal.giveBack()
      launcher.suspend()
    case _: say("unknown \(words)")
    }
  }
}

/// What a dashboard does to its terminal.
struct Terminal {
  private let modes: termios?

  init() {
    var modes = termios()
    self.modes = tcgetattr(0, &modes) == 0 ? modes : nil
  }

  func take() {
    guard var raw = modes else { return }
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    raw.c_iflag &= ~tcflag_t(ICRNL | IXON)
    raw.c_oflag &= ~tcflag_t(OPOST)
    tcsetattr(0, TCSANOW, &raw)
    say("\u{1B}[?1049h\u{1B}[?25l")
  }

  func giveBack() {
    guard var modes else { return }
    say("\u{1B}[?25h\u{1B}[?1049l")
    tcsetattr(0, TCSANOW, &modes)
  }
}

func say(_ text: String) {
  let line = text + "\r\n"
  write(1, line, line.utf8.count)
}
