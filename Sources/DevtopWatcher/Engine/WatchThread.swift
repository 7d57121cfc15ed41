import enum DevtopCore.SystemClock
import DevtopCore
import Glibc

/// The thread that owns the engine, and its mailbox.
final class WatchThread: Sendable {
  enum Message: Sendable {
    /// What is to be watched, and since when by the clock of the files: what was written earlier is known as it was.
    case use([WatchSet], since: Int64)
    case stop
  }

  private struct State {
    var messages: [Message] = []
    var thread: Thread?
    var isStopped = false
    var wakeups = 0
    var inotify: Int32 = -1
  }

  private let state: Locked<State>
  private let options: EngineOptions
  private let onEvent: @Sendable (WatchEvent) -> Void
  private let bell: Bell

  init(sets: [WatchSet], options: EngineOptions, onEvent: @escaping @Sendable (WatchEvent) -> Void) {
    state = Locked(State(messages: [.use(sets, since: SystemClock.fileNanoseconds)]))
    self.options = options
    self.onEvent = onEvent
    bell = Bell()
  }

  var wakeups: Int { state.withLock { $0.wakeups } }

  /// The inotify descriptor, so that tests can ask the kernel for its watches.
  var inotify: Int32 { state.withLock { $0.inotify } }

  func start() {
    do throws(ThreadError) {
      let thread = try Thread { self.run() }
      state.withLock { $0.thread = thread }
    } catch {
      onEvent(.warning(.noEvents(errno: error.code)))
    }
  }

  func post(_ message: Message) {
    state.withLock { $0.messages.append(message) }
    bell.ring()
  }

  func stop() {
    let thread = state.withLock { state -> Thread? in
      if state.isStopped { return nil }
      state.isStopped = true
      state.messages.append(.stop)
      defer { state.thread = nil }
      return state.thread
    }
    guard let thread else { return }
    bell.ring()
    if thread.isCurrent {
      thread.detach()
    } else {
      thread.join()
    }
  }

  private func run() {
    let engine = WatchEngine(options: options, send: onEvent)
    var pass: BaselinePass?
    defer { pass?.cancel() }
    while true {
      for message in state.withLock({ takeMessages(&$0) }) {
        switch message {
        case .stop:
          return
        case .use(let sets, let since):
          pass?.cancel()
          engine.makeInstance()
          state.withLock { $0.inotify = engine.descriptor }
          engine.use(sets)
          pass = engine.baselinePass(since: since) { [bell] in bell.ring() }
          if pass == nil { options.onBaseline?() }
          if let pass { Thread.startDetached { pass.run() } }
        }
      }
      if let running = pass {
        let (results, isDone) = running.takeResults()
        engine.take(results)
        if isDone {
          pass = nil
          options.onBaseline?()
        }
      }
      waitAndWork(engine)
    }
  }

  private func takeMessages(_ state: inout State) -> [Message] {
    defer { state.messages = [] }
    return state.messages
  }

  private func waitAndWork(_ engine: WatchEngine) {
    var descriptors = [
      pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0),
      pollfd(fd: engine.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let timeout = engine.deadline.map { deadline in
      // Rounded up: waking before the deadline would be for nothing.
      Int32(clamping: max(0, (deadline - SystemClock.monotonicNanoseconds + 999_999) / 1_000_000))
    }
    let count = poll(&descriptors, 2, timeout ?? -1)
    state.withLock { $0.wakeups += 1 }
    if count < 0 { return }
    if descriptors[0].revents != 0 { bell.silence() }
    if descriptors[1].revents != 0 || engine.deadline.map({ $0 <= SystemClock.monotonicNanoseconds }) == true
    {
      engine.wake()
    }
  }
}

/// A pipe by which other threads wake one that sleeps in `poll(2)`.
final class Bell: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    // Without a pipe (EMFILE) messages are taken at the next event.
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  func ring() {
    // A full pipe wakes as well.
    var byte: UInt8 = 0
    write(writeEnd, &byte, 1)
  }

  func silence() {
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      while read(readEnd, buffer.baseAddress, buffer.count) > 0 {}
    }
  }
}
