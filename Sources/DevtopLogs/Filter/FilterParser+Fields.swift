import DevtopCore

extension FilterParser {
  /// The value of a field; `index` is behind the colon.
  ///
  /// - Throws: `FilterError` with the column.
  mutating func fieldTerm(_ field: FilterField) throws(FilterError) -> FilterNode {
    try requireValue(field.rawValue, example: field.example)
    switch field {
    case .service: return try services()
    case .level:
      let sets = try values { parser, start throws(FilterError) in
        try parser.levels(parser.bareWord(stoppingAt: [","]), at: start)
      }
      return .level(sets.reduce(into: []) { $0.formUnion($1) })
    case .run: return try runs()
    case .request: return try requestIDs()
    case .time: return try times()
    case .presence: return try presence()
    case .near: return try near()
    case .state:
      let start = index
      let word = bareWord(stoppingAt: [","])
      guard word.lowercased() == "new" else { throw unknown(word, field, ["new"], at: start) }
      return .isNew
    case .stream:
      return .stream(
        Set(
          try values { parser, start throws(FilterError) in
            let word = parser.bareWord(stoppingAt: [","])
            guard let stream = LogStream.allCases.first(where: { $0.name == word.lowercased() }) else {
              throw parser.unknown(word, field, LogStream.allCases.map(\.name), at: start)
            }
            return stream
          }))
    case .source:
      let sets = try values { parser, start throws(FilterError) in
        let word = parser.bareWord(stoppingAt: [","])
        guard let streams = Self.sources[word.lowercased()] else {
          throw parser.unknown(word, field, Self.sources.keys.sorted(), at: start)
        }
        return streams
      }
      return .stream(sets.reduce(into: []) { $0.formUnion($1) })
    }
  }

  func requireValue(_ name: String, example: String) throws(FilterError) {
    guard let next = peek, !next.isWhitespace, next != "|", next != ")" else {
      throw error("Write a value, for example \(example). \(name): has none.", index)
    }
  }

  mutating func services() throws(FilterError) -> FilterNode {
    .service(
      try values(barContinues: false) { parser, _ throws(FilterError) in try parser.serviceMatch() })
  }

  mutating func runs() throws(FilterError) -> FilterNode {
    .run(
      try values { parser, start throws(FilterError) in
        try parser.runs(parser.bareWord(stoppingAt: [","]), at: start)
      })
  }

  /// Text that has the id as it is.
  mutating func requestIDs() throws(FilterError) -> FilterNode {
    let patterns = try values { parser, start throws(FilterError) in
      let word = parser.peek == "\"" ? try parser.quoted() : parser.bareWord(stoppingAt: [","])
      guard !word.isEmpty, let pattern = try? TextPattern(literal: word, isCaseless: false) else {
        throw parser.error("Write a request's id here: it is missing.", start)
      }
      return FilterNode.text(pattern)
    }
    return patterns.count == 1 ? patterns[0] : .or(patterns)
  }

  private static let sources: [String: Set<LogStream>] = [
    "build": [.build], "run": [.terminal, .output, .error], "watch": [.marker],
  ]

  /// Values with commas between them; a `|` without spaces goes on too when a value of the field follows
  /// (`src:build|run`).
  ///
  /// Without `barContinues` any text is a value, so that what follows a `|` is another term.
  mutating func values<Value>(
    barContinues: Bool = true, _ read: (inout FilterParser, Int) throws(FilterError) -> Value
  ) throws(FilterError) -> [Value] {
    var values = [try read(&self, index)]
    while let next = peek, next == "," || next == "|" {
      let separator = index
      index += 1
      if next == "," {
        values.append(try read(&self, index))
        continue
      }
      guard barContinues, let following = peek, !following.isWhitespace, !isField,
        let value = try? read(&self, index), peek != ":"
      else {
        index = separator
        break
      }
      values.append(value)
    }
    return values
  }

