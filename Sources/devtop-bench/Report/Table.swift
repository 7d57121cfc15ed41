import DevtopCore
import Glibc

/// Prints results: a table for people, or one JSON object a line.
struct Table {
  var results: [Finding]

  var text: String {
    let header = ["row", "measured", "floor in the same run", "difference", "target", "result"]
    let lines = results.map {
      [$0.name, $0.measured, $0.floor, $0.difference, $0.target, $0.verdict.rawValue]
    }
    var widths = header.map(\.count)
    for line in lines {
      for (index, cell) in line.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    var text = row(header, widths) + row(widths.map { String(repeating: "─", count: $0) }, widths)
    for line in lines { text += row(line, widths) }
    for result in results {
      text += "\n\(result.name): \(result.what)\n"
      if let noise = result.noise { text += "  noisy: \(noise)\n" }
      for detail in result.details { text += "  \(detail)\n" }
    }
    return text
  }

  private func row(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: width - cell.count + 2)
    }
    while line.hasSuffix(" ") { line.removeLast() }
    return line + "\n"
  }

  var json: String {
    results.map { result in
      var object = JSONText()
      object.add("row", result.name)
      object.add("what", result.what)
      object.add("measured", result.measured)
      object.add("floor", result.floor)
      object.add("difference", result.difference)
      object.add("target", result.target)
      object.add("result", result.verdict.rawValue)
      if let noise = result.noise { object.add("noise", noise) }
      object.add("details", result.details)
      // Numbers with a fraction, which JSONText leaves to its callers; all names are ours.
      let values = result.values.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",")
      return object.closed.dropLast() + ",\"values\":{\(values)}}\n"
    }.joined()
  }
}
