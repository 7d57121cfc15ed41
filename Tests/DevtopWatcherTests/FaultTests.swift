import class DevtopCore.Locked
import Glibc
import Testing

@testable import DevtopWatcher

/// What the kernel and file systems do to a watcher.
@Suite(.serialized) struct FaultTests {
  @Test func `100,000 touches of 25,000 files while the reader is stalled are all found`() async throws {
    try await onThread {
      let shop = try Workshop()
      var names: Set<String> = []
      for directory in 0..<100 {
        Files.makeDirectories(shop.path("\(directory)"))
        for file in 0..<250 { names.insert(shop.path("\(directory)/\(file)")) }
      }
      for name in names { Files.write(name, "") }
      let gate = Gate()
      try shop.watch(nil, EngineOptions()) { event in
        if case .changes = event { gate.pass() }
      }
      // The handler stands still at the first change.
      gate.close()
      Files.write(shop.path("0/0"), "x")
      // Touches that came before would be one batch with this one, and the reader would have them all.
      try #require(gate.isReached())
      for _ in 1...4 {
        for name in names { Files.write(name, "x", flags: O_WRONLY | O_APPEND) }
      }
      Files.remove(shop.path("7/7"))
      Files.write(shop.path("7/new"), "x")
      gate.open()
      var story = Story()
      try shop.next("rescan", seconds: 60) { event in
        story.take(event, root: shop.root)
        if case .rescanned = event { return true }
        return nil
      }
      #expect(story.warnings.contains(.overflow))
      story.changes += try shop.settle().changes
      #expect(names.subtracting(story.changes.map(\.path)).isEmpty)
      #expect(story.changes.last { $0.path == shop.path("7/7") }?.kind == .removed)
      #expect(story.changes.last { $0.path == shop.path("7/new") }?.kind == .created)
      Files.write(shop.path("99/249"), "y")
      #expect(try shop.settle().lines == ["modified 99/249"])
    }
  }

