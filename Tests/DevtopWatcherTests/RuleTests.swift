import class DevtopCore.Locked
import Glibc
import Testing

@testable import DevtopWatcher

@Suite(.serialized) struct RuleTests {
  private static func rule(_ pattern: WatchRule.Pattern) -> WatchRule {
    WatchRule(pattern, origin: "\(pattern)")
  }

  @Test func `every key of an air configuration can be said in rules`() throws {
    let shop = try Workshop()
    var set = WatchSet(id: "air", root: shop.path("app"), usesGitignore: false, skipsHiddenDirectories: true)
    set.includes = [
      WatchRule(.extensions(["go", "tpl"]), origin: "include_ext"),
      WatchRule(.file("Makefile"), origin: "include_file"),
    ]
    set.excludes = [
      WatchRule(.directory("./assets"), origin: "exclude_dir"),
      WatchRule(.directory("web/dist"), origin: "exclude_dir"),
      WatchRule(.file("gen.go"), origin: "exclude_file"),
      WatchRule(.regex("_test.go"), origin: "exclude_regex"),
    ]
    func verdict(_ path: String) -> Verdict? { set.verdict(for: shop.path(path)) }
    #expect(verdict("app/main.go") == .watched)
    #expect(verdict("app/sub/page.tpl") == .watched)
    #expect(verdict("app/Makefile") == .watched)
    #expect(verdict("app/sub/Makefile") == .ignored(by: "not included by include_ext"))
    #expect(verdict("app/assets/x.go") == .ignored(by: "exclude_dir"))
    #expect(verdict("app/sub/assets/x.go") == .watched)
    #expect(verdict("app/web/dist/x.go") == .ignored(by: "exclude_dir"))
    #expect(verdict("app/gen.go") == .ignored(by: "exclude_file"))
    #expect(verdict("app/sub/a_test.go") == .ignored(by: "exclude_regex"))
    #expect(verdict("app/.cache/x.go") == .ignored(by: "default: hidden directory"))
    #expect(verdict("elsewhere/x.go") == nil)
    // include_dir, also outside the root.
    set.scope = ["cmd", "../shared"]
    #expect(verdict("app/main.go") == .ignored(by: "not included by include_ext"))
    #expect(verdict("app/Makefile") == .watched)
    #expect(verdict("app/sub/x.go") == .ignored(by: "not included by include_ext"))
    #expect(verdict("app/cmd/x.go") == .watched)
    #expect(verdict("shared/x.go") == .watched)
    #expect(verdict("shared/x_test.go") == .ignored(by: "exclude_regex"))
    set.scope = []
    set.includes = [WatchRule(.extensions(["*"]), origin: "include_ext")]
    #expect(verdict("app/anything") == .watched)
  }

  @Test func `globs mean what they mean to git`() {
    #expect(Glob("*.go").matches("a/b/main.go"))
    #expect(!Glob("/*.go").matches("a/main.go"))
    #expect(Glob("templates/**").matches("templates/a/b.html"))
    #expect(!Glob("templates/**").matches("x/templates/b.html"))
    #expect(Glob("**/*.go").matches("main.go"))
    #expect(Glob("build/").matches("a/build", isDirectory: true))
    #expect(!Glob("build/").matches("a/build"))
    #expect(Glob("build/").matchesPathOrParent("a/build/x/y"))
    let rules = IgnoreRules(Array("/tmp/\n*.log\n!keep.log\n".utf8))
    #expect(rules.decision("tmp/keep.log") == IgnoreRules.Match(line: 1, excludes: true))
    #expect(rules.decision("a/keep.log") == IgnoreRules.Match(line: 3, excludes: false))
    #expect(rules.decision("main.go") == nil)
  }

