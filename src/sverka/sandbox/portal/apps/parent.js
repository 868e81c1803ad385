// The window around an application's frame: answers the commands its page posts, as the portal's own pages do.
// A command is the text "name[:params]:callback:sid", or an object where the name has a colon; the answer is
// the text "callback:json".
"use strict";

(function () {
  const frame = document.getElementById("application");
  if (!frame) {
    return;
  }
  const sid = frame.name.split("|")[2];
  let slider = null;

  function read(data) {
    if (data !== null && typeof data === "object") {
      return { name: data.method, params: data.params || {}, callback: data.callback, sid: data.appSid };
    }
    const parts = String(data).split(":");
    const own = parts.pop();
    const callback = parts.length > 1 ? parts.pop() : "";
    const name = parts.shift();
    const text = parts.join(":");
    let params = {};
    try {
      params = text ? JSON.parse(text) : {};
    } catch {
      params = { value: text };
    }
    return { name, params, callback, sid: own };
  }

  async function ask(name, params) {
    const answer = await fetch(`/sandbox/frame/${sid}/${name}`, { method: "POST", body: JSON.stringify(params) });
    return (await answer.json()).result;
  }

  function openSlider(path, closed) {
    closeSlider();
    const cover = document.createElement("div");
    cover.id = "slider";
    const button = document.createElement("button");
    button.textContent = "×";
    button.addEventListener("click", closeSlider);
    const inner = document.createElement("iframe");
    inner.src = path;
    cover.append(button, inner);
    document.body.append(cover);
    slider = { cover, inner, closed };
  }

  function closeSlider() {
    if (slider) {
      const { cover, closed } = slider;
      slider = null;
      cover.remove();
      closed();
    }
  }

  const commands = {
    resizeWindow(params, reply) {
      frame.style.height = `${Number(params.height) || 0}px`;
      if (Number(params.width) > 0) {
        frame.style.width = `${Number(params.width)}px`;
      }
      reply({ width: frame.clientWidth, height: frame.clientHeight });
    },
    setTitle(params, reply) {
      document.title = String(params.title);
      document.querySelector("h1").textContent = String(params.title);
      reply(true);
    },
    setScroll(params, reply) {
      window.scrollTo(0, Number(params.scroll) || 0);
      reply(true);
    },
    reloadWindow() {
      location.reload();
    },
    openApplication(params, reply) {
      const query = new URLSearchParams(frame.dataset.viewer);
      for (const [name, value] of Object.entries(params)) {
        query.set(`params[${name}]`, typeof value === "object" ? JSON.stringify(value) : String(value));
      }
      openSlider(`${frame.dataset.page}?${query}`, () => reply({ result: "close" }));
    },
    closeApplication(params, reply) {
      reply(true);
      if (window.parent === window) {
        frame.remove();
      } else {
        window.parent.postMessage({ sandbox: "close" }, location.origin);
      }
    },
    async openPath(params, reply) {
      const answer = await ask("openPath", params);
      if (answer.result === "open") {
        openSlider(new URL(answer.path, location.origin).href, () => reply({ result: "close" }));
      } else {
        reply(answer);
      }
    },
    async setInstallFinish(params, reply) {
      reply(await ask("setInstallFinish", params));
      setTimeout(() => location.reload(), 300);
    },
    getInterface(params, reply) {
      reply({ command: Object.keys(commands), event: [] });
    },
    placementBindEvent() {},
  };

  window.addEventListener("message", async (event) => {
    if (slider && event.source === slider.inner.contentWindow && event.origin === location.origin) {
      if (event.data && event.data.sandbox === "close") {
        closeSlider();
      }
      return;
    }
    if (event.source !== frame.contentWindow) {
      return;
    }
    const message = read(event.data);
    if (message.sid !== sid) {
      return;
    }
    const reply = (answer) => {
      if (message.callback) {
        const text = JSON.stringify(answer === undefined ? null : answer);
        event.source.postMessage(`${message.callback}:${text}`, event.origin);
      }
    };
    if (Object.hasOwn(commands, message.name)) {
      await commands[message.name](message.params, reply);
    } else {
      reply(await ask(message.name, message.params));
    }
  });

  document.getElementById("entrance").submit();
})();
