using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Mambascope.Explorer.Serving;

/// <summary>
/// Who may ask. Pages of other sites may not, though the browser could reach this server for them: their Host is another (DNS rebinding),
/// or their Origin. Beyond loopback, everybody needs the token.
/// </summary>
internal sealed class Gate(ExplorerOptions options)
{
    /// <summary>How the cookie begins that holds the token once it was given in an address.</summary>
    internal const string Cookie = "mambascope";

    /// <summary>How an address names the token.</summary>
    internal const string Parameter = "token";

    private readonly string? machine = IPAddress.IsLoopback(options.Address) ? null : Dns.GetHostName();

    /// <summary>Lets a request through, or says why not.</summary>
    internal async Task Pass(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        if (!IsOwnName(request.Host))
        {
            await Refuse(response, StatusCodes.Status421MisdirectedRequest, "this server answers to its own address only");
        }
        else if (IsForeign(request))
        {
            await Refuse(response, StatusCodes.Status403Forbidden, "pages of other sites may not ask this server");
        }
        else if (options.Token is { } token && !Knows(request, token))
        {
            await Refuse(response, StatusCodes.Status401Unauthorized, "open the address that was printed at start, with its token");
        }
        else if (options.Token is not null && request.Query.ContainsKey(Parameter))
        {
            // The token leaves the address, so that it is in no bookmark and no link; what is looked at stays behind the #.
            response.Cookies.Append(
                CookieOf(context),
                options.Token,
                new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });
            response.Redirect("/");
        }
        else
        {
            await next(context);
        }
    }

    // A name of this machine. The port is free: a tunnel may lead here from another one.
    private bool IsOwnName(HostString host)
    {
        if (string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var isAnywhere = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        return IPAddress.TryParse(host.Host.Trim('[', ']'), out var address)
            ? IPAddress.IsLoopback(address) || isAnywhere || address.Equals(options.Address)
            : machine is not null && string.Equals(host.Host, machine, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsForeign(HttpRequest request)
    {
        var headers = request.Headers;
        if (!StringValues.IsNullOrEmpty(headers.Origin)
            && !string.Equals(headers.Origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var isLink = HttpMethods.IsGet(request.Method) && headers["Sec-Fetch-Mode"] == "navigate" && headers["Sec-Fetch-Dest"] == "document"
            && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        return headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none") && !isLink;
    }

    // Cookies do not know ports: each server has its own.
    private static string CookieOf(HttpContext context) => $"{Cookie}-{context.Connection.LocalPort}";

    private static bool Knows(HttpRequest request, string token)
        => IsSame(request.Cookies[CookieOf(request.HttpContext)], token)
            || IsSame(request.Query[Parameter], token)
            || (request.Headers.Authorization is [{ } bearer] && bearer.StartsWith("Bearer ", StringComparison.Ordinal)
                && IsSame(bearer["Bearer ".Length..], token));

    private static bool IsSame(string? given, string token)
        => given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token));

    private static Task Refuse(HttpResponse response, int status, string why)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(new Refusal(why));
    }
}
