import Glibc
import Testing

@testable import DevtopWatcher

@Suite(.serialized) struct DirectoryTests {
  @Test func `nothing is missed in a thousand new trees with a file each`() async throws {
    try await onThread {
      let shop = try Workshop()
      try shop.watch()
      var contents: [String: String] = [:]
      for number in 0..<1000 {
        Files.makeDirectories(shop.path("\(number)/a/b/c"))
        Files.write(shop.path("\(number)/a/b/c/file"), "\(number)")
        contents[shop.path("\(number)/a/b/c/file")] = "\(number)"
      }
      var last: [String: FileChange] = [:]
      for change in try shop.settle().changes {
        // A writer that is slower than the wait between opening and closing is told of twice.
        #expect((change.kind == .created) == (last[change.path] == nil))
        last[change.path] = change
      }
      #expect(last.count == 1000)
      for (path, text) in contents {
        #expect(last[path]?.newContent == ContentHash(of: Array(text.utf8)))
      }
    }
  }

  @Test func `a renamed directory's files have their new paths`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("old/in"))
      Files.write(shop.path("old/in/file"), "one")
      Files.write(shop.path("old/top"), "top")
      try shop.watchKnown()
      let watches = KernelWatches.count(shop)
      Files.move(shop.path("old"), shop.path("new"))
      let story = try shop.settle()
      #expect(
        Set(story.lines) == [
          "removed old/in/file", "created new/in/file", "removed old/top", "created new/top",
        ])
      #expect(story.changes(of: "new/in/file").first?.newContent == ContentHash(of: Array("one".utf8)))
      Files.write(shop.path("new/in/file"), "two")
      #expect(try shop.settle().lines == ["modified new/in/file"])
      #expect(KernelWatches.count(shop) == watches)
    }
  }

  @Test func `directories renamed out, in and over each other leave no stale watches`() async throws {
    try await onThread {
      let shop = try Workshop()
      let outside = try Workshop()
      Files.makeDirectories(shop.path("a/x"))
      Files.makeDirectories(shop.path("b"))
      Files.write(shop.path("a/x/file"), "one")
      try shop.watchKnown()
      let watches = KernelWatches.count(shop)
      // Out.
      Files.move(shop.path("a"), outside.path("a"))
      #expect(try shop.settle().lines == ["removed a/x/file"])
      #expect(KernelWatches.count(shop) == watches - 2)
      Files.write(outside.path("a/x/file"), "outside")
      #expect(try shop.settle().lines.isEmpty)
      // In.
      Files.move(outside.path("a"), shop.path("c"))
      #expect(try shop.settle().lines == ["created c/x/file"])
      #expect(KernelWatches.count(shop) == watches)
      // Over.
      Files.move(shop.path("c"), shop.path("b"))
      #expect(Set(try shop.settle().lines) == ["removed c/x/file", "created b/x/file"])
      #expect(KernelWatches.count(shop) == watches - 1)
      // Swapped by three renames.
      Files.makeDirectories(shop.path("d"))
      Files.write(shop.path("d/other"), "two")
      #expect(try shop.settle().lines == ["created d/other"])
      Files.move(shop.path("b"), shop.path("t"))
      Files.move(shop.path("d"), shop.path("b"))
      Files.move(shop.path("t"), shop.path("d"))
      _ = try shop.settle()
      Files.write(shop.path("d/x/file"), "three")
      Files.write(shop.path("b/other"), "four")
      let swapped = try shop.settle()
      #expect(Set(swapped.lines) == ["modified d/x/file", "modified b/other"])
      #expect(KernelWatches.count(shop) == watches)
      // Removed and made anew at once.
      Files.removeTree(shop.path("d"))
      Files.makeDirectories(shop.path("d/x"))
      Files.write(shop.path("d/x/file"), "five")
      #expect(try shop.settle().lines == ["modified d/x/file"])
      #expect(KernelWatches.count(shop) == watches)
      Files.removeTree(shop.path("d"))
      #expect(try shop.settle().lines == ["removed d/x/file"])
      #expect(KernelWatches.count(shop) == watches - 2)
    }
  }

  @Test func `a directory that moves into an ignored name is gone, and back when it moves out`() async throws
  {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("lib"))
      Files.write(shop.path("lib/file"), "one")
      try shop.watchKnown()
      Files.move(shop.path("lib"), shop.path("node_modules"))
      let story = try shop.settle()
      #expect(story.lines == ["removed lib/file"])
      #expect(story.ignored.map(\.rule) == ["default: node_modules/"])
      Files.move(shop.path("node_modules"), shop.path("lib"))
      #expect(try shop.settle().lines == ["created lib/file"])
    }
  }

  @Test func `loops of links end, and the outside is followed only when asked`() async throws {
    try await onThread {
      let shop = try Workshop()
      let outside = try Workshop()
      Files.makeDirectories(shop.path("a/b"))
      Files.link("..", at: shop.path("a/b/up"))
      Files.link(".", at: shop.path("a/self"))
      Files.link("../c", at: shop.path("a/toc"))
      Files.makeDirectories(shop.path("c"))
      Files.link("../a", at: shop.path("c/toa"))
      Files.link("loop", at: shop.path("loop"))
      Files.link(outside.root, at: shop.path("outside"))
      Files.makeDirectories(outside.path("in"))
      Files.write(outside.path("in/file"), "one")
      try shop.watch()
      Files.write(outside.path("in/file"), "two")
      #expect(try shop.settle().lines.isEmpty)
      var following = shop.everything()
      following.followsSymlinks = true
      shop.watcher?.update(sets: [following])
      let summary = try shop.ready()
      #expect(summary.directories == 6)
      Files.write(outside.path("in/file"), "three")
      #expect(try shop.settle().lines == ["modified outside/in/file"])
      Files.remove(shop.path("outside"))
      #expect(try shop.settle().lines == ["removed outside/in/file"])
      Files.link(outside.root, at: shop.path("again"))
      #expect(try shop.settle().lines == ["created again/in/file"])
    }
  }

  @Test func `two roots may lead to one directory`() async throws {
    try await onThread {
      let shop = try Workshop()
      for name in ["one", "two", "shared"] { Files.makeDirectories(shop.path(name)) }
      Files.write(shop.path("shared/file"), "x")
      Files.link("../shared", at: shop.path("one/link"))
      Files.link("../shared", at: shop.path("two/link"))
      var one = WatchSet(id: "one", root: shop.path("one"))
      one.followsSymlinks = true
      var two = WatchSet(id: "two", root: shop.path("two"))
      two.followsSymlinks = true
      try shop.watch([
        one, two,
        WatchSet(id: "marks", root: shop.root, includes: [WatchRule(.glob("/.marker-*"), origin: "m")]),
      ])
      Files.write(shop.path("shared/file"), "y")
      #expect(Set(try shop.settle().lines) == ["modified one/link/file", "modified two/link/file"])
    }
  }
}
