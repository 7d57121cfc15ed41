import DevtopProxy
import Testing

/// What the script does in a page, told to a browser of our own; a real one is asked elsewhere.
@Suite(.enabled(if: ScriptStage.isThere, "needs node"))
struct ReloadScriptTests {
  private func expectQuiet(_ lines: String) throws {
    let complaints = try ScriptStage.complaints(in: lines)
    #expect(complaints.isEmpty, "\(complaints)")
  }

  @Test func `it is a script, and asks nobody else for anything`() throws {
    #expect(try ScriptStage.complaints(about: ReloadScript.text, option: "--check").isEmpty)
    #expect(ReloadScript.text.utf8.allSatisfy { $0 < 0x80 })
    for risky in ["innerHTML", "insertAdjacentHTML", "document.write", "eval(", "https:", "new Function"] {
      #expect(!ReloadScript.text.contains(risky))
    }
  }

  @Test func `its tag leaves the page, and one of two does the work`() throws {
    try expectQuiet(
      """
      const page = open();
      assert.strictEqual(page.tag.parent, null);
      assert.strictEqual(page.log.streams.length, 1);
      assert.strictEqual(page.log.streams[0].address, 'http://localhost:8080/__devtop/events');
      page.run();
      assert.strictEqual(page.log.streams.length, 1);
      const frame = open({ top: page.window });
      assert.strictEqual(frame.log.streams.length, 0);
      """)
  }

  @Test func `a page of another version is loaded again, once`() throws {
    try expectQuiet(
      """
      const page = open();
      page.tell('hello', { version: 'a.1.0', problem: null });
      assert.strictEqual(page.log.reloads, 0);
      page.tell('hello', { version: 'a.2.0', problem: null });
      page.tell('reload', { version: 'a.2.0' });
      assert.strictEqual(page.log.reloads, 1);
      // The same page comes again, out of some cache.
      const again = open({ storage: page.storage });
      again.tell('hello', { version: 'a.2.0', problem: null });
      assert.strictEqual(again.log.reloads, 0);
      again.tell('reload', { version: 'a.2.0' });
      assert.strictEqual(again.log.reloads, 0);
      again.tell('reload', { version: 'a.3.0' });
      assert.strictEqual(again.log.reloads, 1);
      // The right page came: the next stale one is loaded again.
      const right = open({ storage: page.storage, page: { version: 'a.3.0' } });
      right.tell('hello', { version: 'a.3.0', problem: null });
      const stale = open({ storage: page.storage });
      stale.tell('hello', { version: 'a.3.0', problem: null });
      assert.strictEqual(stale.log.reloads, 1);
      """)
  }

  @Test func `a page without a version takes the first one told`() throws {
    try expectQuiet(
      """
      const page = open({ page: { version: '' } });
      page.tell('hello', { version: 'a.4.0', problem: null });
      assert.strictEqual(page.log.reloads, 0);
      page.tell('hello', { version: 'a.5.0', problem: null });
      assert.strictEqual(page.log.reloads, 1);
      """)
  }

  @Test func `scroll positions outlive a reload, also inner ones`() throws {
    try expectQuiet(
      """
      const page = open({ scrollY: 300 }, new Element('div', { id: 'list' }));
      page.root.querySelector('#list').scrollTop = 70;
      page.tell('reload', { version: 'a.2.0' });
      const next = open({ storage: page.storage }, new Element('div', { id: 'list' }));
      next.window.timers.forEach(call => call());
      assert.strictEqual(next.root.scrollTop, 300);
      assert.strictEqual(next.root.querySelector('#list').scrollTop, 70);
      const later = open({ storage: page.storage });
      assert.strictEqual(later.window.timers.length, 0);
      """)
  }

