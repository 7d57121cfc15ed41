import DevtopCore
import Glibc

/// What all measurements share: the programs, a temporary directory, and the promise that nothing is left behind.
final class Workbench: Sendable {
  private struct State {
    var children: [Int32: Child] = [:]
    var isEnding = false
  }

  /// The devtop that is measured.
  let devtop: String
  /// This program, for the parts that run as a child.
  let itself: String
  let directory: String
  let environment: [String: String]
  private let state = Locked(State())

  /// Makes the temporary directory.
  ///
  /// - Throws: `BenchError.missing` when there is no devtop.
  init(devtop named: String?) throws(BenchError) {
    guard let program = SystemText.target(of: "/proc/self/exe") else {
      throw .system(what: "/proc/self/exe", code: errno)
    }
    itself = program
    let beside = String(itself[..<(itself.lastIndex(of: "/") ?? itself.startIndex)]) + "/devtop"
    guard let path = realpath(named ?? beside, nil) else {
      throw .missing(
        "There is no devtop at \(named ?? beside): build it (swift build -c release), or say --devtop PATH.")
    }
    devtop = String(cString: path)
    free(path)
    guard access(devtop, X_OK) == 0 else { throw .system(what: devtop, code: errno) }
    var template = Array("/tmp/devtop-bench.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw .system(what: "a temporary directory", code: errno) }
    directory = String(cString: made)
    environment = Self.readEnvironment()
  }

  /// The environment of this program, with a terminal that every machine describes.
  private static func readEnvironment() -> [String: String] {
    var result = ProcessEnvironment.read()
    result["TERM"] = "xterm-256color"
    result["LC_ALL"] = "C.UTF-8"
    for name in ["NO_COLOR", "COLORTERM", "GIT_DIR"] { result[name] = nil }
    return result
  }

  /// A new directory below the temporary one.
  ///
  /// - Throws: `BenchError.system`.
  func makeDirectory(_ name: String) throws(BenchError) -> String {
    let path = directory + "/" + name
    try SystemText.makeDirectory(path)
    return path
  }

  /// Starts a program that ends with the measurement at the latest.
  ///
  /// - Throws: `BenchError.system`, or `.interrupted` after ^C.
  func start(
    _ words: [String], directory: String, adding variables: [String: String] = [:],
    streams: Child.Streams = .none
  ) throws(BenchError) -> Child {
    let environment = environment.merging(variables) { $1 }
    return try state.withLock { (state) throws(BenchError) in
      guard !state.isEnding else { throw .interrupted }
      let child = try Child(words, directory: directory, environment: environment, streams: streams)
      state.children[child.pid] = child
      return child
    }
  }

  /// Runs a program to its end.
  ///
  /// - Throws: `BenchError.unexpected` when it fails, `.timedOut` when it does not end.
  func run(
    _ words: [String], directory: String, adding variables: [String: String] = [:], atMost limit: Duration
  ) throws(BenchError) {
    let child = try start(words, directory: directory, adding: variables)
    let status = child.waitForEnd(atMost: limit)
    forget(child, isEnded: status != nil)
    guard let status else { throw .timedOut(waitingFor: "the end of `\(words.joined(separator: " "))`") }
    guard status == 0 else {
      throw .unexpected("`\(words.joined(separator: " "))` failed (wait status \(status))")
    }
  }

  /// Ends a program and all of its session; devtop (`isDevtop`) is asked first, so that it ends its services.
  func end(_ child: Child, isDevtop: Bool = false) {
    var isEnded = false
    if isDevtop {
      kill(child.pid, SIGTERM)
      isEnded = child.waitForEnd(atMost: .seconds(8)) != nil
    }
    forget(child, isEnded: isEnded)
  }

  private func forget(_ child: Child, isEnded: Bool) {
    kill(-child.pid, SIGKILL)
    if !isEnded { _ = child.waitForEnd(atMost: .seconds(5)) }
    close(child.pidfd)
    state.withLock { $0.children[child.pid] = nil }
  }

  /// Ends whatever runs and removes the temporary directory; no program can be started any more.
  func cleanUp() {
    let children = state.withLock { state in
      state.isEnding = true
      return Array(state.children.values)
    }
    for child in children {
      kill(child.pid, SIGTERM)
      _ = child.waitForEnd(atMost: .seconds(4))
      kill(-child.pid, SIGKILL)
    }
    SystemText.remove(directory)
  }

  /// Cleans up and leaves on ^C, SIGTERM and SIGHUP; call it before there is a second thread.
  func cleanUpOnSignals() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
    let set = signals
    startThread {
      var set = set
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { return }
      self.cleanUp()
      _exit(128 + number)
    }
  }
}
