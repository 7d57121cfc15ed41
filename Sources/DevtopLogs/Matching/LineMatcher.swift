import DevtopCore
import Glibc

/// Answers a question for a stretch of lines of a chunk; used by one thread at a time.
///
/// Cheap conditions narrow the lines down before text is looked at; text is searched many lines at once unless few
/// lines are left. No lock is held but for a copy of known levels.
final class LineMatcher {
  /// Stretches are kept this short so that a new question is taken up at once.
  static let maximumLineCount = 16 << 10
  static let windowSize = 64 << 10

  let regex = RegexRunner()
  let reader = FormatReader()
  private let fields: FieldMatcher
  let templates: MessageTemplates
  var lines = 0..<0
  var text: LineBlock?
  /// The records that answer as a whole.
  var records: RecordGroups?

  init(_ templates: MessageTemplates) {
    self.templates = templates
    fields = FieldMatcher(regex: regex, reader: reader)
  }

  /// Forgets what was too slow: there is another question.
  func reset() {
    regex.reset()
    reader.reset()
  }

  /// The lines that answer the question; where `candidates` is given, those out of it.
  ///
  /// Candidates match `known` already. A record answers as a whole: what one of its lines has, it has. `unfolded` names
  /// the records that are shown whole (nil: all).
  func matches(
    _ question: LineQuestion, in chunk: Chunk, lines stretch: Range<Int>, marks: RecordMarks,
    among candidates: LineSet? = nil, known: FilterNode? = nil, unfolded: Set<Int>? = nil
  ) -> LineAnswer {
    let window = Self.window(around: stretch, for: question, chunk)
    let records = RecordGroups(in: window, of: chunk, marks)
    self.records = records
    lines = records.range
    defer {
      text = nil
      self.records = nil
    }
    let none = LineSet(base: lines.lowerBound, end: lines.upperBound)
    var decided = none
    decided.insert(stretch)
    records.close(&decided)
    var asked = candidates.map { LineSet($0, widenedTo: lines) } ?? decided
    asked.insert(window.lowerBound..<stretch.lowerBound)
    asked.insert(stretch.upperBound..<window.upperBound)
    records.close(&asked)
    var answer = LineAnswer(
      decided: decided, lines: none, markers: none, context: none,
      folds: Folds(records, of: chunk, marks, unfolded: unfolded))
    asked.subtractAll(chunk.superseded)
    if asked.isEmpty { return answer }
    if question.onlyService != nil { asked = linesOfSources(asked, chunk) { question.allows($0) } }
    let markers = linesOfSources(asked, chunk) { $0.stream == .marker }
    asked.subtract(markers)
    answer.markers = markers
    answer.lines = asked
    if let filter = question.filter {
      if !markers.isEmpty {
        answer.markers = linesOfSources(markers, chunk) { self.verdict(filter, on: $0, question) != false }
      }
      // With context, lines around the stretch are asked, of which nothing is known.
      let rest = question.context > 0 ? filter : known.map(filter.without) ?? filter
      answer.lines = evaluate(rest, among: asked, chunk, question)
      if question.context > 0 { answer.context = context(of: answer.lines, question, chunk) }
    }
    if let filter = question.filter, filter.dependsOnTime {
      answer.folds.show(repeatsOf: answer.found, decided, in: chunk, marks) { line in
        let row = chunk.row(line, reader)
        return withPlainLine(line, chunk) { evaluate(filter, row, $0, question) }
      }
    }
    answer.markers.formIntersection(decided)
    answer.lines.formIntersection(decided)
    if let search = question.search {
      self.records = nil
      answer.lines = evaluate(search, among: answer.found, chunk, question)
      answer.markers = none
    }
    return answer
  }

  /// Whether an unfinished line answers the question.
  func matches(_ question: LineQuestion, _ row: LogRow) -> Bool {
    if let only = question.onlyService, row.service != only { return false }
    guard let filter = question.filter else { return true }
    let plain = row.bytes.withUnsafeBufferPointer { LineText.plain($0) }
    return plain.withUnsafeBufferPointer { evaluate(filter, row, $0, question) }
  }

  private func evaluate(
    _ node: FilterNode, _ row: LogRow, _ text: UnsafeBufferPointer<UInt8>, _ question: LineQuestion
  ) -> Bool {
    switch node {
    case .and(let children): children.allSatisfy { evaluate($0, row, text, question) }
    case .or(let children): children.contains { evaluate($0, row, text, question) }
    case .not(let child): !evaluate(child, row, text, question)
    case .text(let pattern): regex.matches(pattern, line: text)
    case .service(let names): isNamed(row.service, names)
    case .level(let set): row.level.map { set.contains(.init($0)) } ?? false
    case .run(let runs): isRun(row.run, of: row.service, runs, question)
    case .stream(let streams): streams.contains(row.stream)
    case .time(let times): times.contains(row.time.milliseconds)
    case .field(let path, let conditions):
      fields.matches(path, conditions, text, by: row.formats, source: nil)
    case .isNew: templates.isNew(row)
    case .request: false
    }
  }

  // MARK: Sets of lines