  @Test func `a changed style sheet is replaced once its successor is loaded`() throws {
    try expectQuiet(
      """
      const link = href => new Element('link', { rel: 'stylesheet', href });
      const page = open({}, link('/css/app.css?v=1&b#x'), link('/css/base.css'), link('https://cdn.test/app.css'));
      const hrefs = () => page.document.querySelectorAll('link').map(e => e.attributes.href.replace(/devtop=\\w+/, 'devtop=T'));
      const old = page.document.querySelectorAll('link')[0];
      page.tell('styles', { version: 'a.1.1', paths: ['web/css/app.css'] });
      const fresh = 'http://localhost:8080/css/app.css?v=1&b&devtop=T#x';
      assert.deepStrictEqual(hrefs(), ['/css/app.css?v=1&b#x', fresh, '/css/base.css', 'https://cdn.test/app.css']);
      // Changed again before it came: the first successor goes.
      page.tell('styles', { version: 'a.1.2', paths: ['web/css/app.css'] });
      assert.strictEqual(hrefs().length, 4);
      const next = page.document.querySelectorAll('link')[1];
      next.fire('load');
      assert.deepStrictEqual(hrefs(), [fresh, '/css/base.css', 'https://cdn.test/app.css']);
      assert.strictEqual(old.parent, null);
      // One that cannot be loaded leaves the old one.
      page.tell('styles', { version: 'a.1.3', paths: ['app.css'] });
      page.document.querySelectorAll('link')[1].fire('error');
      assert.deepStrictEqual(hrefs(), [fresh, '/css/base.css', 'https://cdn.test/app.css']);
      assert.strictEqual(page.log.reloads, 0);
      page.tell('hello', { version: 'a.1.3', problem: null });
      assert.strictEqual(page.log.reloads, 0);
      """)
  }

  @Test func `a style sheet that no link names may be in any of them`() throws {
    try expectQuiet(
      """
      const link = href => new Element('link', { rel: 'stylesheet', href });
      const importer = new Element('style');
      importer.textContent = '@import "part.css";';
      const page = open({}, link('/a.css'), link('/b.css'), importer);
      page.tell('styles', { version: 'a.1.1', paths: ['css/part.css'] });
      assert.strictEqual(page.document.querySelectorAll('link').length, 4);
      assert.strictEqual(importer.parent, null);
      assert.strictEqual(page.document.querySelectorAll('style').length, 1);
      const bare = open();
      bare.tell('styles', { version: 'a.1.1', paths: ['css/part.css'] });
      assert.strictEqual(bare.log.reloads, 1);
      """)
  }

  @Test func `changed images are asked for again wherever they are named`() throws {
    try expectQuiet(
      """
      const style = Object.assign(['background'], {
        value: "url('/i/a%20b.png') 0 0, url(data:image/png;base64,AAAA)",
        getPropertyValue() { return this.value; }, getPropertyPriority: () => 'important',
        setProperty(name, value, priority) { this.value = value; this.priority = priority; },
      });
      const page = open({},
        new Element('img', { src: '/i/a%20b.png', srcset: '/i/a%20b.png 1x, /i/c.png 2x' }),
        new Element('img', { src: 'https://cdn.test/a%20b.png' }), new Element('img', { src: '/i/c.png' }));
      page.document.styleSheets.push({ cssRules: [{ cssRules: [{ style }] }] });
      page.tell('images', { version: 'a.1.1', paths: ['static/i/a b.png'] });
      const same = text => text.replace(/devtop=\\w+/g, 'devtop=T');
      const [first, cdn, other] = page.document.querySelectorAll('img').map(e => e.attributes);
      assert.strictEqual(same(first.src), '/i/a%20b.png?devtop=T');
      assert.strictEqual(same(first.srcset), '/i/a%20b.png?devtop=T 1x, /i/c.png 2x');
      assert.strictEqual(cdn.src, 'https://cdn.test/a%20b.png');
      assert.strictEqual(other.src, '/i/c.png');
      assert.strictEqual(same(style.value), 'url("/i/a%20b.png?devtop=T") 0 0, url(data:image/png;base64,AAAA)');
      assert.strictEqual(style.priority, 'important');
      assert.strictEqual(page.log.reloads, 0);
      """)
  }

