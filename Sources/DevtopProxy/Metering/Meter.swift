import DevtopCore
import NIOCore

/// Gathers what is to be told and tells it, ten times a second at most and only while there is something.
final class Meter {
  private let loop: NIOIsolatedEventLoop
  private let onEvent: @Sendable (ProxyEvent) -> Void
  private var samples: [RequestSample] = []
  private var changed: [ProxiedService] = []
  private var isScheduled = false
  /// CLOCK_REALTIME less CLOCK_MONOTONIC, in nanoseconds; read anew with each batch.
  private var wallOffset: Int64 = 0
  private var isStopped = false
  /// Requests whose fields were kept in the second that is counted.
  private var fieldBudget = (second: Int64(0), used: 0)

  private static let interval = TimeAmount.milliseconds(100)
  /// Text costs more than all the rest; nobody reads more than these.
  private static let fieldsPerSecond = 500

  init(_ loop: any EventLoop, _ onEvent: @escaping @Sendable (ProxyEvent) -> Void) {
    self.loop = loop.assumeIsolated()
    self.onEvent = onEvent
  }

  /// Nothing is told from here on.
  func stop() { isStopped = true }

  /// At once, behind what was gathered before.
  func tell(_ event: ProxyEvent) {
    guard !isStopped else { return }
    flush()
    onEvent(event)
  }

  func add(_ exchange: Exchange) {
    samples.append(sample(exchange))
    schedule()
  }

  /// Tells of a WebSocket or an event stream that begins; its end is told with `add`.
  func addOpen(_ exchange: Exchange) {
    var sample = sample(exchange)
    sample.isOpen = true
    sample.duration = nil
    sample.sizeInBytes = nil
    samples.append(sample)
    schedule()
  }

  func loadChanged(_ service: ProxiedService) {
    changed.append(service)
    schedule()
  }

  /// Whether the fields of a request that starts now are kept as text.
  func keepsFields(at nanoseconds: Int64) -> Bool {
    let second = nanoseconds / 1_000_000_000
    if fieldBudget.second != second { fieldBudget = (second, 0) }
    fieldBudget.used += 1
    return fieldBudget.used <= Self.fieldsPerSecond
  }

  private func sample(_ exchange: Exchange) -> RequestSample {
    let now = SystemClock.monotonicNanoseconds
    if samples.isEmpty { wallOffset = SystemClock.wallNanoseconds - now }
    return exchange.record.sample(exchange, now, wallOffset: wallOffset)
  }

  private func schedule() {
    guard !isScheduled else { return }
    isScheduled = true
    _ = loop.scheduleTask(in: Self.interval) { [weak self] in
      guard let self, !isStopped else { return }
      isScheduled = false
      flush()
      for service in changed {
        service.isLoadChanged = false
        onEvent(.load(service.id, service.load))
      }
      changed.removeAll(keepingCapacity: true)
    }
  }

  private func flush() {
    guard !samples.isEmpty else { return }
    let batch = samples
    samples = []
    onEvent(.requests(batch))
  }
}
