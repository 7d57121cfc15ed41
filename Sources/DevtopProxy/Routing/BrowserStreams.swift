import DevtopCore
import NIOCore

/// The open pages of a service: what they are told, and the streams over which they hear it.
///
/// It belongs to the service, not to a run: streams outlive every reload.
final class BrowserStreams {
  private(set) var board: BrowserBoard
  private let loop: NIOIsolatedEventLoop
  private var streams: [ObjectIdentifier: Exchange] = [:]
  private var heartbeat: Scheduled<Void>?

  /// More pages than anybody has open; beyond it a page is told to come back later.
  static let limit = 200
  private static let heartbeatInterval = TimeAmount.seconds(15)

  init(session: String, _ loop: NIOIsolatedEventLoop) {
    board = BrowserBoard(session: session, run: 0)
    self.loop = loop
  }

  var isFull: Bool { streams.count >= Self.limit }

  /// Of pages that the run answers.
  func version(of run: RunNumber) -> PageVersion {
    board.version.run == run ? board.version : PageVersion(session: board.version.session, run: run)
  }

  func route(to run: RunNumber) { board.route(to: run) }

  func tell(_ news: BrowserNews) {
    if let message = board.tell(news) { send(message) }
  }

  func add(_ exchange: Exchange) {
    streams[ObjectIdentifier(exchange)] = exchange
    exchange.client.write(ByteBuffer(bytes: board.hello))
    exchange.client.flush()
    scheduleHeartbeat()
  }

  func remove(_ exchange: Exchange) { streams[ObjectIdentifier(exchange)] = nil }

  func closeAll() {
    heartbeat?.cancel()
    heartbeat = nil
    for exchange in Array(streams.values) { exchange.end(.close, reusesConnection: false) }
  }

  /// A page that takes nothing is not waited for: it asks again, and is told then what it should be.
  private func send(_ message: [UInt8]) {
    let bytes = ByteBuffer(bytes: message)
    for exchange in Array(streams.values) {
      guard exchange.client.isWritable else {
        exchange.cancel()
        continue
      }
      exchange.client.write(bytes)
      exchange.client.flush()
    }
  }

  private func scheduleHeartbeat() {
    guard heartbeat == nil else { return }
    heartbeat = loop.scheduleTask(in: Self.heartbeatInterval) { [weak self] in
      guard let self else { return }
      heartbeat = nil
      send(EventStreamText.heartbeat)
      if !streams.isEmpty { scheduleHeartbeat() }
    }
  }
}
