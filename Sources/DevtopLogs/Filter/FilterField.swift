/// The fields of log lines that filters know.
enum FilterField: String, CaseIterable {
  case service = "svc"
  case level
  case run
  case stream
  case source = "src"

  /// A value that shows how the field is used.
  var example: String {
    switch self {
    case .service: "svc:api,web"
    case .level: "level:>=warn"
    case .run: "run:last"
    case .stream: "stream:err"
    case .source: "src:build"
    }
  }
}

/// The word out of a few that is most like a mistyped one.
enum NearestWord {
  static func nearest(to word: String, in words: [String]) -> String? {
    words.map { (word: $0, distance: distance(word.lowercased(), $0)) }.min { $0.distance < $1.distance }?
      .word
  }

  /// Edits to get from one to the other (Levenshtein); a common beginning counts in favour.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(64))
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let substituted = diagonal + (right[column] == letter ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
      }
    }
    let common = zip(left, right).prefix { $0 == $1 }.count
    return row[right.count] * 2 - common
  }
}
