/// A row of the Build pane that can be selected.
package enum BuildRow: Equatable, Sendable {
  case portHeld(ServiceID, PortHolder)
  case crash(ServiceID, Diagnostic)
  case diagnostic(ServiceID, Diagnostic)
  case notice(Notice)

  package var diagnostic: Diagnostic? {
    switch self {
    case .crash(_, let diagnostic), .diagnostic(_, let diagnostic): diagnostic
    case .portHeld, .notice: nil
    }
  }

  package var isError: Bool {
    switch self {
    case .portHeld, .crash: true
    case .diagnostic(_, let diagnostic): diagnostic.severity == .error
    case .notice(let notice): notice.isError
    }
  }

  package var service: ServiceID? {
    switch self {
    case .portHeld(let id, _), .crash(let id, _), .diagnostic(let id, _): id
    case .notice: nil
    }
  }
}

extension AppState {
  /// The rows of the Build pane, gravest first: held ports, crashes, errors, warnings, notices.
  package var buildRows: [BuildRow] {
    let shown = services.filter { screen.service == nil || $0.id == screen.service }
    var rows: [BuildRow] = []
    for service in shown {
      if let holder = service.portHolder { rows.append(.portHeld(service.id, holder)) }
    }
    for service in shown {
      if let crash = service.crash { rows.append(.crash(service.id, crash)) }
    }
    for severity in [Diagnostic.Severity.error, .warning, .note] {
      for service in shown {
        for diagnostic in service.diagnostics
        where diagnostic.severity == severity && !screen.build.dismissed.contains(diagnostic) {
          rows.append(.diagnostic(service.id, diagnostic))
        }
      }
    }
    return rows + notices.map(BuildRow.notice)
  }
}
