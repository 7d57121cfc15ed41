import DevtopCore

/// A filter as a tree.
indirect enum FilterNode: Equatable, Sendable {
  case and([FilterNode])
  case or([FilterNode])
  case not(FilterNode)
  /// The line's text.
  case text(TextPattern)
  case service([TextMatch])
  case level(LevelSet)
  case run([RunMatch])
  case stream(Set<LogStream>)
  /// Milliseconds since 1970.
  case time(ClosedRange<Int64>)
  /// A field of a structured line that meets one of the conditions.
  case field(FieldPath, [FieldCondition])
  /// What it says was said in no earlier run of its service.
  case isNew
  /// Of requests, not of lines.
  case request(RequestCondition)

  enum TextMatch: Equatable, Sendable {
    case exactly(String)
    case pattern(TextPattern)
  }

  enum RunMatch: Equatable, Sendable {
    case numbers(ClosedRange<RunNumber>)
    /// The newest run of the line's service.
    case last
  }

  /// A set of levels; lines that name none are in no set.
  struct LevelSet: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ level: LogLevel) { rawValue = 1 << level.rawValue }
    init(_ levels: some Sequence<LogLevel>) {
      rawValue = levels.reduce(0) { $0 | 1 << $1.rawValue }
    }

    static let all = LevelSet(LogLevel.allCases)

    static func atLeast(_ level: LogLevel) -> LevelSet { LevelSet(LogLevel.allCases.filter { $0 >= level }) }
  }

  /// Whether the answer for a line changes when its service starts another run.
  var dependsOnNewestRun: Bool {
    switch self {
    case .and(let children), .or(let children): children.contains(where: \.dependsOnNewestRun)
    case .not(let child): child.dependsOnNewestRun
    case .run(let matches): matches.contains(.last)
    case .text, .service, .level, .stream, .time, .field, .isNew, .request: false
    }
  }

  /// Whether the answer may be another for a line that differs in its time alone.
  var dependsOnTime: Bool {
    switch self {
    case .and(let children), .or(let children): children.contains(where: \.dependsOnTime)
    case .not(let child): child.dependsOnTime
    case .text, .time, .field: true
    case .service, .level, .run, .stream, .isNew, .request: false
    }
  }

  /// Rises with the work a line costs: cheap conditions are asked first.
  var cost: Int {
    switch self {
    case .service, .run, .stream, .time, .request: 0
    case .text(let pattern): pattern.isLiteral ? 1 : 3
    case .field: 2
    case .level: 4
    case .isNew: 5
    case .not(let child): child.cost
    case .and(let children): children.map(\.cost).min() ?? 0
    case .or(let children): children.map(\.cost).max() ?? 0
    }
  }
}
