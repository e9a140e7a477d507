using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mambascope.Explorer.Serving;

/// <summary>
/// What a browser has already is not sent again, and not computed again: an answer depends on its address and on this process (its models
/// and its version) alone.
/// </summary>
internal static class Tags
{
    private static readonly string process = Guid.NewGuid().ToString("N");

    /// <summary>Whether the browser has the answer; says so to it then.</summary>
    internal static bool IsKnown(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "private, no-cache";
        if (!context.Request.Headers.IfNoneMatch.Any(known => known?.Contains(tag, StringComparison.Ordinal) == true))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>The tag of what this process answers to an address.</summary>
    internal static string Of(HttpRequest request)
    {
        var asked = Encoding.UTF8.GetBytes($"{process} {request.Path} {request.QueryString}");
        return $"W/\"{Convert.ToHexString(SHA256.HashData(asked))[..24]}\"";
    }
}
