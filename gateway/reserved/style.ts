/** The style of the holders' page. A file of its own, so that the page needs no inline style. */
export const STYLE = `:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e8eaed);--soft:light-dark(#59636e,#9aa4af);
--page:light-dark(#fff,#14171a);--panel:light-dark(#f4f6f8,#1d2125);--line:light-dark(#d0d7de,#363c43);
--accent:light-dark(#0b57d0,#8ab4f8);--bad:light-dark(#b3261e,#f2a29b)}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:0 0 .5rem}
section,form{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
:is(section,form)>:first-child{margin-top:0}:is(section,form)>:last-child{margin-bottom:0}
label{display:block;margin:.5rem 0}
input,select,button{min-height:2.75rem;font:inherit;color:inherit;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.375rem;background:var(--page);max-width:100%}
input[type=password]{width:100%}
button{background:var(--accent);border-color:var(--accent);color:var(--page);font-weight:600;cursor:pointer}
button.bad{background:var(--bad);border-color:var(--bad)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
p>a:only-child{display:inline-block;padding:.65rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:.25rem 0 .25rem .75rem;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child{text-align:left;padding-left:0}
code,pre{overflow-wrap:anywhere;font:.9em ui-monospace,monospace}
pre{margin:.5rem 0;padding:.75rem;overflow-x:auto;white-space:pre-wrap;background:var(--page);border:1px solid var(--line);border-radius:.375rem}
summary{padding:.65rem 0;font-weight:600;cursor:pointer}
[hidden]{display:none}button:disabled{opacity:.6}
.problem{border-color:var(--bad)}.soft{color:var(--soft)}
@media(max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
`;
