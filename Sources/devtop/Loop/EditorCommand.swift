/// How to open a file at a line in the editor that a person has chosen.
struct EditorCommand: Equatable {
  /// The program and its arguments, through no shell.
  let words: [String]

  /// The editor of `$VISUAL`, else `$EDITOR`, else `vi`; the variable may hold arguments.
  init(environment: [String: String], path: String, line: Int?, column: Int?) {
    let chosen = environment["VISUAL"].flatMap(Self.nonEmpty) ?? environment["EDITOR"].flatMap(Self.nonEmpty)
    let editor = (chosen ?? "vi").split(separator: " ").map(String.init)
    let program = editor[0].split(separator: "/").last.map(String.init) ?? editor[0]
    guard let line else {
      words = editor + [path]
      return
    }
    let column = column ?? 1
    switch program {
    case "code", "code-insiders", "codium", "vscodium", "cursor", "windsurf":
      words = editor + ["--goto", "\(path):\(line):\(column)"]
    case "subl", "sublime_text", "zed", "hx", "helix", "atom":
      words = editor + ["\(path):\(line):\(column)"]
    case "idea", "goland", "webstorm", "pycharm", "clion", "rustrover", "phpstorm":
      words = editor + ["--line", "\(line)", "--column", "\(column)", path]
    case "vim", "nvim", "vi", "gvim", "mvim": words = editor + ["+call cursor(\(line),\(column))", path]
    case "emacs", "emacsclient", "kak": words = editor + ["+\(line):\(column)", path]
    default: words = editor + ["+\(line)", path]
    }
  }

  private static func nonEmpty(_ text: String) -> String? { text.allSatisfy { $0 == " " } ? nil : text }
}
