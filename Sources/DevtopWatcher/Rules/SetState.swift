/// What a set has to say to a directory, and so to its entries.
enum SetState {
  /// How far an include rule has already matched the directory or one around it.
  enum Inclusion: Int, Comparable {
    case none
    case plain
    case beatsGitignore

    static func < (left: Inclusion, right: Inclusion) -> Bool { left.rawValue < right.rawValue }
  }

  /// The set does not contain the directory.
  case outside
  /// Its entries are judged one by one.
  case open(Inclusion)
  /// Ignored with everything in it.
  case ignored(RuleOrigin)
  /// Ignored, but for what rules say whose literal part names the ignored directory (the first `depth` bytes of
  /// the path) or something in it.
  case passing(RuleOrigin, depth: Int)

  /// Whether the directory must be read for the set.
  var needsWatch: Bool {
    switch self {
    case .outside, .ignored: false
    case .open, .passing: true
    }
  }
}

/// Which rule decided; the text is only made when it is reported.
enum RuleOrigin {
  case text(String)
  case ignoreFile(IgnoreChain, line: Int)

  /// The text, with paths relative to the set's root where they are inside it.
  func text(root: [UInt8]) -> String {
    switch self {
    case .text(let text): text
    case .ignoreFile(let chain, let line): "\(chain.display(root: root)):\(line)"
    }
  }
}

/// A set's judgement of one path.
enum Judgement {
  case outside
  case watched
  case ignored(RuleOrigin)
}

extension SetState {
  /// What the state says to the directory itself.
  var judgement: Judgement {
    switch self {
    case .outside: .outside
    case .open, .passing: .watched
    case .ignored(let origin): .ignored(origin)
    }
  }

  /// Whether both lead to the same judgements, so that a context can be shared.
  func isSame(as other: SetState) -> Bool {
    switch (self, other) {
    case (.outside, .outside), (.ignored, .ignored): true
    case (.open(let left), .open(let right)): left == right
    case (.passing(_, let left), .passing(_, let right)): left == right
    case (.outside, _), (.ignored, _), (.open, _), (.passing, _): false
    }
  }
}