  @Test func `a problem covers the page until it is mended or closed`() throws {
    try expectQuiet(
      """
      const page = open();
      const evil = '<img src=x onerror=alert(1)>';
      page.tell('hello', { version: 'a.1.0', problem: problem('p1', {
        diagnostics: [{ severity: 'error', location: evil + ':3:7', tool: 'vet', message: evil, detail: ['> 3 | x', '    | ^', 'plain'] }],
        output: ['last words'], remark: 'and 4 more' }) });
      const outline = page.overlay().shadow.outline();
      assert.ok(outline.includes('h1 build #7 failed'), outline);
      assert.ok(outline.includes('p ' + evil), outline);
      assert.ok(outline.includes('span last words'), outline);
      assert.ok(outline.includes('p and 4 more'), outline);
      assert.ok(page.overlay().shadow.textContent.includes('error ' + evil + ':3:7 · vet'));
      const marks = page.overlay().shadow.descendants().filter(e => e.className === 'mark').map(e => e.text);
      assert.deepStrictEqual(marks, ['> 3 | x', '    | ^']);
      const escape = { key: 'Escape', preventDefault() {}, stopImmediatePropagation() {} };
      page.window.fire('keydown', { key: 'a' });
      assert.ok(page.overlay());
      page.window.fire('keydown', escape);
      assert.ok(!page.overlay());
      page.tell('hello', { version: 'a.1.0', problem: problem('p1') });
      assert.ok(!page.overlay(), 'closed until the next one');
      page.tell('problem', problem('p1'));
      assert.ok(page.overlay());
      page.overlay().shadow.descendants().find(e => e.localName === 'button').fire('click');
      assert.ok(!page.overlay());
      page.tell('problem', problem('p2'));
      page.overlay().remove(); // By the page itself, such as document.open.
      page.tell('problem', problem('p2'));
      assert.ok(page.overlay());
      page.tell('mended', {});
      assert.ok(!page.overlay());
      assert.strictEqual(page.window.heard.filter(e => e[0] === 'keydown').length, 0);
      assert.strictEqual(page.log.reloads, 0);
      """)
  }

  @Test func `a frame within another site is reloaded without an overlay`() throws {
    try expectQuiet(
      """
      const other = new Proxy({}, { get() { throw new Error('another origin'); } });
      const page = open({ top: other });
      page.tell('problem', problem('p1'));
      assert.ok(!page.overlay());
      page.tell('reload', { version: 'a.2.0' });
      assert.strictEqual(page.log.reloads, 1);
      """)
  }

  @Test func `the page of a problem is loaded again when the problem changes`() throws {
    try expectQuiet(
      """
      const page = told => {
        const opened = open({ page: { problem: 'p1' } });
        told(opened);
        assert.ok(!opened.overlay());
        return opened.log.reloads;
      };
      assert.strictEqual(page(p => p.tell('hello', { version: 'a.1.0', problem: problem('p1') })), 0);
      assert.strictEqual(page(p => p.tell('hello', { version: 'a.1.0', problem: problem('p2') })), 1);
      assert.strictEqual(page(p => p.tell('hello', { version: 'a.1.0', problem: null })), 1);
      assert.strictEqual(page(p => p.tell('hello', { version: 'a.2.0', problem: problem('p1') })), 1);
      assert.strictEqual(page(p => p.tell('problem', problem('p2'))), 1);
      assert.strictEqual(page(p => p.tell('mended', {})), 1);
      assert.strictEqual(page(p => p.tell('reload', { version: 'a.2.0' })), 1);
      const top = open();
      assert.strictEqual(open({ top: top.window, page: { problem: 'p1' } }).log.streams.length, 1);
      """)
  }

  @Test func `a stream that is refused is tried again some times, and a page that nobody sees leaves it`()
    throws
  {
    try expectQuiet(
      """
      const page = open();
      const refuse = () => {
        const stream = page.log.streams[page.log.streams.length - 1];
        stream.readyState = 2;
        stream.onerror();
        page.window.timers.splice(0).forEach(call => call());
      };
      for (let i = 0; i < 9 && page.log.streams.length === i + 1; i += 1) refuse();
      assert.strictEqual(page.log.streams.length, 7);
      page.document.fire('visibilitychange');
      assert.strictEqual(page.log.streams.length, 8);
      const last = page.log.streams[7];
      last.readyState = 0;
      last.onerror();
      assert.strictEqual(page.window.timers.length, 0);
      last.readyState = 1;
      page.document.hidden = true;
      page.document.fire('visibilitychange');
      page.window.timers.splice(0).forEach(call => call());
      assert.strictEqual(last.readyState, 2);
      page.document.hidden = false;
      page.document.fire('visibilitychange');
      assert.strictEqual(page.log.streams.length, 9);
      assert.strictEqual(open({ hidden: true }).log.streams.length, 0);
      """)
  }
}
