namespace MiniGrad.Charts;

/// <summary>The page's style sheet: large type for projectors, one column on phones, dark mode, print.</summary>
internal static class ReportStyle
{
    // Free of '<' and '&', so that the page stays well-formed XML; line feeds only, because the page names its hash.
    public static readonly string Text = """

        :root {
          color-scheme: light dark;
          --paper: #ffffff; --tint: #f4f5f7; --ink: #14171c; --soft: #545b68; --rule: #dcdfe5; --edge: #8b93a1;
          --accent: #1d5ab8; --good: #116b3c; --warning: #8a5300; --bad: #b0202a; --band: #1d5ab81a;
          --s0: #1d5ab8; --s1: #c2410c; --s2: #0b7a5b; --s3: #7a3ea3; --s4: #8a6a00; --s5: #b01f63; --s6: #4b5563; --s7: #0e7490;
          --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "DejaVu Serif", serif;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          --mono: ui-monospace, "SF Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --paper: #101318; --tint: #1a1e25; --ink: #f2f3f5; --soft: #aab1be; --rule: #303641; --edge: #79818f;
            --accent: #86b4ff; --good: #6fd39b; --warning: #f0b95c; --bad: #ff8f8f; --band: #86b4ff26;
            --s0: #86b4ff; --s1: #ff9d6b; --s2: #5fd3ae; --s3: #cf9df2; --s4: #e5c454; --s5: #ff8fbd; --s6: #b6bec9; --s7: #67d3e8;
          }
        }
        * { box-sizing: border-box; }
        html { font-size: clamp(16px, 12px + 0.62vw, 24px); -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        body { margin: 0; background: var(--paper); color: var(--ink); font-family: var(--sans); line-height: 1.55; }
        header, main, footer { max-width: 58rem; margin: 0 auto; padding: 0 1.25rem; }
        h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.15; text-wrap: balance; }
        h1 { font-size: clamp(2rem, 1.2rem + 3.2vw, 3.25rem); letter-spacing: -0.015em; margin: 4.5rem 0 0; }
        h2 { font-size: 1.75rem; letter-spacing: -0.01em; margin: 0 0 0.75rem; }
        .subtitle { font-size: 1.25rem; color: var(--soft); margin: 1rem 0 0; max-width: 44rem; text-wrap: pretty; }
        nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 1.6rem; padding: 1rem 0; margin: 2.25rem 0 0;
          border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
        a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
        nav a { text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        .skip, .unseen { position: absolute; left: -100vw; width: 1px; height: 1px; overflow: hidden; }
        .skip:focus { left: 1rem; top: 1rem; width: auto; height: auto; padding: 0.5rem 1rem; background: var(--paper); z-index: 2; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
        section { padding-top: 4rem; scroll-margin-top: 0; }
        .lead, .prose { max-width: 42rem; margin: 0 0 1.1rem; text-wrap: pretty; overflow-wrap: anywhere; }
        .lead { font-size: 1.125rem; color: var(--soft); }
        footer { margin-top: 5rem; padding-top: 1.25rem; padding-bottom: 3rem; color: var(--soft); font-size: 0.85rem; }
        footer::before { content: ""; display: block; border-top: 1px solid var(--rule); margin-bottom: 1.25rem; }
        figure { margin: 2.5rem 0 3.5rem; }
        figcaption { font-size: 0.9rem; margin-top: 1.1rem; max-width: 46rem; overflow-wrap: anywhere; text-wrap: pretty; }
        figcaption b, .caption b { font-weight: 650; }
        .note, figcaption .note { display: block; color: var(--soft); font-size: 0.85rem; margin-top: 0.3rem; }
        p.note { max-width: 46rem; margin: 0.75rem 0 0; }
        .scroll { overflow-x: auto; }
        img { display: block; width: 100%; height: auto; }
        .pixels { image-rendering: pixelated; }
        dl, dd, dt { margin: 0; }
        .number, .value, .confidence, .iteration, .tick, dd { font-variant-numeric: tabular-nums lining-nums; }

        .key { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 2rem; margin: 2rem 0 3rem; }
        .key > div { border-top: 3px solid var(--ink); padding-top: 0.8rem; display: flex; flex-direction: column; }
        .key dt { padding-top: 0.35rem; line-height: 1.35; font-size: 0.9rem; color: var(--soft); }
        .key .value {
          order: -1; font-family: var(--serif); font-size: 2.75rem;
          font-weight: 600; line-height: 1.15; letter-spacing: -0.02em;
        }
        .key .remark { font-size: 0.85rem; color: var(--soft); }

        .table { margin: 2.25rem 0 3rem; }
        .table table { border-collapse: collapse; min-width: 100%; }
        .table .caption { font-size: 0.9rem; margin: 0 0 0.8rem; max-width: 46rem; }
        .table th, .table td {
          padding: 0.6rem 1.5rem 0.6rem 0; text-align: left;
          vertical-align: baseline; border-bottom: 1px solid var(--rule);
        }
        .table thead th { font-size: 0.85rem; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--ink);
          vertical-align: bottom; line-height: 1.3; }
        .table thead small { display: block; font-weight: 400; font-size: 0.9em; }
        .table tbody th { font-weight: 600; min-width: 7rem; }
        .table .number { text-align: right; white-space: nowrap; }
        .table tbody .number:has(span) { white-space: normal; }
        .table .number span { white-space: nowrap; }
        .table .number span + span { display: inline-block; }
        .table tr > :last-child { padding-right: 0.25rem; }
        .badge { display: inline-block; white-space: nowrap; font-size: 0.82rem; font-weight: 600; line-height: 1.2;
          padding: 0.22em 0.65em; border-radius: 1em; border: 1.5px solid currentColor; color: var(--soft); }
        .badge.good { color: var(--good); } .badge.warning { color: var(--warning); } .badge.bad { color: var(--bad); }

        .grid table { border-collapse: separate; border-spacing: 0; table-layout: fixed; width: 100%; max-width: 50rem; }
        .grid th { font-size: 0.85rem; font-weight: 600; line-height: 1.2; overflow-wrap: anywhere; hyphens: auto; }
        .grid thead th { vertical-align: bottom; padding: 0 0.3rem 0.6rem; }
        .grid tbody th, .grid .corner { text-align: right; padding-right: 0.9rem; width: 15%; }
        .grid tbody th { padding-bottom: 1.5rem; }
        .grid .corner { vertical-align: bottom; padding-bottom: 0.6rem; color: var(--soft); font-size: 0.75rem; line-height: 1.35; }
        .grid .corner span { display: block; }
        .grid tbody td { padding: 0.55rem; text-align: center; vertical-align: top; border: 0 solid transparent; border-width: 0 2px; }
        .grid tr:first-child td { border-top-width: 2px; } .grid tr:last-child td { border-bottom-width: 2px; }
        .grid tbody td img { outline: 1px solid var(--rule); }
        .grid tbody td.original img { outline: 5px solid var(--ink); }
        .grid tbody td.first { border-color: var(--accent); }
        .grid tr:first-child td.first { border-radius: 8px 8px 0 0; }
        .grid tr:last-child td.first { border-radius: 0 0 8px 8px; }
        .grid .confidence { display: block; font-size: 0.85rem; line-height: 1.2; margin-top: 0.55rem; }
        .grid .absent { display: block; color: var(--soft); padding: 30% 0; }
        .grid .many { max-width: none; min-width: 46rem; }
        .grid .many th, .grid .many .confidence { font-size: 0.72rem; }
        .grid .many td { padding: 0.35rem; }
        .grid .many td.original img { outline-width: 4px; }
        .heat td { text-align: center; padding: 0.3rem; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
        .heat .h0 { background: #440154; color: #fff; }
        .heat .h1 { background: #482575; color: #fff; }
        .heat .h2 { background: #404487; color: #fff; }
        .heat .h3 { background: #35608d; color: #fff; }
        .heat .h4 { background: #2a788e; color: #fff; }
        .heat .h5 { background: #21918c; color: #fff; }
        .heat .h6 { background: #23a884; color: #000; }
        .heat .h7 { background: #45bf70; color: #000; }
        .heat .h8 { background: #7cd250; color: #000; }
        .heat .h9 { background: #bede26; color: #000; }
        .heat .h10 { background: #fde725; color: #000; }

        .viewer { display: grid; grid-template-columns: minmax(0, 24rem) minmax(0, 1fr); gap: 2.5rem; align-items: center; }
        .viewer .large { border-radius: 4px; outline: 1px solid var(--rule); }
        .route {
          font-family: var(--serif); font-size: 1.6rem; font-weight: 600;
          line-height: 1.2; margin: 0 0 1.25rem; overflow-wrap: anywhere;
        }
        .arrow { color: var(--soft); font-weight: 400; }
        .readout dl > div { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: 0.45rem 0;
          border-bottom: 1px solid var(--rule); }
        .readout dt { color: var(--soft); font-size: 0.9rem; }
        .readout dd { font-size: 1.35rem; font-weight: 600; text-align: right; overflow-wrap: anywhere; }
        .meter { display: block; width: 100%; height: 0.6rem; margin-top: 1.25rem; border-radius: 0.3rem; }
        .meter .track { fill: var(--rule); } .meter .fill { fill: var(--accent); }
        .control { display: flex; align-items: center; gap: 1rem; margin-top: 1.5rem; }
        .control[hidden] { display: none; }
        .control input { flex: 1; min-width: 0; height: 2.25rem; margin: 0; accent-color: var(--accent); }
        button { font: inherit; font-size: 0.9rem; font-weight: 600; color: var(--ink); background: var(--paper); min-width: 5.5em;
          padding: 0.45em 1em; border: 1.5px solid var(--edge); border-radius: 0.45em; cursor: pointer; }
        button:hover { border-color: var(--ink); }
        .strip { list-style: none; display: flex; flex-wrap: wrap; gap: 0.9rem; margin: 2rem 0 0; padding: 6px; }
        .strip li { flex: none; width: 5.2rem; font-size: 0.75rem; line-height: 1.35; text-align: center; }
        .strip span { display: block; overflow-wrap: anywhere; }
        .strip .iteration { margin-top: 0.4rem; color: var(--soft); }
        .strip .confidence { font-weight: 600; }
        .strip .prediction { color: var(--soft); }
        .js .strip { flex-wrap: nowrap; overflow-x: auto; }
        .js .strip li { cursor: pointer; }
        .js .strip .current img { outline: 4px solid var(--accent); }

        svg text { font-family: var(--sans); font-size: 14px; fill: var(--ink); }
        svg .tick, svg .remark { fill: var(--soft); }
        svg .title { font-weight: 600; }
        svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
        .plot { display: block; width: 100%; max-width: min(50rem, 115vh); overflow: visible; }
        .plot .frame { fill: none; }
        .plot .rule { stroke: var(--rule); stroke-width: 1; }
        .axis { stroke: var(--edge); stroke-width: 1.5; }
        .plot .reference { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 2 5; stroke-linecap: round; }
        .plot .band { fill: var(--band); }
        .line path, path.line { fill: none; stroke: var(--line); stroke-width: 3; stroke-linejoin: round; stroke-linecap: round; }
        .line .dot { fill: var(--line); stroke: var(--paper); stroke-width: 1.5; }
        .line .quiet { fill-opacity: 0; stroke-opacity: 0; }
        .line .dot:hover { fill-opacity: 1; stroke: var(--ink); stroke-opacity: 1; }
        .s0 { --line: var(--s0); } .s1 { --line: var(--s1); } .s2 { --line: var(--s2); }
        .s3 { --line: var(--s3); } .s4 { --line: var(--s4); } .s5 { --line: var(--s5); }
        .s6 { --line: var(--s6); } .s7 { --line: var(--s7); }
        .line.s1 path, path.line.s1 { stroke-dasharray: 9 6; } .line.s2 path, path.line.s2 { stroke-dasharray: 2 6; }
        .line.s3 path, path.line.s3 { stroke-dasharray: 14 5 2 5; } .line.s4 path, path.line.s4 { stroke-dasharray: 5 5; }
        .line.s5 path, path.line.s5 { stroke-dasharray: 16 6; }
        .line.s6 path, path.line.s6 { stroke-dasharray: 6 3 2 3 2 3; } .line.s7 path, path.line.s7 { stroke-dasharray: 3 3; }
        .faint path, path.faint { --line: var(--edge); stroke-width: 1; }
        .plot .faint path { stroke-opacity: 0.6; }
        .bar { fill: var(--line); }
        .bar.s1, .bar.s3, .bar.s5 { fill: color-mix(in srgb, var(--line) 55%, var(--paper)); }
        .bins { fill: var(--line); fill-opacity: 0.45; stroke: var(--line); stroke-width: 1; stroke-opacity: 0.9; }
        .bins.s1, .bins.s3, .bins.s5 { fill-opacity: 0.3; }
        .bar rect:hover { fill: var(--ink); } .bins rect:hover { fill-opacity: 0.8; }
        .mark { fill: var(--line); fill-opacity: 0.55; stroke: var(--line); stroke-width: 1; }
        .mark path:hover { fill-opacity: 1; stroke: var(--ink); }
        .box .quartiles { fill: var(--line); fill-opacity: 0.28; stroke: var(--line); stroke-width: 1.5; }
        .box .quartiles:hover { fill-opacity: 0.5; }
        .box .whisker { stroke: var(--line); stroke-width: 1.5; }
        .box .median { stroke: var(--line); stroke-width: 3; }
        .box .outlier { fill: var(--line); fill-opacity: 0.55; }
        .section { max-width: min(38rem, 100vh); margin: 0 auto; }
        .section .frame { stroke: var(--edge); stroke-width: 1.5; }
        .section.many text { font-size: 19px; }
        .region.below { fill: #4f8fe8; fill-opacity: 0.44; } .region.above { fill: #f08a4b; fill-opacity: 0.44; }
        .boundary { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
        .section .shaft { stroke: var(--ink); stroke-width: 2; } .section .head, .section .dot { fill: var(--ink); }
        .section .dot { stroke: var(--paper); stroke-width: 1.5; }
        .trail, .trail-edge { fill: none; stroke: #fff; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
        .trail-edge { stroke: #000; stroke-width: 5.5; stroke-opacity: 0.7; }
        .trail-start { fill: #fff; stroke: #000; stroke-width: 2; } .trail-end { fill: none; stroke: #f55; stroke-width: 3.5; }
        .legend .trail { stroke: var(--ink); } .legend .trail-start { stroke-width: 1.5; } .legend .trail-end { stroke-width: 2.5; }
        .plot .name, .plot .remark { paint-order: stroke; stroke: var(--paper); stroke-width: 3; stroke-linejoin: round; }
        .plot .name { font-weight: 600; }
        .legend {
          list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.75rem;
          margin: 0 0 0.9rem; padding: 0; font-size: 0.9rem;
        }
        .legend li { display: flex; align-items: center; gap: 0.6rem; overflow-wrap: anywhere; }
        .legend svg { flex: none; }

        .panels {
          display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
          gap: 2.5rem 2rem; align-items: end;
        }
        .panel-title { font-size: 0.95rem; font-weight: 600; margin: 0 0 0.6rem; line-height: 1.3; overflow-wrap: anywhere; }
        .panel .panel-title { text-align: center; margin: 0.5rem 0 0; }
        .hull text { font-size: 17px; }
        .hull { display: block; width: 100%; max-width: 26rem; margin: 0 auto; }
        .hull .outline { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-linejoin: round; }
        .hull .thumb { fill: none; stroke: var(--edge); stroke-width: 1; }
        .hull .points, .surface .points { fill: transparent; }
        .hull .points circle:hover, .surface .points circle:hover { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
        .star { display: block; width: 100%; max-width: 36rem; margin: 0 auto; overflow: visible; }
        .star text { font-size: 17px; } .star.many text { font-size: 20px; }
        .star.turned text { font-size: 15px; } .star.turned.many text { font-size: 17px; }
        .star .limb-edge { fill: none; stroke: var(--edge); } .star .limb { fill: none; }
        .star .exit { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
        .star .thumb { fill: none; stroke: var(--edge); stroke-width: 1; }
        .levels { fill: none; stroke: #fff; stroke-width: 1.5; stroke-opacity: 0.85; }
        .colourbar { display: block; width: 100%; max-width: 26rem; margin: 1.75rem auto 0; }

        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 2rem 1.5rem; align-items: start; }
        .tile img { outline: 1px solid var(--rule); }
        .tile dl { margin-top: 0.7rem; font-size: 0.9rem; }
        .tile dl > div { display: flex; justify-content: space-between; gap: 0.75rem; padding: 0.15rem 0; }
        .tile dt { color: var(--soft); overflow-wrap: anywhere; } .tile dd { font-weight: 600; }
        .tile .remark { font-size: 0.8rem; line-height: 1.4; color: var(--soft); margin: 0.7rem 0 0; }
        .facts { display: flex; flex-wrap: wrap; gap: 0.75rem 3.5rem; margin-top: 2rem; padding: 1rem 0; border-top: 1px solid var(--rule);
          border-bottom: 1px solid var(--rule); }
        .facts dt { font-size: 0.85rem; color: var(--soft); }
        .facts dd { font-size: 1.5rem; font-weight: 600; line-height: 1.25; }

        .reproduce { position: relative; margin: 1.75rem 0; }
        .reproduce pre { margin: 0; padding: 1.5rem; background: var(--tint); border-radius: 0.5rem; font: 0.8rem/1.65 var(--mono);
          overflow-x: auto; white-space: pre; }
        .copy { position: absolute; top: 0.8rem; right: 0.8rem; }
        .copy[hidden] { display: none; }

        @media (max-width: 40rem) {
          h1 { margin-top: 2.5rem; }
          h2 { font-size: 1.5rem; }
          .subtitle { font-size: 1.1rem; }
          nav ol { flex-direction: column; gap: 0.6rem; }
          section { padding-top: 3rem; }
          .key { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem 1.25rem; }
          .key .value { font-size: 2rem; }
          .viewer { grid-template-columns: minmax(0, 1fr); gap: 1.5rem; }
          .viewer .large { max-width: 20rem; margin: 0 auto; }
          .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .facts { gap: 0.75rem 2rem; }
          .grid th { font-size: 0.62rem; } .grid .confidence { font-size: 0.68rem; }
          .grid thead th { padding: 0 0 0.5rem; }
          .table table { font-size: 0.9rem; }
          .grid .corner { font-size: 0.6rem; }
          .grid tbody th, .grid .corner { padding-right: 0.4rem; width: 17%; }
          .grid tbody td { padding: 0.3rem; }
          .grid tbody td.original img { outline-width: 3px; }
          .plot text { font-size: 24px; }
          .plot .slanted { font-size: 18px; }
          .section text, .section.many text { font-size: 20px; }
          .colourbar text { font-size: 18px; }
          .star text, .star.many text { font-size: 22px; } .star.turned text { font-size: 17px; }
          .plot .line path { stroke-width: 4.5; } .plot .faint path { stroke-width: 1.5; }
          .plot .rule, .plot .axis, .plot .reference { stroke-width: 2; }
          .copy { position: static; margin-bottom: 0.75rem; }
        }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        @media print {
          html { font-size: 11pt; }
          header, main, footer { max-width: none; padding: 0; }
          h1 { margin-top: 0; }
          nav, .viewer, button, .skip { display: none; }
          section { padding-top: 2rem; }
          h2, .lead { break-after: avoid; }
          figure, tr, .panel, .tile { break-inside: avoid; }
          .path { break-inside: auto; }
          .js .strip, .strip { flex-wrap: wrap; overflow: visible; margin-top: 0; }
          .js .strip .current img { outline: none; }
          .scroll, .reproduce pre { overflow: visible; }
          .reproduce pre { white-space: pre-wrap; overflow-wrap: anywhere; }
          .plot { max-width: 100%; }
          img, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """.ReplaceLineEndings("\n");
}
