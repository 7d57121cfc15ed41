internal import DevtopCore

/// Knows the development servers that watch and reload by themselves.
enum SelfReloading {
  /// Words in a row that mean it; a word that starts with `-` may stand anywhere behind the first.
  private static let commands: [[String]] = [
    ["vite"], ["next", "dev"], ["nuxt", "dev"], ["nuxi", "dev"], ["astro", "dev"], ["remix", "dev"],
    ["remix", "vite:dev"], ["react-router", "dev"], ["gatsby", "develop"], ["ng", "serve"],
    ["vue-cli-service", "serve"], ["react-scripts", "start"], ["webpack", "serve"], ["webpack-dev-server"],
    ["webpack", "--watch"], ["parcel"], ["rollup", "-w"], ["rollup", "--watch"], ["svelte-kit", "dev"],
    ["eleventy", "--serve"], ["docusaurus", "start"], ["wrangler", "dev"], ["storybook", "dev"],
    ["expo", "start"], ["snowpack", "dev"], ["rspack", "serve"], ["rsbuild", "dev"], ["farm", "start"],
    ["nodemon"], ["ts-node-dev"], ["tsnd"], ["node-dev"], ["supervisor"], ["tsx", "watch"],
    ["tsx", "--watch"], ["node", "--watch"], ["node", "--watch-path"], ["nest", "start", "--watch"],
    ["nest", "start", "-w"], ["tsc", "--watch"], ["tsc", "-w"], ["tsc-watch"], ["deno", "--watch"],
    ["bun", "--watch"], ["bun", "--hot"], ["adonis", "serve"], ["ace", "serve", "--watch"],
    ["uvicorn", "--reload"], ["hypercorn", "--reload"], ["gunicorn", "--reload"], ["flask", "--debug"],
    ["flask", "--reload"], ["fastapi", "dev"], ["manage.py", "runserver"], ["manage.py", "runserver_plus"],
    ["watchmedo"], ["watchfiles"], ["sanic", "--dev"], ["sanic", "--reload"], ["litestar", "--reload"],
    ["quart", "--debug"], ["celery", "--autoreload"], ["reflex", "run"],
    ["rails", "server"], ["rails", "s"], ["rerun"], ["guard"],
    ["cargo", "watch"], ["cargo-watch"], ["bacon"], ["watchexec"], ["entr"], ["reflex"], ["air"], ["fresh"],
    ["realize", "start"], ["gin", "run"], ["wgo"], ["CompileDaemon"], ["modd"],
    ["templ", "generate", "--watch"],
    ["hugo", "server"], ["hugo", "serve"], ["jekyll", "serve"], ["mkdocs", "serve"], ["turbo", "dev"],
    ["nx", "serve"], ["mix", "phx.server"], ["dotnet", "watch"], ["tilt", "up"],
    ["docker", "compose", "watch"], ["browser-sync", "--files"], ["live-server"],
  ]

  /// `vite build` and its like end, and watch nothing.
  private static let subcommandsThatEnd: Set<String> = [
    "build", "preview", "optimize", "--version", "--help", "test", "lint", "init",
  ]

  /// The words of the command that reloads by itself, such as `next dev`; nil where there is none.
  static func watcher(in text: String) -> String? {
    for command in text.split(whereSeparator: { "&|;\n(){}".contains($0) }) {
      let words = command.split(whereSeparator: \.isWhitespace)
        .map { String($0).filter { !"\"'`".contains($0) } }
      for index in words.indices {
        let name = programName(words[index])
        for pattern in commands where pattern[0] == name {
          if matches(pattern[1...], words[(index + 1)...]) { return pattern.joined(separator: " ") }
        }
      }
    }
    return nil
  }

  private static func matches(_ pattern: ArraySlice<String>, _ words: ArraySlice<String>) -> Bool {
    guard !pattern.isEmpty else {
      // Alone it serves; with one of these it ends.
      return !(words.first.map { subcommandsThatEnd.contains($0) } ?? false)
    }
    return pattern.allSatisfy { part in
      words.contains { $0 == part || (part.hasPrefix("--") && $0.hasPrefix(part + "=")) }
    }
  }

  /// `node_modules/.bin/vite` and `vite@latest` are vite.
  private static func programName(_ word: String) -> String {
    let name = Path.name(word)
    guard let mark = name.dropFirst().firstIndex(of: "@") else { return name }
    return String(name[..<mark])
  }

  /// Only the manifests and the environment files matter to a server that reloads itself.
  static func watch(manifests: [String]) -> WatchSpec {
    var watch = WatchSpec()
    watch.exclude = DefaultPatterns.patterns
    let patterns = (manifests + Language.environmentFiles)
      .map { WatchSpec.Pattern($0, origin: "default: the command reloads by itself") }
    watch.include = patterns
    watch.restartOnly = patterns
    return watch
  }
}
