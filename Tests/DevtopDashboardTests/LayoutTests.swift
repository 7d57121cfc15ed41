import DevtopCore
import DevtopDashboard
import Testing

@Suite struct LayoutTests {
  private func layout(_ columns: Int, _ rows: Int, _ change: (inout AppState) -> Void = { _ in }) -> Layout {
    var state = SampleSession.red(columns, rows)
    change(&state)
    return Layout(state)
  }

  @Test func `the size decides what there is room for`() {
    let kinds: [(Int, Int, Layout.Kind)] = [
      (0, 0, .badge), (11, 50, .badge), (300, 1, .badge), (12, 2, .compact), (39, 60, .compact),
      (300, 7, .compact),
      (40, 8, .single), (79, 60, .single), (200, 23, .single), (80, 24, .stacked), (119, 60, .stacked),
      (200, 29, .stacked), (120, 30, .columns), (159, 60, .columns), (160, 30, .wide),
    ]
    for (columns, rows, kind) in kinds { #expect(layout(columns, rows).kind == kind, "\(columns)x\(rows)") }
  }

  @Test func `the build is one line while green and opens when red`() {
    #expect(Layout(SampleSession.green(80, 24)).panes[.build]?.rows == 1)
    #expect((layout(80, 24).panes[.build]?.rows ?? 0) > 3)
    let warned = layout(80, 24) { state in
      state = SampleSession.green(80, 24)
      state.notices = [
        Notice(isError: false, time: WallTime(milliseconds: 0), text: ConfigurationNotice("odd"))
      ]
    }
    #expect(warned.panes[.build]?.rows == 2)
    #expect(warned.buildLines == [.row(0)])
  }

  @Test func `every pane can have the focus at every size`() {
    for (columns, rows) in [(40, 8), (80, 24), (120, 40), (200, 60)] {
      for pane in Pane.allCases {
        let found = layout(columns, rows) { $0.screen.focus = pane }
        #expect(found.panes[pane] != nil)
        #expect(found.contentHeight(of: pane) > 0, "\(pane) at \(columns)x\(rows)")
      }
    }
  }

  @Test func `headings and details are no rows of a list`() throws {
    let wide = layout(120, 40)
    let frame = try #require(wide.panes[.requests])
    #expect(wide.contentHeight(of: .requests) == frame.rows - 4)
    #expect(try #require(wide.pane(atColumn: 3, row: frame.row + 1)) == (.requests, -1))
    #expect(try #require(wide.pane(atColumn: 3, row: frame.row + 2)) == (.requests, 0))
    #expect(try #require(wide.pane(atColumn: 3, row: frame.row + frame.rows - 1)) == (.requests, -1))
    #expect(wide.pane(atColumn: 3, row: 0) == nil)
  }

  @Test func `a click on a code frame means its diagnostic`() throws {
    let found = layout(80, 24)
    let frame = try #require(found.panes[.build])
    #expect(found.buildLines.prefix(4) == [.row(0), .detail(0, line: 0), .detail(0, line: 1), .row(1)])
    let rows = (1...4).map { found.pane(atColumn: 5, row: frame.row + $0)?.contentRow }
    #expect(rows == [0, 0, 0, 1])
  }

  @Test func `a click on the rest of a message means its row`() throws {
    let found = layout(80, 24) { state in
      state.services[0].diagnostics[0].message = String(repeating: "word ", count: 35)
      state.screen.focus = .build
    }
    let frame = try #require(found.panes[.build])
    #expect(found.buildLines.prefix(3) == [.row(0), .rest(0, line: 0), .rest(0, line: 1)])
    #expect(found.pane(atColumn: 5, row: frame.row + 3)?.contentRow == 0)
  }

  @Test func `a click on a tab is a click on its pane`() throws {
    let found = layout(60, 15)
    for tab in found.tabs {
      #expect(try #require(found.pane(atColumn: tab.columns.lowerBound, row: 1)) == (tab.pane, -1))
    }
    #expect(found.tabs.map(\.pane) == Pane.allCases)
  }

  @Test func `the selected diagnostic is seen wherever the cursor is`() {
    for selected in [0, 5, 29, 400] {
      let found = layout(80, 24) { state in
        state.services[0].diagnostics = (1...30).map {
          Diagnostic(severity: .error, file: "a.go", line: $0, message: "m", detail: ["x", "y", "z"])
        }
        state.screen.build.cursor.selected = selected
      }
      #expect(found.buildLines.contains(.row(min(selected, 29))))
    }
  }

  @Test func `rows needed are what the next frame shows`() {
    let state = SampleSession.red(80, 24)
    #expect(Dashboard.logRowsNeeded(state) == Layout(state).contentHeight(of: .logs))
    #expect(Dashboard.buildOutputRowsNeeded(state) == 0)
    var raw = state
    raw.screen.build.showsRawOutput = true
    #expect(Dashboard.buildOutputRowsNeeded(raw) > 0)
  }
}

@Suite struct PaletteListTests {
  private func names(_ query: String) -> [String] {
    PaletteList.items(query, KeyTable()).compactMap {
      if case .action(let binding) = $0 { binding.action.rawValue } else { nil }
    }
  }

  @Test func `letters in order find an action by its name or its help`() {
    #expect(names("rest").first == "restart")
    #expect(names("hrst").first == "hard-restart")
    #expect(names("cleanb").first == "clean-rebuild")
    #expect(names("sigkill").first == "kill")
    #expect(names("Zoom").first == "zoom")
    #expect(names("next err").first == "next-error")
    #expect(names("xqzj").isEmpty)
  }

  @Test func `an empty query lists everything in the table's order`() {
    #expect(names("") == KeyTable().bindings.map(\.action.rawValue))
    #expect(names(" ") == names(""))
  }
}
