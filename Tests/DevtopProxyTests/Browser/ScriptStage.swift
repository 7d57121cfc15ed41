import DevtopProxy
import Glibc
import Testing

/// Runs the script for pages under node, with just enough of a browser around it.
struct ScriptStage {
  /// Whether node is there; under `CI=true` it has to be.
  static var isThere: Bool {
    if getenv("CI").map({ String(cString: $0) }) == "true" { return true }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").contains { access("\($0)/node", X_OK) == 0 }
  }

  /// What node says to a file with this text; empty: it is content.
  static func complaints(about text: String, option: String = "") throws -> String {
    var template = Array("/tmp/devtop-script-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    let directory = String(cString: made)
    defer {
      unlink("\(directory)/script.js")
      rmdir(directory)
    }
    let file = try #require(fopen("\(directory)/script.js", "w"))
    let bytes = Array(text.utf8)
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    let pipe = try #require(popen("node \(option) '\(directory)/script.js' 2>&1", "r"))
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      guard count > 0 else { break }
      output += buffer.prefix(count)
    }
    let status = pclose(pipe)
    let said = String(decoding: output, as: UTF8.self)
    return status == 0 ? said : "status \(status): \(said)"
  }

  /// What goes wrong when the lines run in a browser of the stage.
  static func complaints(in lines: String) throws -> String {
    try complaints(about: browser + "const source = " + quoted(ReloadScript.text) + ";\n" + lines)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// Elements that know only what the script uses, and refuse text as markup.
  private static let browser = #"""
    'use strict';
    const assert = require('assert');
    const vm = require('vm');
    class Target {
      constructor() { this.heard = []; }
      addEventListener(name, call) { this.heard.push([name, call]); }
      removeEventListener(name, call) { this.heard = this.heard.filter(e => e[0] !== name || e[1] !== call); }
      fire(name, event) { for (const [heard, call] of Array.from(this.heard)) if (heard === name) call(event || {}); }
    }
    class Element extends Target {
      constructor(name, attributes, ...children) {
        super();
        Object.assign(this, { localName: name, attributes: Object.assign({}, attributes), children: [], parent: null });
        Object.assign(this, { text: '', scrollTop: 0, scrollLeft: 0, dataset: {}, style: Object.assign([], {}) });
        this.append(...children);
      }
      set innerHTML(text) { throw new Error('markup from text'); }
      set outerHTML(text) { throw new Error('markup from text'); }
      set textContent(text) { this.text = text; }
      get textContent() {
        return this.text + this.children.map(e => (typeof e === 'string' ? e : e.textContent)).join('');
      }
      get parentElement() { return this.parent; }
      get isConnected() { return this.localName === 'html' || (this.parent !== null && this.parent.isConnected); }
      get id() { return this.attributes.id || ''; }
      get href() { return new URL(this.attributes.href, 'http://localhost:8080/').href; }
      set href(text) { this.attributes.href = text; }
      getAttribute(name) { return this.attributes[name]; }
      setAttribute(name, value) { this.attributes[name] = value; }
      append(...children) {
        for (const child of children) {
          if (typeof child !== 'string') child.parent = this;
          this.children.push(child);
        }
      }
      after(next) {
        next.parent = this.parent;
        this.parent.children.splice(this.parent.children.indexOf(this) + 1, 0, next);
      }
      remove() {
        if (this.parent) this.parent.children = this.parent.children.filter(e => e !== this);
        this.parent = null;
      }
      replaceWith(other) { this.after(other); this.remove(); }
      cloneNode() {
        const copy = new Element(this.localName, this.attributes);
        copy.text = this.text;
        return copy;
      }
      attachShadow() { this.shadow = new Element('shadow'); this.shadow.parent = this; return this.shadow; }
      scrollTo({ left, top }) { this.scrollLeft = left; this.scrollTop = top; }
      descendants() {
        const inner = this.children.filter(e => typeof e !== 'string');
        return inner.reduce((found, e) => found.concat([e], e.descendants()), []);
      }
      matches(selector) {
        const parts = /^([\w-]*)((?:\[[^\]]+\])*)$/.exec(selector);
        if (selector === 'body *') return true;
        if (parts[1] && parts[1] !== this.localName) return false;
        return (parts[2].match(/\[[^\]]+\]/g) || []).every(part => {
          const [, name, , value] = /^\[([\w-]+)([~*]?=)?"?([^"]*)"?\]$/.exec(part);
          const own = this.attributes[name];
          return own !== undefined && (!value || own.includes(value));
        });
      }
      querySelectorAll(selector) { return this.descendants().filter(e => e.matches(selector)); }
      querySelector(selector) {
        return this.descendants().find(e => '#' + e.id === selector) || null;
      }
      // What is within it, as "name text".
      outline() { return this.descendants().map(e => (e.localName + ' ' + e.text).trim()).join('\n'); }
    }
    const boot = (options = {}, ...children) => {
      const storage = options.storage || new Map();
      const log = { reloads: 0, streams: [] };
      const root = new Element('html', {}, new Element('head'), new Element('body', {}, ...children));
      const tag = new Element('script');
      tag.dataset = Object.assign({ version: 'a.1.0' }, options.page);
      root.children[0].append(tag);
      const document = Object.assign(new Target(), {
        currentScript: tag, documentElement: root, scrollingElement: root, readyState: 'complete', styleSheets: [],
        hidden: Boolean(options.hidden), baseURI: 'http://localhost:8080/',
        createElement: name => new Element(name), querySelectorAll: selector => root.querySelectorAll(selector),
        querySelector: selector => root.querySelector(selector),
      });
      class Stream extends Target {
        constructor(address) { super(); Object.assign(this, { address, readyState: 1 }); log.streams.push(this); }
        close() { this.readyState = 2; }
      }
      const window = Object.assign(new Target(), {
        document, URL, console, frames: [], scrollX: 0, scrollY: options.scrollY || 0, EventSource: Stream,
        CSS: { escape: text => text }, timers: [],
        location: { origin: 'http://localhost:8080', href: 'http://localhost:8080/a', reload: () => { log.reloads += 1; } },
        sessionStorage: {
          getItem: key => (storage.has(key) ? storage.get(key) : null),
          setItem: (key, value) => storage.set(key, value), removeItem: key => storage.delete(key),
        },
        requestAnimationFrame: call => window.timers.push(call),
        setTimeout: call => window.timers.push(call), clearTimeout: () => {},
      });
      window.window = window;
      for (const name of ['addEventListener', 'removeEventListener']) window[name] = window[name].bind(window);
      window.top = options.top || window;
      vm.createContext(window);
      const run = () => vm.runInContext(source, window);
      const tell = (name, data) =>
        log.streams[log.streams.length - 1].fire(name, { data: JSON.stringify(data) });
      const overlay = () => root.children.find(e => e.localName === 'devtop-overlay');
      return { window, document, root, log, storage, tag, run, tell, overlay };
    };
    const open = (options, ...children) => {
      const page = boot(options, ...children);
      page.run();
      return page;
    };
    const problem = (id, more) =>
      Object.assign({ id, title: 'build #7 failed', diagnostics: [], output: [], remark: '' }, more);
    """# + "\n"
}