  /// `fs.inotify.max_user_watches` is global to the machine, so that the limit is injected instead of lowered.
  @Test func `beyond the watch limit the rest is polled, and the sysctl is named`() async throws {
    try await onThread {
      let shop = try Workshop()
      for number in 0..<10 {
        Files.makeDirectories(shop.path("\(number)"))
        Files.write(shop.path("\(number)/file"), "one")
      }
      var options = EngineOptions()
      options.watchLimit = 5
      options.pollInterval = .milliseconds(20)
      let told = Told()
      let summary = try shop.watch(nil, options) {
        if case .warning(let warning) = $0 { told.warnings.withLock { $0.append("\(warning)") } }
      }
      #expect(summary.backend == .mixed)
      #expect(summary.directories == 11)
      #expect(
        told.warnings.withLock { $0.count { $0.contains("sudo sysctl fs.inotify.max_user_watches=") } } == 1)
      for number in 0..<10 { Files.write(shop.path("\(number)/file"), "second \(number)") }
      try Self.collect(shop, (0..<10).map { "modified \($0)/file" })
      Files.makeDirectories(shop.path("9/new/deep"))
      Files.write(shop.path("9/new/deep/file"), "x")
      try Self.collect(shop, ["created 9/new/deep/file"])
      Files.removeTree(shop.path("9"))
      try Self.collect(shop, ["removed 9/file", "removed 9/new/deep/file"])
    }
  }

  @Test func `a limit that is reached later is handled as well`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("a"))
      var options = EngineOptions()
      options.watchLimit = 8
      options.pollInterval = .milliseconds(20)
      #expect(try shop.watch(nil, options).backend == .inotify)
      for number in 0..<10 { Files.makeDirectories(shop.path("new/\(number)")) }
      for number in 0..<10 { Files.write(shop.path("new/\(number)/file"), "one") }
      try Self.collect(shop, (0..<10).map { "created new/\($0)/file" })
      for number in 0..<10 { Files.write(shop.path("new/\(number)/file"), "second") }
      try Self.collect(shop, (0..<10).map { "modified new/\($0)/file" })
    }
  }

  @Test func `a polled root that is deleted is found when it is made anew`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.makeDirectories(shop.path("app"))
      Files.write(shop.path("app/file"), "one")
      var options = EngineOptions()
      options.poll = .always(interval: .milliseconds(20))
      try shop.watch([WatchSet(id: "app", root: shop.path("app"))], options)
      Files.removeTree(shop.path("app"))
      try Self.collect(shop, ["removed app/file"])
      Files.makeDirectories(shop.path("app"))
      Files.write(shop.path("app/file"), "second")
      try Self.collect(shop, ["created app/file"])
    }
  }

  @Test func `without an inotify instance everything is polled, and the sysctl is named`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("file"), "one")
      var options = EngineOptions()
      options.failsToMakeInstance = true
      options.pollInterval = .milliseconds(20)
      let told = Told()
      let summary = try shop.watch(nil, options) {
        if case .warning(let warning) = $0 { told.warnings.withLock { $0.append("\(warning)") } }
      }
      #expect(summary.backend == .poll)
      #expect(
        told.warnings.withLock { $0 }.contains { $0.contains("sudo sysctl fs.inotify.max_user_instances=") })
      try Self.changeByPolling(shop)
    }
  }

  @Test func `polling finds what is created, changed and removed`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("file"), "one")
      var options = EngineOptions()
      options.poll = .always(interval: .milliseconds(20))
      #expect(try shop.watch(nil, options).backend == .poll)
      try Self.changeByPolling(shop)
    }
  }

  @Test(arguments: ["nfs4", "cifs", "9p", "fuse.sshfs", "vboxsf"])
  func `file systems without events are polled`(type: String) async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("file"), "one")
      var options = EngineOptions()
      options.fileSystemType = type
      options.pollInterval = .milliseconds(20)
      #expect(try shop.watch(nil, options).backend == .poll)
      try Self.changeByPolling(shop)
      options.poll = .never
      let other = try Workshop()
      #expect(try other.watch(nil, options).backend == .inotify)
    }
  }

  @Test func `a doubtful file system is polled after its first miss`() async throws {
    try await onThread {
      let shop = try Workshop()
      Files.write(shop.path("file"), "one")
      var options = EngineOptions()
      options.fileSystemType = "overlay"
      options.isDeaf = true
      options.slowCompareInterval = .milliseconds(50)
      options.pollInterval = .milliseconds(20)
      #expect(try shop.watch(nil, options).backend == .inotify)
      Files.write(shop.path("file"), "second")
      var story = Story()
      try shop.next("switch") { event in
        story.take(event, root: shop.root)
        return story.lines == ["modified file"]
          && story.warnings == [.missedEvents(path: shop.root, type: "overlay")] ? true : nil
      }
      try Self.changeByPolling(shop)
    }
  }

  @Test func `edits of an overlay's lower layer are found`() async throws {
    try await onThread {
      let shop = try Workshop()
      for name in ["lower", "upper", "work", "merged"] { Files.makeDirectories(shop.path(name)) }
      Files.write(shop.path("lower/file"), "one")
      let layers =
        "lowerdir=\(shop.path("lower")),upperdir=\(shop.path("upper")),workdir=\(shop.path("work"))"
      guard mount("overlay", shop.path("merged"), "overlay", 0, layers) == 0 else {
        // Only root may mount; the switch itself is tested above.
        print("skipped: overlay cannot be mounted here: \(systemMessage(errno))")
        return
      }
      defer { umount2(shop.path("merged"), 2) }
      var options = EngineOptions()
      options.slowCompareInterval = .milliseconds(50)
      options.pollInterval = .milliseconds(20)
      let merged = WatchSet(id: "merged", root: shop.path("merged"))
      #expect(try shop.watch([merged], options).backend == .inotify)
      Files.write(shop.path("lower/file"), "second")
      var story = Story()
      try shop.next("switch") { event in
        story.take(event, root: shop.path("merged"))
        return story.lines == ["modified file"] && story.warnings.count == 1 ? true : nil
      }
      shop.stop()
    }
  }

  @Test func `an unreadable directory is named, and the rest is watched`() async throws {
    try await onThread {
      let shop = try Workshop()
      // Root may read everything: the refusal is injected.
      Files.makeDirectories(shop.path("secret"))
      Files.write(shop.path("file"), "one")
      var options = EngineOptions()
      options.unreadableName = "secret"
      let told = Told()
      try shop.watch(nil, options) {
        if case .warning(let warning) = $0 { told.warnings.withLock { $0.append("\(warning)") } }
      }
      #expect(
        told.warnings.withLock { $0 }.first?.hasPrefix(
          "Cannot watch \(shop.path("secret")): Permission denied") == true)
      Files.write(shop.path("file"), "two")
      #expect(try shop.settle().lines == ["modified file"])
    }
  }

  private static func changeByPolling(_ shop: Workshop) throws {
    Files.write(shop.path("file"), "another size")
    try collect(shop, ["modified file"])
    Files.makeDirectories(shop.path("a/b"))
    Files.write(shop.path("a/b/new"), "x")
    try collect(shop, ["created a/b/new"])
    Files.write(shop.path("a/b/new"), "longer")
    try collect(shop, ["modified a/b/new"])
    Files.removeTree(shop.path("a"))
    try collect(shop, ["removed a/b/new"])
  }

  private static func collect(_ shop: Workshop, _ lines: [String]) throws {
    var missing = Set(lines)
    var story = Story()
    try shop.next("\(lines)") { event in
      story.take(event, root: shop.root)
      missing.subtract(story.lines)
      return missing.isEmpty ? true : nil
    }
  }
}

/// Lets a thread pass or stand still.
final class Gate: Sendable {
  private let isClosed = Locked(false)
  private let bell = Bell()
  private let arrival = Bell()

  /// Waits until somebody stands at it; false when nobody comes for a minute.
  func isReached() -> Bool {
    var descriptor = pollfd(fd: arrival.readEnd, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 60_000) == 1
  }

  func close() { isClosed.withLock { $0 = true } }

  func open() {
    isClosed.withLock { $0 = false }
    bell.ring()
  }

  func pass() {
    while isClosed.withLock({ $0 }) {
      arrival.ring()
      var descriptor = pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, -1)
    }
  }
}
