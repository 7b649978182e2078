// What the page does: draws the timeline, zooms it, and moves through the diagrams. It reads the
// JSON that stands in the page, writes text as text, and shows pictures as images, in which no
// script runs.
#include "viz/report/page.h"

namespace evglass::viz::report {

const char* const kScript = R"js(
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const duration = (ns) => {
    if (ns < 1e3) return ns + " ns";
    if (ns < 1e6) return (ns / 1e3).toPrecision(3) + " us";
    if (ns < 1e9) return (ns / 1e6).toPrecision(3) + " ms";
    return (ns / 1e9).toPrecision(3) + " s";
  };
  const picture = (svg) => URL.createObjectURL(new Blob([svg], {type: "image/svg+xml"}));

  // ---- the timeline: a lane for each event, zoomed by wheel and buttons, dragged sideways
  const canvas = byId("timeline");
  const lane = 20, top = 26;
  let names = 230;  // room for the lanes' titles
  const all = {begin: data.began_ns, end: Math.max(data.ended_ns, data.began_ns + 1)};
  let view = {...all};
  const x = (ns) => names + (ns - view.begin) / (view.end - view.begin) * (canvas.clientWidth - names - 8);
  const at = (px) => view.begin + (px - names) / (canvas.clientWidth - names - 8) * (view.end - view.begin);