  private mutating func serviceMatch() throws(FilterError) -> FilterNode.TextMatch {
    let start = index
    switch peek {
    case "/": return .pattern(try regex(stoppingAt: [","]))
    case "\"": return .exactly(try quoted())
    default:
      let name = bareWord(stoppingAt: [","])
      if name.isEmpty { throw error("Write a service's name here: it is missing.", start) }
      return .exactly(name)
    }
  }

  private func levels(_ word: String, at start: Int) throws(FilterError) -> FilterNode.LevelSet {
    for (prefix, keeps) in Self.comparisons where word.hasPrefix(prefix) {
      let bound = try level(String(word.dropFirst(prefix.count)), at: start + prefix.count)
      return FilterNode.LevelSet(LogLevel.allCases.filter { keeps($0, bound) })
    }
    if let dots = word.offsetOfDots {
      let upper = dots + 2
      let low = dots == 0 ? .trace : try level(String(word.prefix(dots)), at: start)
      let rest = String(word.dropFirst(upper))
      let high = rest.isEmpty ? .fatal : try level(rest, at: start + upper)
      guard low <= high else {
        throw error(
          "Write the lower level first: level:\(high.name)..\(low.name). The range is empty.", start)
      }
      return FilterNode.LevelSet(LogLevel.allCases.filter { $0 >= low && $0 <= high })
    }
    return FilterNode.LevelSet(try level(word, at: start))
  }

  private static let comparisons: [(String, @Sendable (LogLevel, LogLevel) -> Bool)] = [
    (">=", { $0 >= $1 }), ("<=", { $0 <= $1 }), (">", { $0 > $1 }), ("<", { $0 < $1 }), ("=", { $0 == $1 }),
  ]

  private func level(_ word: String, at start: Int) throws(FilterError) -> LogLevel {
    let known = Array(word.lowercased().utf8).withUnsafeBufferPointer { LevelWord.level($0) }
    guard let known else { throw unknown(word, .level, LogLevel.allCases.map(\.name), at: start) }
    return known
  }

  private func runs(_ word: String, at start: Int) throws(FilterError) -> FilterNode.RunMatch {
    if word.lowercased() == "last" { return .last }
    func number(_ digits: String, at start: Int) throws(FilterError) -> RunNumber {
      guard let number = RunNumber(digits), number >= 0 else {
        throw error("Write a number or last: run:18, run:last. \"\(digits)\" is no run.", start)
      }
      return number
    }
    for prefix in [">=", "<=", ">", "<"] where word.hasPrefix(prefix) {
      let bound = try number(String(word.dropFirst(prefix.count)), at: start + prefix.count)
      switch prefix {
      case ">=": return .numbers(bound...RunNumber.max)
      case ">": return .numbers(min(bound, RunNumber.max - 1) + 1...RunNumber.max)
      case "<=": return .numbers(0...bound)
      default: return .numbers((bound == 0 ? -1 : 0)...(bound - 1))
      }
    }
    if let dots = word.offsetOfDots {
      let low = try number(String(word.prefix(dots)), at: start)
      let high = try number(String(word.dropFirst(dots + 2)), at: start + dots + 2)
      guard low <= high else {
        throw error("Write the lower run first: run:\(high)..\(low). The range is empty.", start)
      }
      return .numbers(low...high)
    }
    let exact = try number(word, at: start)
    return .numbers(exact...exact)
  }

  private func unknown(_ word: String, _ field: FilterField, _ words: [String], at start: Int) -> FilterError
  {
    let list = words.joined(separator: ", ")
    if let near = NearestWord.near(to: word, in: words) {
      return error("Write \(near): \"\(word)\" is no value of \(field.rawValue): (\(list)).", start)
    }
    return error("Write one of \(list): \"\(word)\" is no value of \(field.rawValue):.", start)
  }
}

extension String {
  /// The offset of the first `..`, in characters.
  fileprivate var offsetOfDots: Int? {
    let all = Array(self)
    return all.indices.dropLast().first { all[$0] == "." && all[$0 + 1] == "." }
  }
}
