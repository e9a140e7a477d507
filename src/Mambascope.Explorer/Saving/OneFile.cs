using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// The page with everything that it loads inside it. Its policy lets in the one script and the one style that are there, by their hashes,
/// and no request at all.
/// </summary>
internal static class OneFile
{
    private const string Main = "main.js";
    private const string Icon = "icon.svg";

    /// <summary>The file.</summary>
    /// <param name="title">What it is called.</param>
    /// <param name="data">What its scripts read: JSON that cannot end its element.</param>
    internal static byte[] Of(string title, string data)
    {
        var icon = $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(PageSource.Read(Icon)))}";
        var (script, style) = ($"\n{OneScript.Of(Main, PageSource.ReadSaved)}", $"\n{PageSource.Read("style.css")}");
        var policy = $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; img-src data: blob:; base-uri 'none'; "
            + "form-action 'none'";
        var page = new Template(PageSource.Read("index.html"))
            .Put("""<meta charset="utf-8">""", $"""
                <meta charset="utf-8">
                  <meta http-equiv="Content-Security-Policy" content="{policy}">
                """)
            .Put("<title>Mambascope explorer</title>", $"<title>{WebUtility.HtmlEncode(title)}</title>")
            .Put($"""<link rel="icon" href="/{Icon}" type="image/svg+xml">""", $"""<link rel="icon" href="{icon}" type="image/svg+xml">""")
            .Put("""<link rel="stylesheet" href="/style.css">""", $"<style>{style}</style>")
            .Put($"""<link rel="modulepreload" href="/{Main}">""", "")
            .Put($"""<script type="module" src="/{Main}"></script>""", "")
            .Put($"""<img src="/{Icon}" """, $"""<img src="{icon}" """)
            .Put("The explorer needs JavaScript, which this server sends itself; nothing comes from elsewhere.",
                "This page needs JavaScript, which it holds itself; nothing comes from elsewhere.")
            .Put("</body>", $"""
                <script type="application/json" id="held">{data}</script>
                <script type="module">{script}</script>
                </body>
                """)
            .Text;
        return Encoding.UTF8.GetBytes(page);
    }

    private static string Hash(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private sealed record Template(string Text)
    {
        internal Template Put(string place, string content)
        {
            var at = Text.IndexOf(place, StringComparison.Ordinal);
            return at >= 0
                ? new($"{Text[..at]}{content}{Text[(at + place.Length)..]}")
                : throw new InvalidOperationException($"The page has no place for what stands at {place}");
        }
    }
}
