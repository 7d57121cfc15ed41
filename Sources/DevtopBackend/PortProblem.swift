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
      $0.contains("address already in use") || $0.contains("eaddrinuse") || $0.contains("is in use by")
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
    for character in line + " " {
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

  /// Node prints the error's properties on lines of their own: `port: 3000`.
  private static func portProperty(in line: String) -> UInt16? {
    guard let word = line.firstRange(of: "port: ") else { return nil }
    return UInt16(line[word.upperBound...].prefix { $0.isNumber })
  }
}
