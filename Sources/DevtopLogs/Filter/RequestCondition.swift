import DevtopCore

/// What a filter asks of a request beside its text, service and run.
enum RequestCondition: Equatable, Sendable {
  /// In capitals.
  case method([String])
  case path([Glob])
  case route([Glob])
  case host([Glob])
  case status([ClosedRange<Int64>])
  /// In nanoseconds.
  case duration([ClosedRange<Int64>])
  /// In bytes.
  case size([ClosedRange<Int64>])
  case kind(RequestSample.Kind)
}

/// The fields of requests that filters know.
enum RequestField: String, CaseIterable {
  case method, path, route, status
  case duration = "dur"
  case size, host, run
  case service = "svc"
  case request = "req"

  /// A value that shows how the field is used.
  var example: String {
    switch self {
    case .method: "method:POST"
    case .path: "path:/api/*"
    case .route: "route:/orders/:id"
    case .status: "status:5xx"
    case .duration: "dur:>100ms"
    case .size: "size:>10k"
    case .host: "host:app.test"
    case .run: "run:last"
    case .service: "svc:api,web"
    case .request: "req:9f3a"
    }
  }
}
