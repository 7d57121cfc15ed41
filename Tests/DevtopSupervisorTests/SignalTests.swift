import DevtopSupervisor
import Testing

@Suite struct SignalNames {
  @Test(arguments: ["TERM", "SIGTERM", "term", "15"])
  func `a signal has many names`(name: String) { #expect(Signal(name: name) == .terminate) }

  @Test(arguments: ["", "SIG", "NOPE", "0", "65", "-1", "RTMIN+99", "RTMAX+1", "RTMINX", "RTMIN+9999999999"])
  func `other texts are none`(name: String) { #expect(Signal(name: name) == nil) }

  @Test func `every number has a name that leads back to it`() {
    for number in Int32(1)...64 where number != 32 && number != 33 {
      let signal = Signal(rawValue: number)
      #expect(Signal(name: signal.description) == signal, "\(signal)")
    }
    #expect(Signal(rawValue: 34).description == "SIGRTMIN")
    #expect(Signal(rawValue: 64).description == "SIGRTMAX")
    #expect(Signal(rawValue: 32).description == "signal 32")
  }

  @Test func `a status reads as people say it`() {
    #expect(DevtopSupervisor.ExitStatus.code(2).description == "exit 2")
    #expect(
      DevtopSupervisor.ExitStatus.signal(Signal(rawValue: 11), coreDumped: true).description
        == "SIGSEGV (core dumped)")
  }
}
