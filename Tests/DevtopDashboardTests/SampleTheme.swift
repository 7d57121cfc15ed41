import DevtopCore

extension Theme {
  /// ANSI colours for a look at the screen, and styles that tests can tell apart.
  static let sample: Theme = {
    var theme = Theme(name: "sample", isDark: true)
    func style(_ token: Token, _ color: UInt8?, _ attributes: TextAttributes = []) {
      theme.set(token, TextStyle(foreground: color.map(Color.ansi) ?? .default, attributes: attributes))
    }
    for token in [Token.dim, .border, .logTime, .logMarker, .logTrace, .logDebug, .menu, .serviceStopped] {
      style(token, 8)
    }
    for token in [Token.serviceReady, .buildOK, .http2xx, .methodGet] { style(token, 2) }
    for token in [Token.buildError, .serviceFailed, .logError, .http5xx, .methodDelete] {
      style(token, 1, .bold)
    }
    for token in [Token.buildWarning, .logWarn, .http4xx, .serviceStarting, .serviceWaiting, .servicePaused] {
      style(token, 3)
    }
    for token in [Token.location, .prompt, .key, .http3xx, .methodPost, .graphMid] { style(token, 6) }
    for token in [Token.borderFocus, .cursor] { style(token, 4, .bold) }
    style(.title, nil, .bold)
    style(.selection, nil, .reverse)
    style(.match, 3, .reverse)
    style(.matchCurrent, 3, [.reverse, .bold])
    for (index, token) in [Token.service1, .service2, .service3, .service4].enumerated() {
      style(token, UInt8([6, 5, 3, 2][index]))
    }
    return theme
  }()
}