  @Test func `XXH64 gives the published values`() {
    #expect(ContentHash(of: []).value == 0xEF46_DB37_51D8_E999)
    #expect(ContentHash(of: Array("abc".utf8)).value == 0x44BC_2CF5_AD77_0999)
    #expect(
      ContentHash(of: Array("Nobody inspects the spammish repetition".utf8)).value == 0xFBCE_A83C_8A37_8BF1)
  }

  @Test func `listed patterns beat gitignore, extensions do not, and excludes beat both`() throws {
    let shop = try Workshop()
    Files.write(shop.path(".gitignore"), "*_gen.go\nout/\n.env\n")
    var set = WatchSet(id: "set", root: shop.root, includes: [Self.rule(.glob("**/*.go"))])
    set.excludes = [WatchRule(.glob("docs/**"), origin: "devtop.toml:3")]
    #expect(set.verdict(for: shop.path("x_gen.go")) == .watched)
    #expect(set.verdict(for: shop.path("docs/x.go")) == .ignored(by: "devtop.toml:3"))
    #expect(set.verdict(for: shop.path("docs"), isDirectory: true) == .ignored(by: "devtop.toml:3"))
    #expect(set.verdict(for: shop.path("out/x.go")) == .ignored(by: ".gitignore:2"))
    set.includes += [Self.rule(.glob("out/api/*.go")), Self.rule(.directory("node_modules/mine"))]
    #expect(set.verdict(for: shop.path("out/api/x.go")) == .watched)
    #expect(set.verdict(for: shop.path("out/x.go")) == .ignored(by: ".gitignore:2"))
    #expect(set.verdict(for: shop.path("node_modules/mine/deep/x.js")) == .watched)
    #expect(set.verdict(for: shop.path("node_modules/x.go")) == .ignored(by: "default: node_modules/"))
    #expect(set.verdict(for: shop.path(".env")) == .ignored(by: "not included by \(set.includes[0].origin)"))
    set.alwaysWatched = [Self.rule(.file(".env")), Self.rule(.file("docs/api.toml"))]
    #expect(set.verdict(for: shop.path(".env")) == .watched)
    #expect(set.verdict(for: shop.path("docs/api.toml")) == .watched)
    #expect(set.verdict(for: shop.path("docs/x.go")) == .ignored(by: "devtop.toml:3"))
    set.includes = [WatchRule(.extensions(["go"]), origin: "default: Go")]
    #expect(set.verdict(for: shop.path("x_gen.go")) == .ignored(by: ".gitignore:1"))
  }

  @Test func `what is there by default is ignored, target only beside Cargo.toml`() throws {
    let shop = try Workshop()
    Files.makeDirectories(shop.path("rust"))
    Files.write(shop.path("rust/Cargo.toml"), "")
    let set = shop.everything()
    for name in [
      "main.go~", ".main.go.swp", "4913", ".#main.go", "#main.go#", "main.go___jb_old___", ".DS_Store",
    ] {
      let verdict = set.verdict(for: shop.path("a/\(name)"))
      #expect(verdict != .watched && verdict != nil, "\(name)")
    }
    #expect(
      set.verdict(for: shop.path("rust/target/x")) == .ignored(by: "default: target/ beside Cargo.toml"))
    #expect(set.verdict(for: shop.path("go/target/x")) == .watched)
    #expect(set.verdict(for: shop.path(".git/HEAD")) == .ignored(by: "default: .git/"))
    var own = set
    own.builtInIgnores = []
    #expect(own.verdict(for: shop.path("node_modules/x")) == .watched)
  }

  @Test func `a malformed regex is named and skipped`() async throws {
    try await onThread {
      let shop = try Workshop()
      let rule = WatchRule(.regex("a(b"), origin: ".air.toml:7")
      #expect(rule.problem != nil)
      #expect(WatchRule(.regex("_test\\.go$"), origin: "").problem == nil)
      var set = shop.everything()
      set.excludes = [rule]
      let told = Told()
      try shop.watch([set]) {
        if case .warning(let warning) = $0 { told.warnings.withLock { $0.append("\(warning)") } }
      }
      #expect(told.warnings.withLock { $0.first }?.hasPrefix("The rule of .air.toml:7 is skipped: ") == true)
    }
  }

  @Test func `ignored changes are counted by rule and directory`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path(".gitignore"), "*.log\ntmp/\n")
      Files.makeDirectories(shop.path("sub"))
      try shop.watch()
      for number in 1...10 { Files.write(shop.path("sub/\(number).log"), "x") }
      Files.makeDirectories(shop.path("tmp"))
      Files.write(shop.path("tmp/deep"), "x")
      let story = try shop.settle()
      #expect(story.lines.isEmpty)
      let logs = story.ignored.filter { $0.rule == ".gitignore:1" }
      #expect(logs.map(\.count).reduce(0, +) == 10)
      #expect(Set(logs.map(\.directory)) == [shop.path("sub")])
      #expect(story.ignored.filter { $0.rule == ".gitignore:2" }.map(\.example) == [shop.path("tmp")])
    }
  }

  @Test func `a changed gitignore holds at once and reports nothing that was there`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("out/deep"))
      Files.write(shop.path("out/deep/file"), "x")
      Files.write(shop.path("main.go"), "x")
      Files.write(shop.path(".gitignore"), "out/\n")
      #expect(try shop.watchKnown().files == 2)
      Files.write(shop.path(".gitignore"), "*.go\n")
      #expect(try shop.settle().lines == ["modified .gitignore"])
      Files.write(shop.path("out/deep/file"), "y")
      Files.write(shop.path("main.go"), "y")
      let story = try shop.settle()
      #expect(story.lines == ["modified out/deep/file"])
      #expect(story.ignored.map(\.rule) == [".gitignore:1"])
      Files.remove(shop.path(".gitignore"))
      _ = try shop.settle()
      Files.write(shop.path("main.go"), "z")
      #expect(try shop.settle().lines == ["modified main.go"])
    }
  }

  @Test func `the ignore files of the repository above the root hold, and are read again`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path(".git/info"))
      Files.makeDirectories(shop.path("services/api"))
      Files.write(shop.path(".gitignore"), "*.gen\n")
      Files.write(shop.path("services/.gitignore"), "/api/local\n")
      Files.write(shop.path(".git/info/exclude"), "# mine\nnotes\n")
      for name in ["main.go", "x.gen", "local", "notes"] {
        Files.write(shop.path("services/api/\(name)"), "x")
      }
      let set = WatchSet(id: "api", root: shop.path("services/api"))
      #expect(try shop.watchKnown([set]).files == 1)
      #expect(
        set.verdict(for: shop.path("services/api/local"))
          == .ignored(by: "\(shop.path("services/.gitignore")):1"))
      #expect(
        set.verdict(for: shop.path("services/api/notes"))
          == .ignored(by: "\(shop.path(".git/info/exclude")):2"))
      Files.write(shop.path(".gitignore"), "")
      Files.write(shop.path("services/api/x.gen"), "y")
      #expect(try shop.nextChanges().map(\.path) == [shop.path("services/api/x.gen")])
    }
  }

  @Test func `other sets are taken without losing a change`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("a"))
      Files.makeDirectories(shop.path("b"))
      Files.write(shop.path("a/file"), "0")
      try shop.watchKnown()
      for number in 1...20 {
        Files.write(shop.path("a/file"), "\(number)")
        var set = shop.everything()
        if number % 2 == 0 { set.excludes = [WatchRule(.directory("b"), origin: "b")] }
        shop.watcher?.update(sets: [set])
        try shop.next("change \(number)") { event -> Bool? in
          guard case .changes(let batch) = event else { return nil }
          return batch.changes.contains { $0.newContent == ContentHash(of: Array("\(number)".utf8)) }
            ? true : nil
        }
      }
      let summary = try shop.ready()
      #expect(summary.files >= 1)
    }
  }

  @Test func `files that are always watched may be outside the root, and bring nothing else with them`()
    async throws
  {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("app"))
      Files.makeDirectories(shop.path("other"))
      Files.write(shop.path(".env"), "A=1")
      var app = WatchSet(id: "app", root: shop.path("app"))
      app.alwaysWatched = [WatchRule(.file("../.env"), origin: "devtop.toml:4")]
      try shop.watch([app])
      Files.write(shop.path("other/file"), "x")
      Files.write(shop.path("beside"), "x")
      Files.write(shop.path(".env"), "A=2")
      let changes = try shop.nextChanges()
      #expect(changes.map(\.path) == [shop.path(".env")])
    }
  }
}

/// What was told before the start was over.
final class Told: Sendable {
  let warnings = Locked<[String]>([])
}
