import DevtopCore
@testable import DevtopWatcher
import Testing

@testable import DevtopBackend

/// What a changed file is to a service, by the sets that want it.
@Suite struct WatchPlanTests {
  func plan(_ change: (inout ServiceSpec) -> Void) -> WatchPlan {
    var spec = ServiceSpec(id: "api", directory: "/shop")
    spec.compiler = .go
    spec.build = [BuildStep(.shell("go build"))]
    change(&spec)
    var configuration = Configuration(
      projectName: "shop", root: "/shop", source: .commandLine, services: [spec])
    configuration.files = ["/shop/devtop.toml"]
    return WatchPlan(configuration)
  }

  func batch(_ path: String, _ verdicts: [String: Verdict], old: UInt64? = 1, new: UInt64? = 2)
    -> ChangeBatch
  {
    ChangeBatch(
      changes: [
        DevtopWatcher.FileChange(
          path: path, kind: .modified, verdicts: verdicts, oldContent: old.map(ContentHash.init),
          newContent: new.map(ContentHash.init))
      ], ignored: [], monotonicNanoseconds: 0)
  }

  private func role(_ plan: WatchPlan, _ path: String, _ verdicts: [String: Verdict]) -> DevtopCore.FileChange
    .Role?
  {
    plan.translate(batch(path, verdicts)).changes.first?.roles["api"]
  }

  @Test func `source is told from other watched files by the compiler`() {
    let plan = plan { _ in }
    #expect(role(plan, "/shop/main.go", ["main:api": .watched]) == .source)
    #expect(role(plan, "/shop/page.tmpl", ["main:api": .watched]) == .asset)
    #expect(
      role(plan, "/shop/x", ["main:api": .ignored(by: ".gitignore:3")]) == .ignored(rule: ".gitignore:3"))
  }

  @Test func `what belongs to another service does not restart one that is only run`() throws {
    let project = try Project(["api/main.go": "", "web/a.js": "", "main.py": ""])
    var database = ServiceSpec(id: "db", directory: project.path)
    database.run = .shell("sleep 1000")
    var api = ServiceSpec(id: "api", directory: project.path + "/api")
    api.build = [BuildStep(.shell("go build -o tmp/api ."))]
    api.run = .shell("./tmp/api")
    var all = ServiceSpec(id: "all", directory: project.path)
    all.build = [BuildStep(.shell("make -o all"))]
    func sets(_ change: (inout ServiceSpec) -> Void = { _ in }) -> [String: WatchSet] {
      var database = database
      change(&database)
      let configuration = Configuration(
        projectName: "shop", root: project.path, source: .commandLine, services: [database, api, all])
      return Dictionary(uniqueKeysWithValues: WatchPlan(configuration).sets.map { ($0.id, $0) })
    }
    func origins(_ set: WatchSet?) -> [String] { set?.excludes.compactMap(\.origin) ?? [] }
    let plain = sets()
    #expect(origins(plain["main:db"]).suffix(2) == ["written by the build of api", "the directory of api"])
    #expect(origins(plain["main:api"]).last == "written by the build of api")
    #expect(origins(plain["main:all"]).last == "written by the build of api")
    let asked = sets { $0.watch.include = [.init("**/*.go", origin: "devtop.toml:3")] }
    #expect(!origins(asked["main:db"]).contains("the directory of api"))
  }

  @Test func `an env file is one even where the main set wants it, too`() {
    let plan = plan { $0.envFiles = ["/shop/.env"] }
    #expect(role(plan, "/shop/.env", ["main:api": .watched, "env:api": .watched]) == .environment)
  }

  @Test func `a rule of the configuration beats the build`() {
    let plan = plan {
      $0.watch.rules = [DevtopCore.WatchRule(name: "css", command: .shell("make css"))]
    }
    #expect(role(plan, "/shop/a.scss", ["main:api": .watched, "rule:api:0": .watched]) == .rule(0))
  }

  @Test func `a service that reloads itself watches only what restarts it`() {
    let plan = plan {
      $0.reloadsItself = true
      $0.watch.restartOnly = [WatchSpec.Pattern("package.json", origin: "default")]
    }
    #expect(plan.sets.map(\.id).sorted() == ["configuration", "restart:api"])
    #expect(role(plan, "/shop/package.json", ["restart:api": .watched]) == .restartOnly)
  }

  @Test func `the configuration is read again when its content changed`() {
    let plan = plan { _ in }
    #expect(plan.translate(batch("/shop/devtop.toml", ["configuration": .watched])).configurationChanged)
    let same = batch("/shop/devtop.toml", ["configuration": .watched], old: 5, new: 5)
    #expect(!plan.translate(same).configurationChanged)
  }

  @Test func `ignored changes are told once for each directory and rule`() {
    let plan = plan { _ in }
    let ignored = IgnoredChanges(
      set: "main:api", rule: "default: tmp/", directory: "/shop/tmp", example: "/shop/tmp/a", count: 312)
    let other = IgnoredChanges(
      set: "configuration", rule: "not listed", directory: "/shop/tmp", example: "/shop/tmp/a", count: 312)
    let changes = plan.translate(
      ChangeBatch(changes: [], ignored: [ignored, other], monotonicNanoseconds: 0)
    ).changes
    #expect(changes.count == 1)
    #expect(changes.first?.path == "tmp/")
    #expect(changes.first?.count == 312)
  }

  @Test func `what an editor did beside a file is told by its temporary file`() {
    let plan = plan { _ in }
    let ignored = IgnoredChanges(
      set: "main:api", rule: "devtop.toml:7", directory: "/shop/src", example: "/shop/src/sedTUAwr9", count: 4
    )
    let changes = plan.translate(
      ChangeBatch(changes: [], ignored: [ignored], monotonicNanoseconds: 0)
    ).changes
    #expect(changes.map(\.path) == ["src/sedTUAwr9"])
  }
}

extension WatchPlanTests {
  @Test(arguments: [
    ("**/*.go", "**/*.go"), ("cmd/**", "cmd/**/*.go"), ("cmd/", "cmd/**/*.go"), ("**", "**/*.go"),
    ("main.go", "main.go"),
  ])
  func `a pattern is narrowed to an extension that it may name itself`(pattern: String, glob: String) {
    let plan = plan {
      $0.watch.include = [WatchSpec.Pattern(pattern, origin: "here")]
      $0.watch.includeExtensions = [WatchSpec.Pattern("go", origin: "there")]
    }
    #expect(plan.sets.first { $0.id == "main:api" }?.includes.map(\.pattern) == [.glob(glob)])
  }

  @Test func `the theme's file is watched and told`() {
    var configuration = Configuration(projectName: "shop", root: "/shop", source: .commandLine, services: [])
    configuration.theme = "mine.theme"
    let plan = WatchPlan(configuration, themeFile: "/themes/mine.theme")
    #expect(plan.sets.map(\.root) == ["/themes"])
    let news = plan.translate(batch("/themes/mine.theme", ["theme": .watched]))
    #expect(news.themeChanged && !news.configurationChanged && news.changes.isEmpty)
  }
}
