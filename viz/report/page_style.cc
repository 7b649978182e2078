// How the page looks: one column, wide enough for the diagrams, light and dark, and printable.
// Colours of states are those of the diagrams (viz/graph/style.cc).
#include "viz/report/page.h"

namespace evglass::viz::report {

const char* const kStyle = R"css(
:root { --ink: #1d2126; --faint: #5f6872; --line: #d5dae0; --ground: #ffffff; --pale: #f4f6f8;
  --accent: #2f6db5; --trouble: #b3261e;
  --initialized: #c9ced4; --pending: #8fbbe8; --active: #f0a955; --running: #3f9b5f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --faint: #9aa4ae; --line: #3a424b;
  --ground: #15191d; --pale: #1e242a; --accent: #7db0ea; --trouble: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 24px 60px; background: var(--ground);
  color: var(--ink); font: 15px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0; font-size: 26px; }
h2 { margin: 44px 0 12px; padding-top: 12px; border-top: 1px solid var(--line); font-size: 19px; }
h3 { margin: 20px 0 6px; font-size: 15px; }
p.sub { margin: 4px 0 0; }
.sub { color: var(--faint); overflow-wrap: anywhere; }
.tools .sub { font-size: 13px; }
code, td.name, td.num { font-family: "DejaVu Sans Mono", ui-monospace, monospace; font-size: 13px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 22px 0 4px; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; background: var(--pale); }
.card b { display: block; font-size: 22px; font-weight: 600; }
.card span { color: var(--faint); font-size: 13px; }
.trouble { color: var(--trouble); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 8px 32px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--faint); font-weight: 500; font-size: 13px; }
td, th { padding: 3px 10px 3px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.num, th.num { text-align: right; white-space: nowrap; }
td.bar { width: 30%; }
td.bar i { display: block; height: 10px; border-radius: 2px; background: var(--accent); }
.keys span { margin-right: 16px; font-size: 13px; color: var(--faint); }
.keys i { display: inline-block; width: 12px; height: 12px; margin-right: 5px; border-radius: 2px;
  vertical-align: -1px; }
#timeline { width: 100%; display: block; border: 1px solid var(--line); border-radius: 6px; }
#hover { min-height: 22px; font-size: 13px; color: var(--faint); overflow-wrap: anywhere; }
button, select { font: inherit; font-size: 13px; padding: 3px 11px; border: 1px solid var(--line);
  border-radius: 6px; background: var(--pale); color: var(--ink); cursor: pointer; }
button.on { background: var(--accent); border-color: var(--accent); color: var(--ground); }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 10px 0; }
#slider { flex: 1; min-width: 200px; }
#turn { min-width: 330px; font-size: 13px; color: var(--faint); }
/* A picture is as wide as the page; a click shows it in its own size. Where the page is narrow,
   it is not made smaller than can be read. */
.picture { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: #ffffff;
  padding: 8px; }
.picture img { display: block; height: auto; max-width: max(100%, 760px); cursor: zoom-in; }
.picture.full img { max-width: none; cursor: zoom-out; }
#film { max-height: 85vh; }
footer { margin-top: 48px; color: var(--faint); font-size: 13px; }
@media (max-width: 640px) { body { padding: 20px 12px 40px; } #turn { min-width: 0; }
  .made, td.bar { display: none; } td, th { padding-right: 6px; } code, td.name, td.num { font-size: 12px; } }
@media print { .tools, #hover { display: none; } body { max-width: none; } #film { max-height: none; }
  .picture img { max-width: 100%; max-height: 22cm; } h2, h3, p.sub, p.keys { break-after: avoid; }
  tr, .card, .picture, canvas { break-inside: avoid; } }
)css";

}  // namespace evglass::viz::report
