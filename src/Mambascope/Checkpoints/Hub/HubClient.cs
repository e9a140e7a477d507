using System.Net;
using System.Net.Http.Headers;

namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// Asks the hub, by its rules: few redirects, encrypted, the token only to the hub itself; waits and tries again when the hub is
/// busy or a connection breaks.
/// </summary>
internal sealed class HubClient : IDisposable
{
    /// <summary>How often something is tried before giving up, without progress between.</summary>
    public const int Attempts = 5;

    // A server that lets a request wait for minutes is not asked five times.
    private const int AttemptsInSilence = 2;

    private const int MostRedirects = 5;
    private static readonly TimeSpan longestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan firstWait = TimeSpan.FromSeconds(1);

    private readonly HubSettings settings;
    private readonly HttpClient http;

    public HubClient(HubSettings settings)
    {
        this.settings = settings;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
        })
        { Timeout = settings.Patience };
        http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("mambascope", typeof(HubClient).Assembly.GetName().Version?.ToString(2) ?? "0"));
        http.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    /// <summary>An address at the hub; the parts are escaped, their slashes kept.</summary>
    public Uri Address(params ReadOnlySpan<string> parts)
    {
        var path = settings.Endpoint.AbsoluteUri.TrimEnd('/');
        foreach (var part in parts)
        {
            path += "/" + string.Join('/', part.Split('/').Select(Uri.EscapeDataString));
        }

        return new Uri(path);
    }

    /// <summary>Sends a request and returns the answer's head: success, or a refusal that waiting does not change.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">Where to.</param>
    /// <param name="from">First byte that is wanted; 0 for all.</param>
    /// <param name="stopsAt">For redirects: whether the answer that redirects is already the one that is wanted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="BadInputException">The hub cannot be reached, stays busy, or redirects where it must not.</exception>
    public async Task<HttpResponseMessage> Send(
        HttpMethod method, Uri address, long from, Func<HttpResponseMessage, Uri, bool> stopsAt, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await Follow(method, address, from, stopsAt, cancellation).ConfigureAwait(false);
                if (!IsBusy(response.StatusCode))
                {
                    return response;
                }

                using (response)
                {
                    var (status, asked) = (response.StatusCode, response.Headers.RetryAfter);
                    await WaitOr(
                            () => new($"{address.Host} is busy (it answered {(int)status}, {Attempts} times); try again later"),
                            attempt,
                            asked,
                            cancellation)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception error)
                when (error is HttpRequestException or IOException
                    || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                if (error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
                {
                    throw Unreachable(address, error);
                }

                // Silence has cost its time already: it leaves fewer attempts.
                var attempts = error is TaskCanceledException ? Attempts - AttemptsInSilence : 0;
                await WaitOr(() => Unreachable(address, error), attempt + attempts, null, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits before the next attempt, as long as the hub asks for; throws after the last one.</summary>
    public async Task WaitOr(Func<BadInputException> error, int attempt, RetryConditionHeaderValue? asked, CancellationToken cancellation)
    {
        if (attempt >= Attempts)
        {
            throw error();
        }

        var wait = asked?.Delta ?? (asked?.Date is { } date ? date - DateTimeOffset.UtcNow : firstWait * Math.Pow(2, attempt - 1));
        if (wait > longestWait)
        {
            throw new BadInputException(
                $"{settings.Endpoint.Host} asks to wait {wait.TotalSeconds:F0} seconds before the next request; fetch again after that: "
                    + "what is here already is kept");
        }

        await settings.Wait(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> Follow(
        HttpMethod method, Uri address, long from, Func<HttpResponseMessage, Uri, bool> stopsAt, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, address);
            if (settings.Token is { } token && settings.IsOwn(address))
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            if (from > 0)
            {
                request.Headers.Range = new(from, null);
            }

            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            if (!Uri.TryCreate(address, location, out var target))
            {
                response.Dispose();
                throw new BadInputException($"{address.Host} redirects to {Printable.Name(location.OriginalString)}, which is no "
                    + "address; nothing was fetched");
            }

            if (stopsAt(response, target))
            {
                return response;
            }

            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new BadInputException($"{address.Host} redirects more than {MostRedirects} times; nothing was fetched");
            }

            if (!settings.Allows(target))
            {
                throw new BadInputException(
                    $"{address.Host} redirects to {Printable.Name(target.GetLeftPart(UriPartial.Authority))}, expected an https address; "
                        + "nothing was fetched");
            }

            address = target;
        }
    }

    private static bool IsBusy(HttpStatusCode status)
        => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status is >= 500 and <= 504;

    private static BadInputException Unreachable(Uri address, Exception error)
        => new(
            $"{address.Authority} cannot be reached: {Printable.Name(Printable.Reason(error.InnerException ?? error))}; check the network, "
                + "HTTPS_PROXY and HF_ENDPOINT (models that are in the cache work without)",
            error);
}
