import DevtopCore
import Glibc

/// Watches directory trees for changes of files, on a thread of its own.
///
/// The thread sleeps in `poll(2)` while nothing changes; nothing runs at an interval but where events do not come.
/// Events are handed over on that thread, in order: the handler must be quick.
public final class Watcher: Sendable {
  private let thread: WatchThread

  /// Starts watching; `onEvent` first gets warnings, if any, and then `.ready`.
  public convenience init(
    sets: [WatchSet], poll: PollMode = .automatic, onEvent: @escaping @Sendable (WatchEvent) -> Void
  ) {
    var options = EngineOptions()
    options.poll = poll
    self.init(sets: sets, options: options, onEvent: onEvent)
  }

  init(sets: [WatchSet], options: EngineOptions, onEvent: @escaping @Sendable (WatchEvent) -> Void) {
    thread = WatchThread(sets: sets, options: options, onEvent: onEvent)
    thread.start()
  }

  deinit { thread.stop() }

  /// Watches other sets from now on.
  ///
  /// What was read before is reported by the old sets, what is still queued by the new ones; no change is lost.
  /// `.ready` comes again.
  public func update(sets: [WatchSet]) { thread.post(.use(sets, since: SystemClock.fileNanoseconds)) }

  /// Stops watching.
  ///
  /// When it returns, the handler is not called any more; called by the handler itself, that call is the last. Calling
  /// it twice is harmless.
  public func stop() { thread.stop() }

  /// How many times the thread was woken, for tests of its idleness.
  var wakeups: Int { thread.wakeups }

  /// The inotify descriptor, or -1, for tests that ask the kernel.
  var inotify: Int32 { thread.inotify }
}
