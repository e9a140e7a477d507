using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mambascope.Explorer.Serving;

/// <summary>
/// The page: files inside the program, each at an address of its own. There is no folder that an address could lead out of.
/// </summary>
internal static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, string> kinds = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Serves each file.</summary>
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var assembly = typeof(PageFiles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var tag = $"W/\"{Convert.ToHexString(SHA256.HashData(bytes))[..16]}\"";
            var address = name[Prefix.Length..].Replace('\\', '/');
            var kind = kinds[Path.GetExtension(name)];
            routes
                .MapGet(address == "index.html" ? "/" : "/" + address, context => Send(context, bytes, kind, tag))
                .ExcludeFromDescription();
        }
    }

    private static async Task Send(HttpContext context, byte[] bytes, string kind, string tag)
    {
        if (Tags.IsKnown(context, tag))
        {
            return;
        }

        context.Response.ContentType = kind;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
