import Glibc
import Testing

@testable import DevtopWatcher

@Suite(.serialized) struct RootTests {
  @Test func `a root that is deleted and made anew is watched again`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("app/src"))
      Files.write(shop.path("app/src/main.go"), "one")
      try shop.watch([WatchSet(id: "app", root: shop.path("app"))])
      for round in 1...3 {
        Files.removeTree(shop.path("app"))
        try shop.next("missing") {
          if case .warning(.missingRoot(shop.path("app"))) = $0 { true } else { nil }
        }
        Files.makeDirectories(shop.path("app/src"))
        Files.write(shop.path("app/src/main.go"), "\(round)")
        try Self.wait(shop, "app/src/main.go", "\(round)")
        Files.write(shop.path("app/src/main.go"), "again \(round)")
        try Self.wait(shop, "app/src/main.go", "again \(round)")
      }
    }
  }

  @Test func `a root that does not exist yet is watched when it does, however deep`() async throws {
    try await onThread {
      let shop = try Workshop()
      let summary = try shop.watch([WatchSet(id: "app", root: shop.path("a/b/c"))])
      #expect(summary.files == 0)
      Files.makeDirectories(shop.path("a/b/c/d"))
      Files.write(shop.path("a/b/c/d/file"), "one")
      try Self.wait(shop, "a/b/c/d/file", "one")
      Files.move(shop.path("a"), shop.path("away"))
      try shop.next("removal") { Self.changes($0).contains { $0.kind == .removed } ? true : nil }
      Files.move(shop.path("away"), shop.path("a"))
      try Self.wait(shop, "a/b/c/d/file", "one")
    }
  }

  @Test func `a root that is replaced by another directory is followed by its name`() async throws {
    try await onThread {
      let shop = try Workshop()
      for name in ["app", "next"] { Files.makeDirectories(shop.path(name)) }
      Files.write(shop.path("app/old"), "one")
      Files.write(shop.path("next/new"), "two")
      try shop.watch([WatchSet(id: "app", root: shop.path("app"))])
      Files.move(shop.path("app"), shop.path("previous"))
      Files.move(shop.path("next"), shop.path("app"))
      try Self.wait(shop, "app/new", "two")
      Files.write(shop.path("app/new"), "three")
      try Self.wait(shop, "app/new", "three")
    }
  }

  @Test func `a root inside a directory that another set ignores is watched for its own`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("node_modules/plugin"))
      Files.write(shop.path("node_modules/plugin/index.js"), "one")
      try shop.watch([
        shop.everything(),
        WatchSet(id: "plugin", root: shop.path("node_modules/plugin"), usesGitignore: false),
      ])
      Files.write(shop.path("node_modules/plugin/index.js"), "two")
      let story = try shop.settle()
      #expect(story.lines == ["modified node_modules/plugin/index.js"])
      #expect(
        story.changes.map(\.verdicts) == [
          ["all": .ignored(by: "default: node_modules/"), "plugin": .watched]
        ])
    }
  }

  private static func changes(_ event: WatchEvent) -> [FileChange] {
    if case .changes(let batch) = event { batch.changes } else { [] }
  }

  private static func wait(_ shop: Workshop, _ name: String, _ text: String) throws {
    let content = ContentHash(of: Array(text.utf8))
    try shop.next("\(name) with \(text)") { event in
      changes(event).contains { $0.path == shop.path(name) && $0.newContent == content } ? true : nil
    }
  }
}
