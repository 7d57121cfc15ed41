internal import DevtopCore

/// Knows the commands that run Python.
enum PythonCommand {
  private static let servers: Set<String> = [
    "gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "flask", "fastapi", "uwsgi", "manage.py",
    "poetry", "pipenv",
  ]

  /// Whether a word of the command is Python, or a server that is written in it.
  static func isMeant(by command: CommandSpec) -> Bool {
    let words = command.description.split { $0.isWhitespace || "&|;(){}\"'".contains($0) }
    return words.contains { word in
      let name = String(word.split(separator: "/").last ?? "")
      return servers.contains(name) || isInterpreter(name)
    }
  }

  /// `python`, `python3`, `python3.12`, `pypy3`.
  private static func isInterpreter(_ name: String) -> Bool {
    for stem in ["python", "pypy"] where name.hasPrefix(stem) {
      return name.dropFirst(stem.utf8.count).utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
      }
    }
    return false
  }
}
