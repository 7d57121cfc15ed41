import Glibc
import Testing

@testable import DevtopWatcher

@Suite(.serialized) struct ChangeTests {
  @Test func `a save is one change with the content before and after`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("main.go"), "one")
      let summary = try shop.watchKnown()
      #expect(summary.files == 1)
      #expect(summary.directories == 1)
      #expect(summary.backend == .inotify)
      Files.write(shop.path("main.go"), "two")
      let story = try shop.settle()
      #expect(story.lines == ["modified main.go"])
      #expect(story.changes.map(\.oldContent) == [ContentHash(of: Array("one".utf8))])
      #expect(story.changes.map(\.newContent) == [ContentHash(of: Array("two".utf8))])
      #expect(story.changes.map(\.verdicts) == [["all": .watched]])
    }
  }

  @Test func `a file changed just before the start has no old content`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("main.go"), "one")
      var options = EngineOptions()
      options.baselineMargin = .seconds(60)
      try shop.watch(nil, options)
      Files.write(shop.path("main.go"), "one")
      let story = try shop.settle()
      #expect(story.lines == ["modified main.go"])
      #expect(story.changes.map(\.oldContent) == [nil])
    }
  }

  @Test func `touch, chmod and a save without a difference have equal contents`() async throws {
    try await onThread {
      let shop = try Workshop()
      for name in ["saved", "touched", "chmodded"] { Files.write(shop.path(name), "one") }
      try shop.watchKnown()
      Files.write(shop.path("saved"), "one")
      #expect(try shop.settle().lines == ["modified saved ="])
      let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, shop.path("touched"), times, 0) == 0)
      #expect(try shop.settle().lines == ["modified touched ="])
      #expect(chmod(shop.path("chmodded"), 0o600) == 0)
      #expect(try shop.settle().lines == ["modified chmodded ="])
    }
  }

  @Test func `the last attributes of a save are part of it, a touch behind it is not`() async throws {
    try await onThread {
      let shop = try Workshop()
      for name in ["saved", "touched"] { Files.write(shop.path(name), "one") }
      // So long that whatever follows a save here counts as its end.
      var options = EngineOptions.patient
      options.replacementWait = .seconds(2)
      try shop.watchKnown(nil, options)
      for name in ["saved", "touched"] {
        Files.write(shop.path(name), "two")
        #expect(try shop.nextChanges().map(\.path) == [shop.path(name)])
      }
      #expect(chmod(shop.path("saved"), 0o600) == 0)
      let later = timespec(tv_sec: time(nil) + 60, tv_nsec: 0)
      #expect(utimensat(AT_FDCWD, shop.path("touched"), [later, later], 0) == 0)
      #expect(try shop.settle().lines == ["modified touched ="])
    }
  }

  @Test func `files are created, renamed and removed`() async throws {
    try await onThread {
      let shop = try Workshop()
      try shop.watch()
      Files.write(shop.path("b"), "b")
      #expect(try shop.settle().lines == ["created b"])
      Files.move(shop.path("b"), shop.path("c"))
      let rename = try shop.next("rename") { event -> [FileChange]? in
        if case .changes(let batch) = event, !batch.changes.isEmpty { batch.changes } else { nil }
      }
      #expect(
        Set(rename.map { "\($0.kind) \($0.path)" }) == [
          "removed \(shop.path("b"))", "created \(shop.path("c"))",
        ])
      Files.remove(shop.path("c"))
      #expect(try shop.settle().lines == ["removed c"])
    }
  }

  @Test func `a file that is written for long is told of when it is closed`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("long"), "one")
      try shop.watchKnown()
      let descriptor = open(shop.path("long"), O_WRONLY | O_TRUNC | O_CLOEXEC)
      #expect(write(descriptor, "two", 3) == 3)
      #expect(try shop.settle().lines.isEmpty)
      close(descriptor)
      let story = try shop.settle()
      #expect(story.lines == ["modified long"])
      #expect(story.changes.map(\.newContent) == [ContentHash(of: Array("two".utf8))])
    }
  }

  @Test func `a write through a memory map is told of at the close`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("mapped"), "one")
      try shop.watchKnown()
      let descriptor = open(shop.path("mapped"), O_RDWR | O_CLOEXEC)
      let map = try #require(mmap(nil, 3, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0))
      map.copyMemory(from: "two", byteCount: 3)
      munmap(map, 3)
      #expect(try shop.settle().lines.isEmpty)
      close(descriptor)
      #expect(try shop.settle().lines == ["modified mapped"])
    }
  }

  @Test func `links, and files that get their name when they are written, are told of without a close`()
    async throws
  {
    try await onThread {
      let shop = try Workshop()
      let elsewhere = try Workshop()
      Files.write(elsewhere.path("real"), "one")
      try shop.watch()
      Files.link("nowhere", at: shop.path("soft"))
      #expect(link(elsewhere.path("real"), shop.path("hard")) == 0)
      let descriptor = open(shop.root, Int32(bitPattern: 0x410000) | O_RDWR | O_CLOEXEC, 0o644)  // O_TMPFILE
      try #require(descriptor >= 0)
      #expect(write(descriptor, "two", 3) == 3)
      #expect(
        linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, shop.path("late"), AT_SYMLINK_FOLLOW) == 0)
      close(descriptor)
      var missing: Set<String> = [shop.path("soft"), shop.path("hard"), shop.path("late")]
      while !missing.isEmpty {
        for change in try shop.nextChanges() where missing.remove(change.path) != nil {
          #expect(change.kind == .created)
        }
      }
    }
  }

  @Test func `a file that comes and goes within the wait is never told of`() async throws {
    try await onThread {
      let shop = try Workshop()
      try shop.watch()
      Files.write(shop.path("temporary"), "x")
      Files.remove(shop.path("temporary"))
      #expect(try shop.settle().lines.isEmpty)
    }
  }

  @Test func `after 200 saves the last content is told last`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("main.go"), "start")
      try shop.watch()
      for number in 1...200 { Files.write(shop.path("main.go"), "save \(number)") }
      let story = try shop.settle()
      #expect(story.changes(of: "main.go").last?.newContent == ContentHash(of: Array("save 200".utf8)))
    }
  }

  @Test func `pipes and sockets are left alone`() async throws {
    try await onThread {
      let shop = try Workshop()
      #expect(mkfifo(shop.path("before"), 0o600) == 0)
      #expect(try shop.watch().files == 0)
      #expect(mkfifo(shop.path("after"), 0o600) == 0)
      #expect(try shop.settle().lines.isEmpty)
    }
  }

  @Test func `an idle watcher is not woken`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("node_modules/x"))
      Files.write(shop.path("main.go"), "one")
      try shop.watchKnown()
      Files.write(shop.path("main.go"), "two")
      _ = try shop.settle()
      let watcher = try #require(shop.watcher)
      // The marker's own tail: its bell rings before the thread sleeps again.
      #expect(throws: Workshop.TimedOut.self) { try shop.next("nothing", seconds: 1) { _ in true } }
      let before = watcher.wakeups
      Files.write(shop.path("node_modules/x/index.js"), "x")
      #expect(throws: Workshop.TimedOut.self) { try shop.next("nothing", seconds: 1) { _ in true } }
      #expect(watcher.wakeups == before)
    }
  }

  @Test func `nothing is told after stop`() async throws {
    try await onThread {
      let shop = try Workshop()
      try shop.watch()
      shop.stop()
      shop.stop()
      Files.write(shop.path("late"), "x")
      #expect(throws: Workshop.TimedOut.self) { try shop.next("nothing", seconds: 1) { _ in true } }
    }
  }
}
