import DevtopCore
import Glibc
import Testing

@testable import DevtopLogs

/// Lines in files, beside memory.
final class LogFilesTests {
  private let directory: String
  private let warnings = Locked<[String]>([])

  init() throws {
    var template = Array("/tmp/devtop-logs.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in files { unlink("\(directory)/logs/\(name)") }
    rmdir("\(directory)/logs")
    rmdir(directory)
  }

  private var files: [String] {
    guard let entries = opendir("\(directory)/logs") else { return [] }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  private func text(_ name: String) -> [UInt8] {
    let file = open("\(directory)/logs/\(name)", O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4 << 20)
    let count = read(file, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  private func store(size: Int = 10 << 20, count: Int = 5) -> LogStore {
    let store = LogStore()
    let warnings = warnings
    store.setFiles(LogFileSettings(directory: "\(directory)/logs", sizeInBytes: size, count: count)) { text in
      warnings.withLock { $0.append(text) }
    }
    return store
  }

  @Test func `each service has its lines, byte for byte, whole and in order`() {
    let store = store()
    let (out, err) = (store.source("api", run: 1), store.source("api", run: 1, .error))
    let web = store.source("a/b", run: 1)
    store.append("one\ntw", from: out)
    store.append([0xFF, 0x00, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x0A], from: err)
    store.append("o\r\nunfinished", from: out)
    store.mark("exit 1", level: .error, service: "api", run: 1)
    store.finish(out)
    store.append("other\n", from: web)
    store.setFiles(nil) { _ in }
    #expect(files == ["a_b.log", "api.log"])
    let expected =
      Array("one\n".utf8) + [0xFF, 0x00, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x0A]
      + Array("two\r\n── exit 1 ──\nunfinished\n".utf8)
    #expect(text("api.log") == expected)
    #expect(text("a_b.log") == Array("other\n".utf8))
    #expect(warnings.withLock { $0 }.isEmpty)
  }

  @Test func `what memory cuts is in the file`() {
    let store = store()
    let api = store.source("api", run: 1)
    let long = [UInt8](repeating: 0x78, count: 3 << 20)
    store.append(long + [0x0A], from: api)
    store.setFiles(nil) { _ in }
    #expect(text("api.log").count == (3 << 20) + 1)
  }

  @Test func `files that are full are set aside, and the oldest goes`() {
    let store = store(size: 100, count: 3)
    let api = store.source("api", run: 1)
    for number in 0..<5 {
      store.append(String(repeating: "\(number)", count: 79) + "\n", from: api)
      // A piece each: what is written together stays together.
      #expect(wait { text("api.log").first == UInt8(ascii: "0") + UInt8(number) })
    }
    store.setFiles(nil) { _ in }
    #expect(files == ["api.1.log", "api.2.log", "api.log"])
    #expect(["api.2.log", "api.1.log", "api.log"].map { text($0).first } == Array("234".utf8))
  }

  @Test func `a session goes on where the last one ended, and a deleted file comes back`() {
    for line in ["one\n", "two\n"] {
      let store = store()
      store.append(line, from: store.source("api", run: 1))
      store.setFiles(nil) { _ in }
    }
    #expect(text("api.log") == Array("one\ntwo\n".utf8))
    let store = store()
    let api = store.source("api", run: 1)
    store.append("three\n", from: api)
    #expect(wait { text("api.log").count == 14 })
    unlink("\(directory)/logs/api.log")
    store.append("four\n", from: api)
    #expect(wait { text("api.log") == Array("four\n".utf8) })
    store.setFiles(nil) { _ in }
  }

  @Test func `a failure is told once, and memory has the lines`() throws {
    // A full disk, where this process may make one; else a name that cannot be opened.
    mkdir("\(directory)/logs", 0o755)
    let path = "\(directory)/logs/api.log"
    let isDevice = mknod(path, S_IFCHR | 0o666, 0x107) == 0
    if !isDevice { try #require(symlink("/nowhere/at/all", path) == 0) }
    let store = store()
    let api = store.source("api", run: 1)
    for number in 0..<3 {
      store.append("\(number)\n", from: api)
      usleep(80_000)
    }
    store.setFiles(nil) { _ in }
    let told = warnings.withLock { $0 }
    #expect(told.count == 1)
    #expect(told.first?.contains(isDevice ? "No space left on device" : "Too many levels") == true, "\(told)")
    #expect(store.statistics.keptLines == 3)
  }

  private func wait(until isDone: () -> Bool) -> Bool {
    for _ in 0..<200 {
      if isDone() { return true }
      usleep(20_000)
    }
    return isDone()
  }
}
