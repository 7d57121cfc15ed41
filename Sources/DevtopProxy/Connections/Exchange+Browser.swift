import DevtopCore
import NIOCore

/// What browsers get of devtop: streams of events, pages with the script, and a page where nobody answers.
extension Exchange {
  var isStreaming: Bool { if case .streaming = phase { true } else { false } }

  /// Tells a page what happens, for as long as it stays open.
  func stream(_ head: OwnAnswer) {
    phase = .streaming
    answer = .body
    keepsClient = false
    var buffer = core.takeBuffer()
    head.write(into: &buffer, .close)
    client.write(buffer)
    core.giveBack(&buffer)
    service.browsers.add(self)
  }

  /// Where a service does not answer: a page with what is wrong, or what the request accepts.
  func answer(for local: LocalAnswer) -> OwnAnswer {
    guard let name = local.service else { return local.answer(to: method) }
    let isReloaded = local.status == 503 && service.spec.reloadsBrowsers
    var error = ErrorAnswer(
      status: local.status, title: local.text, service: "\(name)", problem: service.browsers.board.problem,
      version: isReloaded ? service.browsers.board.version : nil)
    error.retryAfter = local.retryAfter
    let fields = SentHead(head)?.fields.strings(head) ?? []
    return error.answer(
      method: method == .other ? record.method : method.name, fields: fields, using: &core.random)
  }
}
