namespace Mambascope.Imaging.Reports;

/// <summary>How a report looks. No character here needs escaping, so the sheet is the same to a browser and to an XML reader.</summary>
internal static class HtmlStyle
{
    /// <summary>
    /// Number of colours of curves, c0, c1 and so on. No two are equal; a chart with more curves begins again, with other dashes.
    /// </summary>
    internal const int Colors = 24;

    // The first ones are chosen, the others lie between them on the circle of hues.
    private const int Chosen = 8;

    /// <summary>Everything but marked text.</summary>
    internal static string Sheet => Fixed + AddedCurves;

    /// <summary>The curve colours that follow the chosen ones, on a light (<paramref name="isDark"/> false) or dark page.</summary>
    internal static (byte Red, byte Green, byte Blue) Curve(int index, bool isDark)
    {
        // The golden angle: whatever the number of curves, new hues fall into the widest gaps.
        var hue = 15 + (137.508 * (index - Chosen));
        return isDark ? Oklch.ToRgb(index % 2 == 0 ? 0.82 : 0.68, 0.13, hue) : Oklch.ToRgb(index % 2 == 0 ? 0.42 : 0.56, 0.13, hue);
    }

    private static string AddedCurves
    {
        get
        {
            var added = Enumerable.Range(Chosen, Colors - Chosen).ToArray();
            string Variables(bool isDark) => string.Concat(added.Select(i => $"--c{i}: rgb({PagePalette.Css(Curve(i, isDark))}); "));
            return $"\n:root {{ {Variables(false)}}}\n@media (prefers-color-scheme: dark) {{ :root {{ {Variables(true)}}} }}\n"
                + string.Concat(added.Select(i => $".c{i} {{ color: var(--c{i}); }} ")) + "\n";
        }
    }

    // The first colours are those of Okabe and Ito (2008), told apart by colour-blind readers, darkened or lightened until they have a
    // contrast of 3 to 1 or more with the page.
    private const string Fixed = """

        :root {
        color-scheme: light dark;
        --page: #ffffff; --ink: #151a23; --soft: #555d6b; --line: #d5d9e0; --raised: #f4f6f9; --link: #0059a8;
        --c0: #0072b2; --c1: #c75400; --c2: #00805c; --c3: #b2578b; --c4: #a06c00; --c5: #2b87c0; --c6: #6b5bb5; --c7: #6b7280;
        }
        @media (prefers-color-scheme: dark) {
        :root {
        --page: #12161d; --ink: #e8ebf0; --soft: #a4adbb; --line: #343c49; --raised: #1b212b; --link: #7cbcff;
        --c0: #5cb3ff; --c1: #ff8a45; --c2: #35cf9f; --c3: #f0a0cc; --c4: #f2b84b; --c5: #9cd6ff; --c6: #b9adff; --c7: #aab2c0;
        }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
        h2 { font-size: 1.35rem; line-height: 1.3; margin: 3rem 0 .75rem; }
        p { max-width: 46rem; margin: .75rem 0; overflow-wrap: anywhere; }
        a { color: var(--link); }
        .introduction { font-size: 1.1rem; }
        .note, figcaption { color: var(--soft); font-size: .9rem; }
        dl { margin: 1.25rem 0; padding: .75rem 1rem; background: var(--raised); border-radius: .5rem; font-size: .9rem; }
        dl div { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .15rem 0; }
        dt { flex: 0 0 10rem; color: var(--soft); }
        dd { flex: 1 1 20rem; margin: 0; overflow-wrap: anywhere; }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 1rem 0; padding: 0; list-style: none; }
        .table { overflow-x: auto; margin: 1rem 0 .25rem; }
        table { border-collapse: collapse; font-size: .92rem; max-width: 100%; }
        caption { text-align: left; font-weight: 600; padding: 0 0 .4rem; }
        th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
        thead th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; }
        tbody th { font-weight: 500; }
        th, td { overflow-wrap: break-word; }
        tbody th, thead th:first-child { min-width: 8rem; }
        .number { padding-left: .9rem; padding-right: 1.1rem; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        .number span { white-space: nowrap; }
        .interval { color: var(--soft); font-size: .88em; }
        .wide table { font-size: .78rem; line-height: 1.35; }
        .wide th, .wide td { padding: .3rem .35rem; }
        .wide th:first-child, .wide td:first-child { padding-left: 0; }
        .wide tbody th, .wide thead th:first-child { min-width: 0; }
        @media (max-width: 44rem) {
        table, caption, tbody, tr, tbody th, td { display: block; }
        thead { display: none; }
        tr { padding: .4rem 0; border-bottom: 1px solid var(--line); }
        tbody th, td, .wide th, .wide td { display: flex; gap: .5rem; justify-content: flex-end; align-items: baseline; padding: .1rem 0; border: 0; text-align: right; font-size: .85rem; }
        tbody th::before, td::before { content: attr(data-label); margin-right: auto; color: var(--soft); text-align: left; font-weight: 400; }
        tbody th { font-weight: 600; }
        }
        figure { margin: 0; }
        .chart { margin: 1.75rem 0; max-width: 52rem; }
        .chart figcaption { color: var(--ink); font-size: .92rem; font-weight: 600; margin-bottom: .4rem; }
        .plot svg { display: block; width: 100%; height: auto; font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        svg text { fill: var(--ink); }
        svg .tick { fill: var(--soft); font-size: 12px; }
        @media (max-width: 44rem) { .plot svg, .plot svg .tick { font-size: 24px; } }
        .series { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .25rem 0 .75rem; padding: 0; list-style: none; font-size: .88rem; }
        .series li { display: flex; gap: .5rem; align-items: center; }
        .swatch { flex: none; width: 26px; height: 12px; overflow: visible; }
        .axis { fill: none; stroke: var(--soft); }
        .grid { stroke: var(--line); }
        .curve { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
        .marker { fill: currentColor; stroke: var(--page); stroke-width: .75; }
        .band { fill: currentColor; opacity: .15; }
        .c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
        .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
        summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
        .pictures { display: flex; flex-wrap: wrap; gap: 1.25rem; margin: 1rem 0; align-items: flex-start; }
        .pictures figure { max-width: 100%; }
        .pictures img { display: block; max-width: 100%; height: auto; border-radius: .25rem; }
        .pictures figcaption { margin-top: .4rem; max-width: 34rem; overflow-wrap: anywhere; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        @media print { body { max-width: none; padding: 0; } nav { display: none; } figure, tr { break-inside: avoid; } }

        """;

    /// <summary>Running text with colours behind its words.</summary>
    internal static string Marks => $$"""

        :root { --for: {{PagePalette.Css(PagePalette.Light.For)}}; --against: {{PagePalette.Css(PagePalette.Light.Against)}}; }
        @media (prefers-color-scheme: dark) { :root { --for: {{PagePalette.Css(PagePalette.Dark.For)}}; --against: {{PagePalette.Css(PagePalette.Dark.Against)}}; } }
        .marked { margin: 1rem 0 .5rem; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .5rem; font: 1rem/1.9 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        .marked span, .marked a { padding: .2em 0; color: inherit; text-decoration: none; }
        .marked span:hover, .marked a:hover { outline: 1px solid var(--ink); }
        .marked .here { outline: 2px solid var(--ink); }
        .view { display: none; scroll-margin-top: 40vh; }
        .view:target, .views:not(:has(:target)) .first { display: block; }
        h3 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
        .legend { color: var(--soft); font-size: .85rem; }
        .legend span { padding: .15em .35em; color: var(--ink); }
        @media print { .marked span, .marked a, .legend span { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }

        """;
}
