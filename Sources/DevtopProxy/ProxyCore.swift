import DevtopCore
import Glibc
import NIOCore
import NIOPosix

/// Everything of the proxy that lives on its thread.
final class ProxyCore {
  let loop: any EventLoop
  let isolatedLoop: NIOIsolatedEventLoop
  let meter: Meter
  private var services: [ServiceID: ProxiedService] = [:]
  private var listeners: [Listener] = []
  private var remoteDenied: Set<ServiceID> = []
  /// Names that browsers may use for devtop's own paths.
  private(set) var hosts: [String] = []
  /// Of pages: other hexadecimal digits in each devtop.
  let session: String
  var random = SystemRandomNumberGenerator()

  // Storage that is used again for each head.
  var requestHead = RequestHead()
  var answerHead = AnswerHead()
  private var spareBuffers: [ByteBuffer] = []
  private var requestID: RequestID

  /// Clients that say nothing yet.
  let freshDeadlines: DeadlineList
  let lingerDeadlines: DeadlineList
  let poolDeadlines: DeadlineList

  /// How long a client may be silent before the service is asked whether it speaks first.
  static let silence: Int64 = 50_000_000
  /// Small for the many idle connections, large for bodies; sizes in between are found by use.
  static var receiveSizes: any RecvByteBufferAllocator {
    AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 2 << 10, maximum: 256 << 10)
  }

  init(_ loop: any EventLoop, _ onEvent: @escaping @Sendable (ProxyEvent) -> Void) {
    self.loop = loop
    isolatedLoop = loop.assumeIsolated()
    meter = Meter(loop, onEvent)
    session = String(random.next() as UInt32, radix: 16)
    freshDeadlines = DeadlineList(loop)
    lingerDeadlines = DeadlineList(loop)
    poolDeadlines = DeadlineList(loop)
    requestID = RequestID(
      prefix: UInt32(truncatingIfNeeded: SystemClock.wallNanoseconds >> 16 ^ Int64(getpid()) << 8), number: 0)
  }

  func perform(_ command: ProxyCommand) {
    switch command {
    case .configure(let specs, let hosts, let remoteDenied):
      self.hosts = hosts
      self.remoteDenied = remoteDenied
      for (id, spec) in specs { service(id).spec = spec }
    case .listen(let descriptor, let address, let id): listen(descriptor, address, id)
    case .stopListening(let address, let id): stopListening(address, id)
    case .route(let id, let run, let upstreams): service(id).route(to: run, upstreams)
    case .hold(let id, let limits): service(id).hold(limits)
    case .refuse(let id): service(id).refuse()
    case .drain(let id, let run, let time, let isBeforeStop):
      service(id).drain(run, within: time, isBeforeStop: isBeforeStop)
    case .tellBrowsers(let id, let news): service(id).tellBrowsers(news)
    case .setFault(let id, let isOn): service(id).isFaultOn = isOn
    case .replay(let sample): replay(sample)
    }
  }

  func shutdown() {
    meter.stop()
    for listener in listeners { listener.close() }
    listeners = []
    for service in services.values { service.shutdown() }
  }

  private func service(_ id: ServiceID) -> ProxiedService {
    if let service = services[id] { return service }
    let service = ProxiedService(id, self)
    services[id] = service
    return service
  }

  /// Who may ask for devtop's own paths; the machine's addresses come and go.
  var ownHosts: OwnHosts { OwnHosts(addresses: OwnHosts.machineAddresses, names: hosts) }

  // MARK: Listeners

  private func listen(_ descriptor: Int32, _ address: SocketAddress, _ id: ServiceID) {
    removeListener(address, id)
    let listener = Listener(service(id), address)
    listeners.append(listener)
    listener.listen(descriptor)
  }

  private func stopListening(_ address: SocketAddress, _ id: ServiceID) {
    removeListener(address, id)
    services[id]?.closeClients(of: address)
    if !listeners.contains(where: { $0.service.id == id }) { services[id]?.lostListeners() }
  }

  private func removeListener(_ address: SocketAddress, _ id: ServiceID) {
    guard let index = listeners.firstIndex(where: { $0.address == address && $0.service.id == id }) else {
      return
    }
    listeners.remove(at: index).close()
  }

  /// A descriptor is free: whoever waits for one may go on.
  func connectionClosed() {
    for listener in listeners { listener.resume() }
  }

  /// Closes a socket that nobody will listen on.
  static func discard(_ descriptor: Int32) { Glibc.close(descriptor) }

  // MARK: Clients

  /// Numeric, IPv4 also where it came over an IPv6 socket.
  func numericAddress(_ address: NIOCore.SocketAddress?) -> String {
    let text = address?.ipAddress ?? ""
    return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
  }

  /// Who is let in, and the one warning about those from elsewhere.
  func admits(_ client: ClientConnection, _ channel: any Channel) -> Bool {
    let peer = client.peer
    if peer.hasPrefix("127.") || peer == "::1" || peer == numericAddress(channel.localAddress) { return true }
    let service = client.service
    guard !remoteDenied.contains(service.id) else { return false }
    if !service.hasWarnedOfRemote {
      service.hasWarnedOfRemote = true
      meter.tell(
        .warning(
          """
          \(service.id) is reached from another machine (\(peer)) and sees every client as one of this machine; \
          set remote = "deny" to keep others out.
          """))
    }
    return true
  }

  // MARK: Storage

  func nextRequestID() -> RequestID {
    requestID.number += 1
    return requestID
  }

  /// An empty buffer for a head; its storage is that of an earlier one where possible.
  func takeBuffer() -> ByteBuffer {
    guard var buffer = spareBuffers.popLast() else { return ByteBufferAllocator().buffer(capacity: 1 << 10) }
    buffer.clear(minimumCapacity: 1 << 10)
    return buffer
  }

  func giveBack(_ buffer: inout ByteBuffer) {
    guard spareBuffers.count < 16, 1..<(64 << 10) ~= buffer.capacity else { return }
    spareBuffers.append(buffer)
    buffer = ByteBuffer()
  }

  // MARK: Replay

  private func replay(_ sample: RequestSample) {
    guard let listener = listeners.first(where: { $0.service.id == sample.service }),
      let address = listener.localAddress
    else { return meter.tell(.warning("Cannot send the request again: \(sample.service) does not listen.")) }
    guard let request = Replay.request(for: sample, host: listener.address.description) else {
      return meter.tell(.warning("Cannot send \(sample.method) \(sample.path) again: its body was not kept."))
    }
    Replay.send(request, to: address, on: loop)
  }
}
