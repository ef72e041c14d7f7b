"use strict";
(function () {
  // A link may lead into a folded part: unfold what is around its target, then go there.
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    var target = id && document.getElementById(id);
    if (!target) { return; }
    for (var node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") { node.open = true; }
    }
    target.scrollIntoView();
    if (target.hasAttribute("tabindex")) { target.focus({ preventScroll: true }); }
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) { reveal(); }
  });
  reveal();

  // Paper cannot be unfolded: open what belongs on it to print, and fold it again afterwards.
  var opened = [];
  function unfold() {
    document.querySelectorAll("details:not([open]):not(.off-paper, .off-paper *)").forEach(function (part) {
      part.open = true;
      opened.push(part);
    });
  }
  function fold() {
    opened.forEach(function (part) { part.open = false; });
    opened = [];
  }
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", fold);
  matchMedia("print").addEventListener("change", function (change) {
    if (change.matches) { unfold(); } else { fold(); }
  });
})();
