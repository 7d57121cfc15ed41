import DevtopCore
import NIOCore

/// What the protection of the service has to do with an exchange.
extension Exchange {
  /// A time has passed that it had to wait for.
  func goOn(_ passage: Passage) {
    guard let status = passage.faultStatus, passage.isAdmitted else { return service.dispatch(self) }
    passage.end = .answered(status: status)
    fail(.madeOnPurpose(status))
  }

  /// As many requests as may be are under way.
  func waitForPlace(_ time: Duration) {
    client.wait(until: SystemClock.monotonicNanoseconds + time.inNanoseconds, in: service.holdDeadlines)
  }

  /// Takes note of how the attempt ended, unless more is known already.
  func attemptEnded(_ end: UpstreamEnd) {
    if let passage, passage.end == nil { passage.end = end }
  }

  /// The attempt is over, also when there is another one.
  func leaveProtection() {
    guard let passage else { return }
    let end = passage.end
    passage.end = nil
    passage.isFallback = false
    passage.protection.leave(self, passage, end ?? defaultEnd)
  }

  private var defaultEnd: UpstreamEnd {
    if case .complete = answer { .answered(status: record.status) } else { .clientGone }
  }

  /// How long one attempt may take until it is answered, and the setting that says so.
  func answerTime(_ limits: ProxyLimits) -> (time: Duration, setting: String)? {
    let whole = limits.answerTime.map { ($0, "proxy = { answer_time = … }") }
    guard let retry = passage?.protection.retry?.timeout else { return whole }
    return whole.map { $0.0 <= retry } == true ? whole : (retry, "retry = { timeout = … }")
  }

  /// Sends a request again where that is configured and safe; false: it is given up.
  func tryAgain(after end: UpstreamEnd) -> Bool {
    guard let passage, let retry = passage.protection.retry, !passage.isFallback, kind == .http,
      body.isComplete, !client.isInputClosed
    else { return false }
    let decision = retry.next(
      after: passage.attempt, method: method.name, end: end, progress: hasAnswerBytes ? .answered : .sent,
      isBodyKept: passage.sentBody != nil)
    guard case .retry(let time) = decision else { return false }
    passage.attempt += 1
    attemptEnded(end)
    leaveRun()
    putBack(passage.takeBody())
    passage.wait(until: SystemClock.instant + time, core.isolatedLoop, for: self)
    return true
  }
}
