// What a string must look like before the browser may treat it as a script's address or as markup.
(function () {
  "use strict";

  if (!window.trustedTypes || window.trustedTypes.defaultPolicy) {
    return;
  }

  const SUSPECT = /<\s*\/?\s*(?:script|iframe|object|embed|base|meta|link|form|portal)\b|[\s"'/]on[a-z]+\s*=|javascript:|srcdoc/i;
  const BANNED = "script, iframe, object, embed, base, meta, link, form, portal";
  const ADDRESSES = new Set(["href", "src", "action", "formaction", "xlink:href", "data"]);

  // Only used to let a template parse what the default policy then cleans.
  const unread = window.trustedTypes.createPolicy("trueslice-unread", { createHTML: (text) => text });

  function clean(text) {
    const template = document.createElement("template");
    template.innerHTML = unread.createHTML(text);
    for (const element of template.content.querySelectorAll(BANNED)) {
      element.remove();
    }
    for (const element of template.content.querySelectorAll("*")) {
      for (const { name, value } of Array.from(element.attributes)) {
        const script = ADDRESSES.has(name.toLowerCase()) && /^[\s\u0000-\u001f]*(?:javascript|vbscript):/i.test(value);
        if (/^on/i.test(name) || name.toLowerCase() === "srcdoc" || script) {
          element.removeAttribute(name);
        }
      }
    }
    return template.innerHTML;
  }

  window.trustedTypes.createPolicy("default", {
    createHTML: (text) => (SUSPECT.test(text) ? clean(text) : text),
    createScriptURL: (address) => {
      const url = new URL(address, document.baseURI);
      if (url.origin === window.location.origin) {
        return address;
      }
      throw new TypeError("Scripts come from this server only.");
    },
  });
})();
