/// What a program says when the port that it wants is taken.
enum PortProblem {
  /// Whether the output says so, and the port that it names.
  ///
  /// Go: `listen tcp :8080: bind: address already in use`; Node: `Error: listen EADDRINUSE: address already in use
  /// :::3000`; Python: `OSError: [Errno 98] Address already in use`; Flask: `Port 5000 is in use by another program`.
  ///
  /// On a terminal Node colours the error's properties, and names the code in one of them, behind the sentence.
  static func find(in output: [UInt8]) -> (isPresent: Bool, port: UInt16?) {
    let lines = output.split(separator: UInt8(ascii: "\n")).suffix(200).map { line in
      line.withUnsafeBytes { PlainLines.plain($0) }
    }
    let sentences = lines.map { $0.lowercased() }.filter {
      $0.contains("address already in use") || $0.contains("eaddrinuse")
        || ($0.contains("is in use by") && $0.contains("port"))
    }
    guard !sentences.isEmpty else { return (false, nil) }
    let named = sentences.reversed().lazy.compactMap { port(in: $0) }.first
    return (true, named ?? lines.lazy.compactMap { portProperty(in: $0) }.first)
  }

  /// The number after the last colon, or after the word `port`.
  private static func port(in line: String) -> UInt16? {
    var found: UInt16?
    var previous: Character = " "
    var digits = ""
    var start: Character = " "
    for character in withoutTimes(line) + " " {
      if character.isASCII, character.isNumber {
        if digits.isEmpty { start = previous }
        digits.append(character)
      } else {
        if start == ":", let port = UInt16(digits), port > 0 { found = port }
        digits = ""
      }
      previous = character
    }
    if let found { return found }
    guard let word = line.firstRange(of: "port ") else { return nil }
    return UInt16(line[word.upperBound...].prefix { $0.isNumber })
  }

  /// Without what looks like a time of day, `17:03:05`.
  private static func withoutTimes(_ line: String) -> String {
    let bytes = Array(line.utf8)
    var result: [UInt8] = []
    var index = 0
    func isDigit(_ place: Int) -> Bool { bytes.indices.contains(place) && (48...57).contains(bytes[place]) }
    func isPair(_ place: Int) -> Bool { isDigit(place) && isDigit(place + 1) }
    func isColon(_ place: Int) -> Bool { bytes.indices.contains(place) && bytes[place] == UInt8(ascii: ":") }
    while index < bytes.count {
      if isPair(index), isColon(index + 2), isPair(index + 3), isColon(index + 5), isPair(index + 6) {
        index += 8
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Node prints the error's properties on lines of their own: `port: 3000`.
  private static func portProperty(in line: String) -> UInt16? {
    guard let word = line.firstRange(of: "port: ") else { return nil }
    return UInt16(line[word.upperBound...].prefix { $0.isNumber })
  }
}