  // So far apart that their texts have room.
  const step = (span) => {
    const room = Math.max(1, Math.min(6, Math.floor((canvas.clientWidth - names) / 76)));
    const rough = span / room, power = Math.pow(10, Math.floor(Math.log10(rough)));
    return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  };
  const clipped = (pen, text, room) => {
    if (pen.measureText(text).width <= room) return text;
    let cut = Array.from(text);
    while (cut.length > 1 && pen.measureText(cut.join("") + "…").width > room) cut.pop();
    return cut.join("") + "…";
  };
  const draw = () => {
    names = Math.min(230, Math.round(canvas.clientWidth * 0.36));
    const width = canvas.clientWidth, height = top + data.lanes.length * lane + 6;
    const scale = window.devicePixelRatio || 1;
    canvas.style.height = height + "px";
    canvas.width = width * scale; canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.font = "12px system-ui, sans-serif"; pen.textBaseline = "middle";
    const grid = step(view.end - view.begin);
    for (let t = Math.ceil((view.begin - all.begin) / grid) * grid; t <= view.end - all.begin; t += grid) {
      const px = x(t + all.begin);
      pen.fillStyle = colour("line"); pen.fillRect(px, top - 6, 1, height);
      pen.fillStyle = colour("faint");
      const text = "+" + duration(t);
      if (px + pen.measureText(text).width + 6 < width) pen.fillText(text, px + 3, 10);
    }
    data.lanes.forEach((one, row) => {
      const y = top + row * lane;
      pen.fillStyle = colour("ink");
      pen.fillText(clipped(pen, one.title, names - 18), 8, y + lane / 2);
      for (const [begin, end, state] of one.spans) {
        if (end < view.begin || begin > view.end) continue;
        const from = Math.max(names, x(begin)), to = Math.min(width - 8, x(end));
        const thick = state === "running" ? 14 : state === "active" ? 10 : state === "pending" ? 6 : 2;
        pen.fillStyle = colour(state);
        pen.fillRect(from, y + (lane - thick) / 2, Math.max(1, to - from), thick);
      }
      if (one.hidden > 0) {
        const from = x(one.spans.length > 0 ? one.spans[one.spans.length - 1][1] : all.begin);
        pen.fillStyle = colour("faint");
        if (from < width - 8) pen.fillText("… " + one.hidden + " more, not in this page", Math.max(names, from) + 4, y + lane / 2);
      }
      pen.fillStyle = colour("line"); pen.fillRect(0, y + lane - 0.5, width, 0.5);
    });
  };
  const zoom = (factor, centre) => {
    const span = Math.min(all.end - all.begin, Math.max(100, (view.end - view.begin) * factor));
    const share = (centre - view.begin) / (view.end - view.begin);
    const begin = Math.min(Math.max(all.begin, centre - span * share), all.end - span);
    view = {begin, end: begin + span};
    draw();
  };
  const middle = () => (view.begin + view.end) / 2;
  byId("in").onclick = () => zoom(0.5, middle());
  byId("out").onclick = () => zoom(2, middle());
  byId("whole").onclick = () => { view = {...all}; draw(); };
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, at(event.offsetX));
  }, {passive: false});
  let drag = null;
  canvas.onmousedown = (event) => { drag = {x: event.offsetX, view: {...view}}; };
  window.onmouseup = () => { drag = null; };
  canvas.onmousemove = (event) => {
    if (drag) {
      const span = drag.view.end - drag.view.begin;
      const moved = (drag.x - event.offsetX) / (canvas.clientWidth - names - 8) * span;
      const begin = Math.min(Math.max(all.begin, drag.view.begin + moved), all.end - span);
      view = {begin, end: begin + span};
      draw();
      return;
    }
    const one = data.lanes[Math.floor((event.offsetY - top) / lane)];
    if (!one || event.offsetX < names) return;
    const t = at(event.offsetX), close = (view.end - view.begin) / canvas.clientWidth * 3;
    const hit = one.spans.filter(([begin, end]) => begin - close <= t && t <= end + close).pop();
    byId("hover").textContent = !hit ? one.title
      : one.title + ": " + hit[2] + " for " + duration(hit[1] - hit[0]) + ", from record #" + hit[3] +
        (hit[4] ? " (" + hit[4] + ")" : "");
  };
  window.addEventListener("resize", draw);
  draw();

  // ---- the film: one view through the turns
  const slider = byId("slider");
  if (slider && data.films.length > 0) {
    let film = 0, playing = null;
    const urls = data.films.map((one) => one.frames.map(picture));
    const tabs = data.films.map((one, i) => {
      const tab = document.createElement("button");
      tab.textContent = one.view; tab.title = one.doc;
      tab.onclick = () => { film = i; show(); };
      byId("tabs").append(tab);
      return tab;
    });
    slider.max = data.turns.length - 1;
    const show = () => {
      const i = Number(slider.value), turn = data.turns[i];
      byId("frame").src = urls[film][i];
      byId("frame").alt = data.films[film].doc + ", turn " + turn.turn;
      byId("turn").textContent = "turn " + turn.turn + " of " + turn.base + ": callbacks " + turn.callbacks +
        ", worked " + duration(turn.worked_ns) + ", slept " + duration(turn.slept_ns);
      tabs.forEach((tab, n) => tab.classList.toggle("on", n === film));
    };
    const go = (by) => {
      slider.value = Math.min(data.turns.length - 1, Math.max(0, Number(slider.value) + by));
      show();
    };
    slider.oninput = show;
    byId("back").onclick = () => go(-1);
    byId("forth").onclick = () => go(1);
    byId("play").onclick = () => {
      if (playing) { clearInterval(playing); playing = null; byId("play").textContent = "Play"; return; }
      if (Number(slider.value) === data.turns.length - 1) slider.value = 0;
      byId("play").textContent = "Stop";
      playing = setInterval(() => {
        if (Number(slider.value) === data.turns.length - 1) byId("play").click(); else go(1);
      }, 600);
    };
    document.addEventListener("keydown", (event) => {
      if (event.target !== document.body) return;
      if (event.key === "ArrowLeft") go(-1);
      if (event.key === "ArrowRight") go(1);
    });
    show();
  }
  document.querySelectorAll(".picture").forEach((box) => {
    box.onclick = () => box.classList.toggle("full");
  });
  data.stills.forEach((one, i) => { byId("still" + i).src = picture(one.frames[0]); });
  document.documentElement.dataset.ready = "yes";
})();
)js";

}  // namespace evglass::viz::report
