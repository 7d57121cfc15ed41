import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

/// What is removed when devtop ends, and what must not be.
@Suite struct ExitRemovalTests {
  @Test func `a directory of the project is removed with all that is in it, links are not followed`() throws {
    let project = try Project(["tmp/a/b": "", "tmp/c": "", "keep/d": "", "file": ""])
    symlink(project.path + "/keep", project.path + "/tmp/link")
    let paths = ["tmp", "file", "never"].map { project.path + "/" + $0 }
    #expect(ExitRemoval.remove(paths, root: project.path) == [])
    #expect(Path.list(project.path) == ["keep"])
    #expect(Path.isFile(project.path + "/keep/d"))
  }

  @Test func `neither the root nor anything outside of it is removed`() throws {
    let outside = try Project(["precious/file": ""])
    let project = try Project(["a": ""])
    symlink(outside.path, project.path + "/way")
    let paths = [
      project.path, project.path + "/x/..", outside.path + "/precious", project.path + "/way/precious", "/",
      project.path + "/../" + Path.name(outside.path) + "/precious",
    ]
    _ = ExitRemoval.remove(paths, root: project.path)
    #expect(Path.isFile(outside.path + "/precious/file"))
    #expect(Path.isFile(project.path + "/a"))
    #expect(ExitRemoval.remove([project.path + "/way/precious"], root: project.path).count == 1)
    // The link itself is inside.
    #expect(ExitRemoval.remove([project.path + "/way"], root: project.path) == [])
    #expect(Path.isDirectory(outside.path) && Path.kind(project.path + "/way") == nil)
  }
}
