/// What every role of the screen looks like.
package struct Theme: Equatable, Sendable {
  package var name: String
  /// Whether it is made for a dark background.
  package var isDark: Bool
  private var styles: [TextStyle]
  /// Styles for terminals with 8 or 16 colours, where the theme names them.
  private var styles16: [TextStyle]

  package init(name: String, isDark: Bool) {
    self.name = name
    self.isDark = isDark
    styles = Array(repeating: .plain, count: Token.allCases.count)
    styles16 = styles
  }

  /// The style of a role.
  package subscript(token: Token) -> TextStyle { styles[Int(token.rawValue)] }

  /// Sets the style of a role, at every colour depth.
  package mutating func set(_ token: Token, _ style: TextStyle) {
    styles[Int(token.rawValue)] = style
    styles16[Int(token.rawValue)] = style
  }

  /// Sets the style of a role for terminals with 8 or 16 colours only.
  package mutating func set16(_ token: Token, _ style: TextStyle) { styles16[Int(token.rawValue)] = style }

  /// The same theme with its 16-colour styles in force.
  package var reducedTo16Colors: Theme {
    var theme = self
    theme.styles = styles16
    return theme
  }
}

extension Theme {
  /// A role that panes name; only a theme knows its colours.
  package enum Token: UInt8, CaseIterable, Sendable {
    case text, dim, background, border, borderFocus, title, key, selection, cursor, match, matchCurrent
    case header, status, prompt, menu, scrollbar
    case serviceReady, serviceStarting, serviceWaiting, serviceStopped, serviceFailed, servicePaused
    case service1, service2, service3, service4, service5, service6, service7, service8
    case buildOK, buildRunning, buildError, buildWarning, location
    case logTrace, logDebug, logInfo, logWarn, logError, logFatal, logStderr, logTime, logNew, logMarker
    case http2xx, http3xx, http4xx, http5xx
    case methodGet, methodPost, methodPut, methodDelete
    case graphStart, graphMid, graphEnd

    /// As theme files name it.
    package var name: String {
      switch self {
      case .text: "text"
      case .dim: "dim"
      case .background: "background"
      case .border: "border"
      case .borderFocus: "border.focus"
      case .title: "title"
      case .key: "key"
      case .selection: "selection"
      case .cursor: "cursor"
      case .match: "match"
      case .matchCurrent: "match.current"
      case .header: "header"
      case .status: "status"
      case .prompt: "prompt"
      case .menu: "menu"
      case .scrollbar: "scrollbar"
      case .serviceReady: "service.ready"
      case .serviceStarting: "service.starting"
      case .serviceWaiting: "service.waiting"
      case .serviceStopped: "service.stopped"
      case .serviceFailed: "service.failed"
      case .servicePaused: "service.paused"
      case .service1: "service.1"
      case .service2: "service.2"
      case .service3: "service.3"
      case .service4: "service.4"
      case .service5: "service.5"
      case .service6: "service.6"
      case .service7: "service.7"
      case .service8: "service.8"
      case .buildOK: "build.ok"
      case .buildRunning: "build.running"
      case .buildError: "build.error"
      case .buildWarning: "build.warning"
      case .location: "location"
      case .logTrace: "log.trace"
      case .logDebug: "log.debug"
      case .logInfo: "log.info"
      case .logWarn: "log.warn"
      case .logError: "log.error"
      case .logFatal: "log.fatal"
      case .logStderr: "log.stderr"
      case .logTime: "log.time"
      case .logNew: "log.new"
      case .logMarker: "log.marker"
      case .http2xx: "http.2xx"
      case .http3xx: "http.3xx"
      case .http4xx: "http.4xx"
      case .http5xx: "http.5xx"
      case .methodGet: "method.get"
      case .methodPost: "method.post"
      case .methodPut: "method.put"
      case .methodDelete: "method.delete"
      case .graphStart: "graph.start"
      case .graphMid: "graph.mid"
      case .graphEnd: "graph.end"
      }
    }

    /// The colour that tells services apart, by the service's place in the configuration.
    package static func service(at index: Int) -> Token {
      let all: [Token] = [
        .service1, .service2, .service3, .service4, .service5, .service6, .service7, .service8,
      ]
      return all[index % all.count]
    }

    package static func level(_ level: LogLevel) -> Token {
      switch level {
      case .trace: .logTrace
      case .debug: .logDebug
      case .info: .logInfo
      case .warn: .logWarn
      case .error: .logError
      case .fatal: .logFatal
      }
    }
  }
}
