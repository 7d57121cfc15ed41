import DevtopCore

/// Reads fields and levels by formats; for one thread.
final class FormatReader {
  /// So many lines on which a format takes too long, and it is asked no more.
  private static let maximumLimitedLines = 64

  private lazy var regex = RegexRunner()
  /// The built-in format that the last such line of each source had: the next line most likely has it, too.
  private var latest: [UInt32: LineFormat] = [:]
  private var limitedLines: [LineFormat: Int] = [:]

  /// What was too slow on some lines, as a sentence; nil where nothing was.
  var problem: String? {
    guard let (format, lines) = limitedLines.max(by: { $0.value < $1.value }) else { return nil }
    let count = lines < Self.maximumLimitedLines ? "\(lines)" : "\(lines) or more"
    return
      "[format.\(format.name)] is too slow for \(count) lines: they count as without its fields. Make it simpler."
  }

  func reset() { limitedLines = [:] }

  /// The value of a field by the first of the formats that matches the line, which is without escapes.
  func value(
    of name: String, in line: UnsafeBufferPointer<UInt8>, by formats: [LineFormat]
  ) -> FieldValue? {
    guard formats.contains(where: { $0.group(named: name) != nil }) else { return nil }
    return format(of: line, among: formats).flatMap { group(named: name, of: $0, in: line) }
  }

  /// The value of a field by the built-in format that the line has.
  func builtinValue(
    of name: String, in line: UnsafeBufferPointer<UInt8>, source: UInt32?
  ) -> FieldValue? {
    guard let formats = BuiltinFormats.formats[name] else { return nil }
    return builtinFormat(of: line, among: formats, source: source).flatMap {
      group(named: name, of: $0, in: line)
    }
  }

  /// The level that a line, as it was printed, names.
  func level(
    of line: UnsafeBufferPointer<UInt8>, isDirty: Bool, by formats: [LineFormat]
  ) -> LogLevel? {
    guard formats.contains(where: \.tellsLevel) else {
      return LevelDetector.level(of: line, isDirty: isDirty)
    }
    guard isDirty else { return level(ofPlain: line, by: formats) }
    return LineText.plain(line).withUnsafeBufferPointer { level(ofPlain: $0, by: formats) }
  }

  private func level(ofPlain line: UnsafeBufferPointer<UInt8>, by formats: [LineFormat]) -> LogLevel? {
    guard let format = format(of: line, among: formats) else {
      return LevelDetector.level(of: line, isDirty: false)
    }
    return format.level(of: line, matchedBy: regex)
  }

  /// All fields of the line by the first of the formats that matches it, else by a built-in one.
  func fields(
    of line: UnsafeBufferPointer<UInt8>, by formats: [LineFormat]
  ) -> [(name: String, value: String)]? {
    let format =
      format(of: line, among: formats) ?? builtinFormat(of: line, among: BuiltinFormats.all, source: nil)
    return format?.fields(of: line, matchedBy: regex)
  }

  // MARK: Matching

  /// The first of the formats that matches; its groups can be asked for until another line is.
  func format(of line: UnsafeBufferPointer<UInt8>, among formats: [LineFormat]) -> LineFormat? {
    if formats.isEmpty { return nil }
    let isASCII = regex.isASCII(line)
    return formats.first { matches($0, line, isASCII) }
  }

  /// The one of these built-in formats that the line has; no line has two.
  private func builtinFormat(
    of line: UnsafeBufferPointer<UInt8>, among formats: [LineFormat], source: UInt32?
  ) -> LineFormat? {
    guard BuiltinFormats.mayMatch(line) else { return nil }
    let isASCII = regex.isASCII(line)
    let latest = source.flatMap { self.latest[$0] }.flatMap { formats.contains($0) ? $0 : nil }
    if let latest, matches(latest, line, isASCII) { return latest }
    guard let found = formats.first(where: { $0 != latest && matches($0, line, isASCII) }) else {
      return nil
    }
    if let source { self.latest[source] = found }
    return found
  }

  private func matches(
    _ format: LineFormat, _ line: UnsafeBufferPointer<UInt8>, _ isASCII: Bool
  ) -> Bool {
    if !limitedLines.isEmpty, limitedLines[format, default: 0] >= Self.maximumLimitedLines { return false }
    switch regex.matchGroups(of: format, in: line, isASCII: isASCII) {
    case .match: return true
    case .none: return false
    case .limit:
      limitedLines[format, default: 0] += 1
      return false
    }
  }

  private func group(
    named name: String, of format: LineFormat, in line: UnsafeBufferPointer<UInt8>
  ) -> FieldValue? {
    guard let number = format.group(named: name), let range = regex.group(number) else { return nil }
    return .plain(UnsafeBufferPointer(rebasing: line[range]))
  }
}
