import DevtopCore
import DevtopLogs
import DevtopSupervisor

/// Waits until one started run is ready, and tells it once, with a port where one is known.
final class ReadinessWatch: @unchecked Sendable {
  // Sendable: `state` is a `Locked`; the rest never changes.
  /// A service may become ready long after its time is up; it is asked ever more rarely.
  private static let longest: Duration = .seconds(30 * 24 * 3_600)
  /// A line of the log that is longer is not looked at.
  private static let longestLine = 64 << 10

  private struct State {
    var process: ProcessID?
    var probe: ReadinessProbe?
    var isDone = false
    /// The pattern came before `begin`.
    var matchedEarly = false
    /// The unfinished last line, for a pattern that is looked for in the log.
    var line: [UInt8] = []
  }

  private let spec: ServiceSpec
  private let supervisor: Supervisor
  private let pattern: LogFilter?
  private let onReady: @Sendable (UInt16?) -> Void
  private let state = Locked(State())

  init(_ spec: ServiceSpec, supervisor: Supervisor, onReady: @escaping @Sendable (UInt16?) -> Void) {
    self.spec = spec
    self.supervisor = supervisor
    self.onReady = onReady
    if case .log(let text) = spec.readiness {
      pattern = ReadinessWatch.compile(text)
    } else {
      pattern = nil
    }
  }

  deinit { cancel() }

  /// The process runs now.
  func begin(_ process: ProcessID) {
    let matchedEarly = state.withLock { state in
      state.process = process
      return state.matchedEarly
    }
    if matchedEarly { tellWithPort(process) }
  }

  /// Asks the process that runs from now on, where its readiness is one that is asked for; calling it again does
  /// nothing.
  ///
  /// - Throws: `SupervisorError.cannotStart` when there is no thread to be had.
  func ask() throws(SupervisorError) {
    let asked = state.withLock { $0.isDone || $0.probe != nil ? nil : $0.process }
    guard let process = asked, let check = spec.readiness.check else { return }
    let supervisor = supervisor
    let probe = try ReadinessProbe(
      check, timeout: Self.longest, listeners: { supervisor.listeners(of: process) },
      onOutcome: { [weak self] outcome in
        if case .ready(let port) = outcome { self?.tell(port.flatMap { UInt16(exactly: $0) }) }
      })
    state.withLock { $0.probe = probe }
  }

  func cancel() {
    let probe = state.withLock { state in
      defer { state.probe = nil }
      state.isDone = true
      return state.probe
    }
    probe?.cancel()
  }

  /// Looks for the pattern in what the process printed; called on the output thread.
  func printed(_ bytes: UnsafeRawBufferPointer) {
    guard let pattern else { return }
    let lines = state.withLock { state -> [ArraySlice<UInt8>] in
      guard !state.isDone else { return [] }
      state.line.append(contentsOf: bytes)
      var lines = state.line.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      state.line = Array(lines.removeLast())
      if state.line.count > Self.longestLine { state.line = [] }
      return lines
    }
    guard lines.contains(where: pattern.matchesText) else { return }
    let process = state.withLock { state in
      // Readiness must not be told before the start is.
      if state.process == nil { state.matchedEarly = true }
      return state.process
    }
    if let process { tellWithPort(process) }
  }

  private func tellWithPort(_ process: ProcessID) {
    tell(supervisor.listeners(of: process).first.flatMap { UInt16(exactly: $0.port) })
  }

  private func tell(_ port: UInt16?) {
    let isFirst = state.withLock { state in
      defer { state.isDone = true }
      return !state.isDone
    }
    if isFirst { onReady(port) }
  }

  private static func compile(_ text: String) -> LogFilter? {
    var escaped = ""
    var isEscaped = false
    for character in text {
      if character == "/", !isEscaped { escaped.append("\\") }
      escaped.append(character)
      isEscaped = character == "\\" && !isEscaped
    }
    do throws(FilterError) {
      return try LogFilter.parse("/" + escaped + "/")
    } catch {
      // The configuration reader has compiled it already; what it lets through and this does not never matches.
      return nil
    }
  }
}

extension Readiness {
  /// What the supervisor's probe asks; nil where nothing is asked.
  fileprivate var check: ReadinessProbe.Check? {
    switch self {
    case .listener: .listener
    case .port(let port): .port(Int(port))
    case .http(let path, let port): .http(port: port.map(Int.init), path: path)
    case .log, .started: nil
    }
  }
}
