import DevtopCore
import NIOCore

/// Requests for devtop itself: they reach no service and are counted for none.
extension ClientConnection {
  /// The exchange for the head in `core.requestHead`, and what answers it; nil for all that is the service's.
  func ownExchange(_ bytes: ByteBuffer) -> (Exchange, OwnPaths.Route)? {
    let core = core
    let target = bytes.withUnsafeReadableBytes { raw -> String? in
      let target = raw.slice(core.requestHead.targetRange)
      return OwnPaths.mayLead(target) ? String(decoding: target, as: UTF8.self) : nil
    }
    guard let target else { return nil }
    let method = bytes.withUnsafeReadableBytes {
      String(decoding: $0.slice(core.requestHead.methodRange), as: UTF8.self)
    }
    let route = OwnPaths.route(
      method: method, target: target, fields: core.requestHead.fields.strings(bytes), hosts: core.ownHosts)
    guard route != .none else { return nil }
    let exchange = Exchange(.http, self, startedAt: headStartedAt)
    exchange.isOwn = true
    exchange.method = core.requestHead.method
    exchange.isVersion10 = core.requestHead.isVersion10
    exchange.keepsClient = core.requestHead.keepsAlive
    exchange.body = MessageBody(core.requestHead.framing, isStrict: true)
    return (exchange, route)
  }

  /// Answers a request for devtop itself, of whose body the first bytes were looked at.
  func answerOwn(_ exchange: Exchange, _ route: OwnPaths.Route) {
    switch route {
    case .none: break
    case .answer(let answer): exchange.give(answer, closes: false)
    case .events(let head):
      guard service.spec.reloadsBrowsers else { return exchange.fail(.noEvents) }
      guard !service.browsers.isFull else { return exchange.fail(.tooManyPages) }
      exchange.stream(head)
    }
  }
}
