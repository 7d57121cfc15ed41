import DevtopCore
import NIOCore
import NIOPosix

/// A listening socket of a service.
final class Listener {
  let service: ProxiedService
  let address: SocketAddress
  private var channel: (any Channel)?
  private var pause: AcceptPause?
  private var isClosed = false

  init(_ service: ProxiedService, _ address: SocketAddress) {
    self.service = service
    self.address = address
  }

  /// Where clients reach it; nil while it does not listen.
  var localAddress: NIOCore.SocketAddress? { channel?.localAddress }

  /// The socket is owned from here on, also when nothing comes of it.
  func listen(_ descriptor: Int32) {
    let core = service.core
    let pause = AcceptPause()
    self.pause = pause
    let bound = NIOLoopBound((self, pause), eventLoop: core.loop)
    ServerBootstrap(group: core.loop)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(bound.value.1)
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.recvAllocator, value: ProxyCore.receiveSizes)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let listener = bound.value.0
          let client = ClientConnection(listener.service.core, listener.service, listener.address)
          try channel.pipeline.syncOperations.addHandler(client)
        }
      }
      .withBoundSocket(descriptor)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let channel):
          self.channel = channel
          if self.isClosed { channel.close(promise: nil) }
        case .failure(let error):
          core.meter.tell(
            .warning("Cannot listen on \(self.address) for \(self.service.id): \(error)."))
        }
      }
  }

  func close() {
    isClosed = true
    channel?.close(promise: nil)
    channel = nil
  }

  /// A connection is closed: there is a descriptor again.
  func resume() { pause?.resume() }
}
