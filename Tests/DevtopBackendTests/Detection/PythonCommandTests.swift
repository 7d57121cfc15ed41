import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct PythonCommandTests {
  @Test(arguments: [
    "python3 -u app.py", "/usr/bin/python3.12 -m http.server", "exec pypy3 x.py", "gunicorn -w 2 app:app",
    "cd web && .venv/bin/uvicorn app:app", "sh -c 'python app.py'",
  ])
  func `a command that runs Python is known`(command: String) {
    #expect(PythonCommand.isMeant(by: .shell(command)))
    let spec = {
      var spec = ServiceSpec(id: "a", directory: "/"); spec.run = .shell(command); return spec
    }()
    let none: (String) -> [(String, String)] = { _ in [] }
    #expect(
      ServiceEnvironment.make(for: spec, base: [:], readFile: none).contains("PYTHONDONTWRITEBYTECODE=1"))
    let own = ["PYTHONDONTWRITEBYTECODE": ""]
    #expect(
      ServiceEnvironment.make(for: spec, base: own, readFile: none).contains("PYTHONDONTWRITEBYTECODE="))
  }

  @Test(arguments: ["node server.js", "./tmp/api --python-path x", "pythonista run", "go run ."])
  func `others are not taken for it`(command: String) {
    #expect(!PythonCommand.isMeant(by: .shell(command)))
  }
}
