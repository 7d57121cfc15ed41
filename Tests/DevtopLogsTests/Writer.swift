import DevtopCore
import DevtopLogs
import Glibc

/// Two threads that write numbered lines of two services, in pieces that cut lines anywhere.
struct Writer: Sendable {
  let isDone: Locked<Bool>
  let finished: Wakeup
  private let remaining = Locked(2)

  init(isDone: Locked<Bool>, finished: Wakeup) {
    self.isDone = isDone
    self.finished = finished
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  func start(_ store: LogStore, lineCount: Int) {
    for service: ServiceID in ["api", "web"] {
      let body = Unmanaged.passRetained(Body { write(store, service, lineCount) })
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
          return nil
        }, body.toOpaque())
      if status == 0 { pthread_detach(thread) } else { body.takeRetainedValue().run() }
    }
  }

  private func write(_ store: LogStore, _ service: ServiceID, _ lineCount: Int) {
    let source = store.source(service)
    var number = 0
    while number < lineCount {
      let end = min(number + 500, lineCount)
      let bytes = Array(
        (number..<end).map { "\($0 % 2 == 0 ? "even" : "odd") \($0) of \(service)\n" }.joined().utf8)
      let middle = bytes.count / 2 + 3
      store.append(Array(bytes[..<middle]), from: source)
      store.append(Array(bytes[middle...]), from: source)
      number = end
    }
    store.finish(source)
    let isLast = remaining.withLock { count in
      count -= 1
      return count == 0
    }
    if isLast {
      isDone.withLock { $0 = true }
      finished.ring()
    }
  }
}
