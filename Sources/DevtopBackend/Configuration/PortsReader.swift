internal import DevtopCore

/// Reads how a service comes to its ports, how its runs replace one another, and what the proxy does for it.
struct PortsReader {
  /// Absolute; what a fallback file is relative to.
  let directory: String
  let findings: ConfigurationFindings

  func read(_ reader: inout TableReader, into service: inout ServiceSpec) {
    readPorts(&reader, into: &service.ports)
    readReload(&reader, into: &service.reload)
    readProxy(&reader, into: &service.proxy)
    ProtectionReader(directory: directory, findings: findings).read(
      &reader, into: &service.proxy.protection)
  }

  private func readPorts(_ reader: inout TableReader, into ports: inout PortSpec) {
    let variable = reader.string("port_variable", expected: "the name of a variable such as \"PORT\"")
    let modes = ["takeover", "env", "handoff", "off"]
    switch reader.choice("ports", among: modes) {
    case "env": ports.mode = .environment(variable: "PORT")
    case "handoff": ports.mode = .handoff
    case "off": ports.mode = .off
    default: break
    }
    if let variable {
      if !EnvironmentName.isValid(variable.text) {
        findings.problem(
          "\(reader.name(of: "port_variable")): this is no name of an environment variable",
          at: variable.place)
      } else if case .environment = ports.mode {
        ports.mode = .environment(variable: variable.text)
      } else {
        findings.problem(
          "\(reader.name(of: "port_variable")) needs ports = \"env\"", at: variable.place)
      }
    }
    ports.port = reader.port("port")
    if case .handoff = ports.mode, ports.port == nil, let entry = reader.table["ports"] {
      findings.problem(
        "\(reader.name(of: "ports")): \"handoff\" needs the port that devtop listens on: write port = 8080",
        at: entry.value.place)
    }
    ports.allowsRemote = reader.choice("remote", among: ["allow", "deny"]) != "deny"
  }

  private func readReload(_ reader: inout TableReader, into reload: inout ReloadSpec) {
    if let text = reader.string("reload", expected: "\"swap\", \"hold\", \"signal:USR1\" or \"none\"") {
      reload.strategy = strategy(text.text, key: reader.name(of: "reload"), at: text.place)
    }
    reload.drain = reader.duration("drain") ?? reload.drain
    guard let entry = reader.table["hold"] else { return }
    guard case .table(let table) = entry.value.content else {
      reload.hold.time = reader.duration("hold") ?? reload.hold.time
      return
    }
    _ = reader.take("hold")
    var hold = TableReader(table, path: reader.name(of: "hold"), findings: findings)
    reload.hold.time = hold.duration("time") ?? reload.hold.time
    reload.hold.requests = hold.count("requests") ?? reload.hold.requests
    reload.hold.bodiesInBytes = hold.size("bodies") ?? reload.hold.bodiesInBytes
    hold.finish()
  }

  private func strategy(_ text: String, key: String, at place: TomlPlace) -> ReloadStrategy? {
    switch text {
    case "swap": return .swap
    case "hold": return .hold
    case "none": return ReloadStrategy.none
    default: break
    }
    if text.hasPrefix("signal:") {
      let name = String(text.dropFirst("signal:".count))
      if let number = SignalName.number(name) { return .signal(number) }
      let written = ConfigurationText.quoted(ConfigurationText.shortened(name))
      findings.problem(
        "\(key): there is no signal \(written)\(NearestName.hint(name, among: SignalName.all))", at: place)
      return nil
    }
    let written = ConfigurationText.quoted(ConfigurationText.shortened(text))
    let names = ["swap", "hold", "none", "signal:USR1", "signal:HUP"]
    findings.problem(
      "\(key): \(written) is not a value of it\(NearestName.hint(text, among: names))", at: place)
    return nil
  }

  private func readProxy(_ reader: inout TableReader, into proxy: inout ProxySpec) {
    proxy.reloadsBrowsers = reader.boolean("live_reload") ?? true
    proxy.keepsCacheHeaders = reader.choice("cache", among: ["refresh", "keep"]) == "keep"
    proxy.captureInBytes = reader.size("capture") ?? 0
    guard let table = reader.subtable("proxy") else { return }
    var limits = TableReader(table, path: reader.name(of: "proxy"), findings: findings)
    proxy.limits.requestLineInBytes = limits.size("request_line") ?? proxy.limits.requestLineInBytes
    proxy.limits.headInBytes = limits.size("head") ?? proxy.limits.headInBytes
    proxy.limits.fields = limits.count("fields") ?? proxy.limits.fields
    proxy.limits.bodyInBytes = limits.size("body")
    proxy.limits.headTime = limits.duration("head_time") ?? proxy.limits.headTime
    proxy.limits.bodyTime = limits.duration("body_time") ?? proxy.limits.bodyTime
    proxy.limits.idleTime = limits.duration("idle_time") ?? proxy.limits.idleTime
    proxy.limits.answerTime = limits.duration("answer_time")
    limits.finish()
  }
}

/// Names of environment variables.
enum EnvironmentName {
  /// Letters, digits and `_`, not beginning with a digit (POSIX.1-2017, XBD 8.1).
  static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
