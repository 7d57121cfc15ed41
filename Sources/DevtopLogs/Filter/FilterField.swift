/// The fields of log lines that filters know.
enum FilterField: String, CaseIterable {
  case service = "svc"
  case level
  case run
  case stream
  case source = "src"
  case request = "req"
  case time = "t"
  case presence = "has"
  case state = "is"
  case near

  /// A value that shows how the field is used.
  var example: String {
    switch self {
    case .service: "svc:api,web"
    case .level: "level:>=warn"
    case .run: "run:last"
    case .stream: "stream:err"
    case .source: "src:build"
    case .request: "req:9f3a"
    case .time: "t:-5m"
    case .presence: "has:user.id"
    case .state: "is:new"
    case .near: "near:3"
    }
  }
}

/// The word out of a few that somebody meant who mistyped it.
enum NearestWord {
  /// The first word from which `word` is at most one typing error away.
  ///
  /// That is a letter too many, missing or wrong, or two that changed places; case does not count.
  static func near(to word: String, in words: [String]) -> String? {
    let typed = Array(word.lowercased().utf8)
    return words.first { isOneErrorApart(typed[...], Array($0.utf8)[...]) }
  }

  private static func isOneErrorApart(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    let common = zip(left, right).prefix { $0 == $1 }.count
    let left = left.dropFirst(common)
    let right = right.dropFirst(common)
    if left.dropFirst() == right || left == right.dropFirst() || left.dropFirst() == right.dropFirst() {
      return true
    }
    return left.prefix(2).reversed() == Array(right.prefix(2)) && left.dropFirst(2) == right.dropFirst(2)
  }
}
