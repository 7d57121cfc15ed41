import DevtopCore

/// A question with yes and no.
struct ConfirmOverlay {
  let scene: Scene
  let question: Confirmation

  func draw(on canvas: inout Canvas) {
    let width = max(10, min(64, scene.size.columns - 6))
    var lines = text.flatMap { TextWrap.rows(of: $0, columns: width).map { Line(String($0)) } }
    var answers = Line("y", .key)
    answers.add(" or ")
    answers.add("Enter", .key)
    answers.add(": yes    ")
    answers.add("any other key", .key)
    answers.add(": no")
    lines += [Line(""), answers]
    let columns = lines.map(\.columns).max() ?? 0
    let box = Box(columns: columns, rows: lines.count, on: scene.size)
    box.draw(title: title, on: &canvas)
    box.draw(lines, scroll: 0, on: &canvas)
  }

  private var title: String {
    switch question {
    case .quit: "Quit?"
    case .stop(let ids): "Stop \(ids.count) services?"
    case .kill: "Kill?"
    case .endHolder: "End the other process?"
    case .copySecrets: "Copy secrets?"
    }
  }

  private var text: [String] {
    switch question {
    case .quit:
      let up = scene.state.services.filter { $0.servingRun != nil }.map(\.id.name)
      let what =
        up.isEmpty ? "no service runs" : up.joined(separator: ", ") + (up.count == 1 ? " runs" : " run")
      return ["\(what); quitting stops what runs, in order."]
    case .stop(let ids):
      let next = scene.keys.keyName(for: .nextService).map { " and \($0)" } ?? ""
      return [
        "Stop \(ServiceID.sentence(ids))? The Services pane\(next) choose\(next.isEmpty ? "s" : "") one."
      ]
    case .kill(let ids):
      let whose = ids.count == 1 ? "its" : "their"
      return ["SIGKILL \(ServiceID.sentence(ids)) and all \(whose) processes? Nothing is saved by them."]
    case .copySecrets:
      return ["Copy the request as curl with its credentials, cookies and tokens as they are?"]
    case .endHolder(let holder, let service):
      return [
        scene.wording.sentence(about: holder) + ".",
        "End that process and start \(service.name)?",
      ]
    }
  }
}
