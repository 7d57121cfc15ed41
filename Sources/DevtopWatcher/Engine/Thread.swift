import Glibc

/// POSIX threads that run a closure.
enum Thread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread that has to be joined or detached; nil when the system has no more.
  static func start(stackSize: Int, _ run: @escaping @Sendable () -> Void) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    if result == 0 { return thread }
    body.release()
    return nil
  }

  static func startDetached(stackSize: Int, _ run: @escaping @Sendable () -> Void) {
    if let thread = start(stackSize: stackSize, run) { pthread_detach(thread) }
  }
}