  private func evaluate(
    _ node: FilterNode, among candidates: LineSet, _ chunk: Chunk, _ question: LineQuestion
  ) -> LineSet {
    if candidates.isEmpty { return candidates }
    var found = linesThat(node, among: candidates, chunk, question)
    records?.close(&found)
    return found
  }

  private func linesThat(
    _ node: FilterNode, among candidates: LineSet, _ chunk: Chunk, _ question: LineQuestion
  ) -> LineSet {
    switch node {
    case .and(let children):
      return children.sorted { $0.cost < $1.cost }.reduce(candidates) { left, child in
        evaluate(child, among: left, chunk, question)
      }
    case .or(let children):
      var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
      var rest = candidates
      for child in children {
        let more = evaluate(child, among: rest, chunk, question)
        found.formUnion(more)
        rest.subtract(more)
      }
      return found
    case .not(let child):
      var rest = candidates
      rest.subtract(evaluate(child, among: candidates, chunk, question))
      return rest
    case .text(let pattern): return linesWithText(pattern, among: candidates, chunk)
    case .service(let names): return linesOfSources(candidates, chunk) { self.isNamed($0.service, names) }
    case .level(let set): return linesOfLevels(set, among: candidates, chunk)
    case .run(let runs):
      return linesOfSources(candidates, chunk) { self.isRun($0.run, of: $0.service, runs, question) }
    case .stream(let streams): return linesOfSources(candidates, chunk) { streams.contains($0.stream) }
    case .time(let times): return linesOfTimes(times, among: candidates, chunk)
    case .field(let path, let conditions):
      return linesWithField(path, conditions, among: candidates, chunk)
    case .isNew: return linesOfNewMessages(candidates, chunk)
    case .request: return LineSet(base: lines.lowerBound, end: lines.upperBound)
    }
  }

  func isNamed(_ service: ServiceID, _ names: [FilterNode.TextMatch]) -> Bool {
    names.contains { name in
      switch name {
      case .exactly(let text): service.name == text
      case .pattern(let pattern):
        Array(service.name.utf8).withUnsafeBufferPointer { regex.matches(pattern, line: $0) }
      }
    }
  }

  func isRun(
    _ run: RunNumber, of service: ServiceID, _ runs: [FilterNode.RunMatch], _ question: LineQuestion
  ) -> Bool {
    runs.contains { match in
      switch match {
      case .numbers(let range): range.contains(run)
      case .last: run == question.newestRuns[service]
      }
    }
  }

  func linesOfSources(
    _ candidates: LineSet, _ chunk: Chunk, where isWanted: (LogSource) -> Bool
  ) -> LineSet {
    let wanted = chunk.sources.map(isWanted)
    if wanted.allSatisfy({ $0 }) { return candidates }
    var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
    guard wanted.contains(true) else { return found }
    var segment = chunk.segmentIndex(ofLine: lines.lowerBound)
    while segment < chunk.segmentCount {
      let range = chunk.lines(ofSegment: segment)
      if range.lowerBound >= lines.upperBound { break }
      if wanted[Int(chunk.storage.segments[segment].source)] { found.insert(range.clamped(to: lines)) }
      segment += 1
    }
    found.formIntersection(candidates)
    return found
  }

  private func linesOfTimes(
    _ times: ClosedRange<Int64>, among candidates: LineSet, _ chunk: Chunk
  ) -> LineSet {
    var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
    var segment = chunk.segmentIndex(ofLine: lines.lowerBound)
    while segment < chunk.segmentCount {
      let range = chunk.lines(ofSegment: segment)
      if range.lowerBound >= lines.upperBound { break }
      if times.contains(chunk.time(ofSegment: segment).milliseconds) {
        found.insert(range.clamped(to: lines))
      }
      segment += 1
    }
    found.formIntersection(candidates)
    return found
  }

  private func linesOfLevels(
    _ set: FilterNode.LevelSet, among candidates: LineSet, _ chunk: Chunk
  ) -> LineSet {
    var found = LineSet(base: lines.lowerBound, end: lines.upperBound)
    let levels = chunk.levels(of: candidates, in: lines, reader)
    candidates.forEach { line in
      if let level = LogLevel(rawValue: levels[line - lines.lowerBound]), set.contains(.init(level)) {
        found.insert(line)
      }
      return true
    }
    return found
  }

  private func linesWithField(
    _ path: FieldPath, _ conditions: [FieldCondition], among candidates: LineSet, _ chunk: Chunk
  ) -> LineSet {
    guard let pattern = path.pattern else { return LineSet(base: lines.lowerBound, end: lines.upperBound) }
    // The formats of the configuration tell it without its name, and before anything else.
    let formatted = linesOfSources(candidates, chunk) { source in
      source.formats.contains { $0.group(named: path.text) != nil }
    }
    var rest = candidates
    rest.subtract(formatted)
    let named = linesWithText(pattern, among: rest, chunk)
    var answering = formatted
    answering.formUnion(named)
    var found = linesOneByOne(answering, chunk) {
      fields.matches(path, conditions, $0, by: $1.formats, source: $1.id)
    }
    if fields.mayBeUnnamed(path) {
      rest.subtract(named)
      let unnamed = linesOneByOne(rest, chunk) {
        fields.matchesUnnamed(path, conditions, $0, source: $1.id)
      }
      found.formUnion(unnamed)
    }
    return found
  }
}
