import DevtopCore
import NIOCore

/// What of a request and its answer is changed for live reload, and so that no kept copy hides a change.
extension Exchange {
  /// The request's head as a run gets it.
  func pageHead(for run: RunNumber) -> ByteBuffer {
    guard let page, let sent = SentHead(head) else { return head }
    // Of the upstream that stands in for the service, which has no version.
    page.version = nil
    guard passage?.isFallback != true else { return head }
    let version = service.browsers.version(of: run)
    page.version = version
    let edit = InjectionPolicy.requestEdit(
      sent.fields.strings(head), isNavigation: page.isNavigation, version: version)
    guard !edit.isEmpty else { return head }
    var buffer = ByteBuffer()
    buffer.reserveCapacity(head.readableBytes + 64)
    head.withUnsafeReadableBytes { HeadWriter.write(sent, $0, edit, into: &buffer) }
    return buffer
  }

  /// What changes in the head that is in `core.answerHead`; nil for most.
  func answerEdit(_ bytes: ByteBuffer) -> HeadEdit? {
    let core = core
    let status = core.answerHead.status
    let isPage = page?.isNavigation == true && core.answerHead.hints.needsDecision(status: status)
    let isKept =
      (method == .get || method == .head) && !service.spec.keepsCacheHeaders
      && core.answerHead.hints.needsCacheEdit(status: status)
    guard isPage || isKept else { return nil }
    let fields = core.answerHead.fields.strings(bytes)
    var edit = HeadEdit()
    if isKept { edit = CacheHeaders.edit(fields, method: method.name, status: status) }
    if isPage, let page, let version = page.version {
      edit.merge(pageEdit(fields, status: status, page, version))
    }
    return edit.isEmpty ? nil : edit
  }

  private func pageEdit(
    _ fields: [HeaderField], status: Int, _ page: PageExchange, _ version: PageVersion
  ) -> HeadEdit {
    switch InjectionPolicy.decision(status: status, fields: fields, host: page.host) {
    case .leave: return HeadEdit()
    case .forbidden(let sentence):
      service.warnOfPolicy(sentence)
      return HeadEdit()
    case .revive: return InjectionPolicy.answerEdit(fields, version: version, framing: nil)
    case .inject(let nonce):
      let framing: InjectedBody.Framing = isVersion10 ? .plain : .chunked
      page.body = InjectedBody(
        tag: version.scriptTag(nonce: nonce), from: answerBody.isChunked ? .chunked : .plain, to: framing)
      return InjectionPolicy.answerEdit(fields, version: version, framing: framing)
    }
  }

  /// Passes on what came of the answer's body.
  func passBody(_ piece: ByteBuffer) {
    guard let page, page.body != nil else { return client.write(piece) }
    if let bytes = page.body?.add(piece), bytes.readableBytes > 0 { client.write(bytes) }
  }

  /// The page is complete: what the script still needs of it.
  func endPage() {
    if let bytes = page?.body?.end(), bytes.readableBytes > 0 { client.write(bytes) }
    page?.body = nil
  }
}
