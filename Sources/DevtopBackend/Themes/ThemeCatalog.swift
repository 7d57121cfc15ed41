package import DevtopCore

/// Finds themes by name: those that are compiled in, the user's, and files.
package struct ThemeCatalog: Sendable {
  /// Absolute; what a theme file is relative to.
  private let directory: String
  /// The user's themes: `$XDG_CONFIG_HOME/devtop/themes`.
  private let userDirectory: String?

  package init(directory: String, environment: [String: String]) {
    self.directory = directory
    let configuration =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config" : nil }
    userDirectory = configuration.map { $0 + "/devtop/themes" }
  }

  /// The themes that are compiled in, the default first.
  package static var builtinNames: [String] { BuiltinThemes.all.map(\.name) }

  /// The names that a person can choose from: compiled in, then the user's.
  package var names: [String] {
    let own = (userDirectory.flatMap(Path.list) ?? []).filter { $0.hasSuffix(".theme") }
      .map { String($0.dropLast(".theme".count)) }
    return Self.builtinNames + own.filter { !Self.builtinNames.contains($0) }
  }

  /// The file of a theme, for reading it again when it is saved; nil where the theme is compiled in.
  ///
  /// A name with a slash or the ending `.theme` is a path; the user's themes come before those compiled in.
  package func file(of name: String) -> String? {
    if name.contains("/") || name.hasSuffix(".theme") { return Path.absolute(name, in: directory) }
    guard let userDirectory else { return nil }
    let path = Path.absolute(name + ".theme", in: userDirectory)
    return Path.isFile(path) ? path : nil
  }

  /// Reads a theme.
  ///
  /// - Throws: `ConfigurationError.invalid` when there is no such theme or its text is wrong, and what reading
  ///   its file throws.
  package func theme(named name: String) throws(ConfigurationError) -> Theme {
    guard let theme = try find(name, depth: 0) else {
      throw .invalid([ConfigurationProblem(problem(with: name) ?? "there is no theme \(name)", at: nil)])
    }
    return theme
  }

  /// The theme that a person's word for it means: the name of a family (`gruvbox`) becomes its dark or light member.
  ///
  /// `isDark` is only asked where it matters, as a terminal takes its time to answer.
  package func resolved(_ name: String, isDark: () -> Bool?) -> String {
    file(of: name) == nil ? ThemeFamily.member(of: name, isDark: isDark) : name
  }

  /// Why a name names no theme; nil where it does.
  ///
  /// Files are not read.
  func problem(with name: String) -> String? {
    if let file = file(of: name) {
      return Path.isFile(file) ? nil : "there is no file \(Path.displayed(file, in: directory))"
    }
    if BuiltinThemes.text(of: name) != nil || ThemeFamily.isFamily(name) { return nil }
    let written = ConfigurationText.quoted(ConfigurationText.shortened(name))
    let near = NearestName.of(name, among: names).map { "; did you mean \"\($0)\"?" }
    return "there is no theme \(written)" + (near ?? "; known: " + names.joined(separator: ", "))
  }

  private func find(_ name: String, depth: Int) throws(ConfigurationError) -> Theme? {
    guard depth < 8 else {
      throw .invalid([
        ConfigurationProblem("inherits: themes build on each other in a circle, or more than 8 deep", at: nil)
      ])
    }
    let inherited = { (parent: String) throws(ConfigurationError) -> Theme? in
      // A theme of the user's may build on the one compiled in that it replaces.
      if parent == name, let text = BuiltinThemes.text(of: name) {
        return try builtin(name, text, depth: depth)
      }
      return try find(parent, depth: depth + 1)
    }
    if let file = file(of: name) {
      let displayed = Path.displayed(file, in: directory)
      return try ThemeReader.read(
        try ConfigurationFile.read(file, named: displayed), file: displayed, inherited: inherited)
    }
    return try BuiltinThemes.text(of: name).map { (text) throws(ConfigurationError) in
      try builtin(name, text, depth: depth)
    }
  }

  private func builtin(_ name: String, _ text: [UInt8], depth: Int) throws(ConfigurationError) -> Theme {
    try ThemeReader.read(text, file: "\(name).theme") { (parent) throws(ConfigurationError) in
      try BuiltinThemes.text(of: parent).flatMap { (text) throws(ConfigurationError) in
        depth < 8 ? try builtin(parent, text, depth: depth + 1) : nil
      }
    }
  }
}
