/// The script in pages that reloads them, swaps their styles and images, and shows what is wrong.
package enum ReloadScript {
  /// ES2017 in ASCII, without parts from elsewhere; texts of others reach the page as text only.
  package static let text = opening + swaps + overlay + stream

  private static let opening = #"""
    // devtop: reloads this page after a change. Set live_reload = false in devtop.toml to be without it.
    (() => {
      'use strict';
      const tag = document.currentScript;
      const page = tag ? tag.dataset : {};
      if (tag) tag.remove(); // The page's own scripts find the page as it was written.
      const isProblemPage = 'problem' in page;
      const isTop = window === window.top;

      // A frame is looked after by the page around it.
      const isLookedAfter = () => {
        try { return !isTop && window.top.__devtop === true; } catch (error) { return false; }
      };
      if (window.__devtop || (isLookedAfter() && !isProblemPage)) return;
      Object.defineProperty(window, '__devtop', { value: true });

      // What outlives a reload; storage may be forbidden.
      const TRIED = 'devtop:tried';
      const SCROLL = 'devtop:scroll';
      const recall = key => { try { return sessionStorage.getItem(key); } catch (error) { return null; } };
      const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch (error) { /* without */ } };
      const forget = key => { try { sessionStorage.removeItem(key); } catch (error) { /* without */ } };

      // Reloading

      let own = page.version || null;
      let isReloading = false;
      const reload = reason => {
        if (isReloading) return;
        isReloading = true;
        keep(TRIED, reason);
        keepScroll();
        location.reload();
      };

      const keepScroll = () => {
        const inner = Array.from(document.querySelectorAll('body *')).filter(e => e.scrollTop || e.scrollLeft);
        const places = inner.slice(0, 20).map(e => [pathTo(e), e.scrollLeft, e.scrollTop]);
        places.push(['', window.scrollX, window.scrollY]);
        keep(SCROLL, JSON.stringify({ address: location.href, places }));
      };

      const pathTo = element => {
        if (element.id) return '#' + CSS.escape(element.id);
        const parent = element.parentElement;
        if (!parent) return element.localName;
        return pathTo(parent) + ' > :nth-child(' + (Array.from(parent.children).indexOf(element) + 1) + ')';
      };

      // Pages grow while they load: tried again until it fits, for two seconds, or until somebody scrolls.
      const restoreScroll = () => {
        const kept = JSON.parse(recall(SCROLL) || 'null');
        forget(SCROLL);
        if (!kept || kept.address !== location.href) return;
        const end = Date.now() + 2000;
        let isTouched = false;
        for (const name of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
          addEventListener(name, () => { isTouched = true; }, { once: true, passive: true, capture: true });
        }
        const step = () => {
          if (isTouched || Date.now() > end) return;
          let isThere = document.readyState === 'complete';
          for (const [path, left, top] of kept.places) {
            const element = path ? document.querySelector(path) : document.scrollingElement;
            if (element) element.scrollTo({ left, top, behavior: 'instant' });
            if (!element || Math.abs(element.scrollTop - top) > 1) isThere = false;
          }
          if (!isThere) requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      };


    """#

  private static let stream = #"""
      // The stream

      const on = {
        hello({ version, problem }) {
          const reason = version + ' ' + (problem ? problem.id : '');
          if (own === null) own = version;
          if (own === version && (!isProblemPage || page.problem === (problem ? problem.id : ''))) {
            forget(TRIED);
          } else if (recall(TRIED) === reason) {
            own = version; // Reloading did not help: the page comes out of somebody's cache.
          } else {
            reload(reason);
            return;
          }
          if (problem) show(problem); else hide();
        },
        reload({ version }) {
          if (version !== own) reload(version);
        },
        styles({ version, paths }) {
          if (version === own) return;
          own = version;
          swapStyles(paths);
        },
        images({ version, paths }) {
          if (version === own) return;
          own = version;
          swapImages(paths);
        },
        problem(problem) {
          dismissed = null;
          if (isProblemPage) reload(problem.id); else show(problem);
        },
        mended() {
          dismissed = null;
          if (isProblemPage) reload('mended'); else hide();
        },
      };

      let stream = null;
      let failures = 0;
      let leaving = 0;
      const open = () => {
        if (stream || document.hidden) return;
        const opened = new EventSource(location.origin + '/__devtop/events');
        stream = opened;
        for (const name of Object.keys(on)) {
          opened.addEventListener(name, event => {
            failures = 0;
            on[name](JSON.parse(event.data));
          });
        }
        opened.onerror = () => {
          if (opened.readyState !== 2) return; // The browser connects again by itself.
          if (stream === opened) stream = null;
          failures += 1;
          if (failures <= 6) setTimeout(open, 500 * 2 ** failures); // Then somebody else has the port.
        };
      };
      const close = () => {
        if (stream) stream.close();
        stream = null;
      };
      // Browsers open six connections to a server at most: pages that nobody sees leave them to others.
      document.addEventListener('visibilitychange', () => {
        clearTimeout(leaving);
        failures = 0;
        if (document.hidden) leaving = setTimeout(close, 60000); else open();
      });
      addEventListener('pagehide', close);
      addEventListener('pageshow', open);

      restoreScroll();
      open();
    })();

    """#
}
