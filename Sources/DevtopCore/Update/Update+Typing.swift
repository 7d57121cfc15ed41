/// Typing into a service's terminal: debuggers, prompts, `rs`.
extension AppState {
  /// The key that gives the keyboard back, as telnet(1) has it: no program needs it.
  package static let leavingKey = Key.control("]")

  /// Gives the keyboard to the terminal of the service in focus.
  mutating func beginTyping() -> [Effect] {
    guard let index = typingTarget else {
      return say("choose the service to type into\(hint(.nextService, "shows the next one"))")
    }
    let service = services[index]
    guard let run = service.process.run, service.process.pid != nil else {
      return say("\(service.id) does not run\(hint(.start, "starts it"))")
    }
    guard service.spec.usesTerminal else {
      return say("\(service.id) has no terminal; take tty = false out of [service.\(service.id)]")
    }
    screen.overlay = nil
    screen.prompt = nil
    screen.typing = Typing(service: service.id, run: run, focus: screen.focus, wasZoomed: screen.isZoomed)
    screen.focus = .logs
    screen.isZoomed = true
    return [.holdTerminal(service.id, run, isHeld: true)]
  }

  private var typingTarget: Int? {
    let able = targets.filter { services[$0].process.pid != nil && services[$0].spec.usesTerminal }
    return able.count == 1 ? able[0] : targets.count == 1 ? targets[0] : nil
  }

  mutating func typed(_ input: TerminalInput, _ typing: Typing) -> [Effect] {
    if input == .key(Self.leavingKey) { return endTyping() }
    return [.type(typing.service, typing.run, input)]
  }

  mutating func endTyping() -> [Effect] {
    guard let typing = screen.typing else { return [] }
    screen.typing = nil
    screen.focus = typing.focus
    screen.isZoomed = typing.wasZoomed
    return [.holdTerminal(typing.service, typing.run, isHeld: false)]
  }

  /// Takes the keyboard back when the run has ended or another takes its place.
  mutating func endTypingIntoEnded() -> [Effect] {
    guard let typing = screen.typing else { return [] }
    let service = self[typing.service]
    if service?.process.run == typing.run, service?.process.pid != nil { return [] }
    // The next run may start while it goes on.
    if service?.older.contains(where: { $0.run == typing.run }) == true { return [] }
    return endTyping() + say("\(typing.service) #\(typing.run) has ended: the keyboard is devtop's again")
  }
}
