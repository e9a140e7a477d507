using System.Text.Json;

namespace Mambascope.Checkpoints.Hub;

/// <summary>A file of a model on the hub.</summary>
/// <param name="Path">Its path in the model's folder, with /.</param>
/// <param name="Etag">The name of its contents: SHA-256 of a large file, git's hash of a small one.</param>
/// <param name="Size">Bytes; null where the hub does not say.</param>
internal sealed record HubFile(string Path, string Etag, long? Size);

/// <summary>What the hub says of a model: its commit and files.</summary>
internal sealed class HubRepository(HubClient client, HubName name, HubSettings settings)
{
    private const int LargestListing = 64 << 20;

    /// <summary>The commit that a revision is now, and the paths of its files.</summary>
    /// <exception cref="BadInputException">There is no such model or revision, or it must not be read.</exception>
    public async Task<(string Commit, IReadOnlyList<string> Files)> List(CancellationToken cancellation)
    {
        using var response = await client
            .Send(HttpMethod.Get, ListAddress(), 0, static (_, _) => false, cancellation)
            .ConfigureAwait(false);
        Check(response, null);
        var json = await ReadBounded(response, cancellation).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            var files = document
                .RootElement.GetProperty("siblings")
                .EnumerateArray()
                .Select(file => file.GetProperty("rfilename").GetString() ?? "")
                .ToList();
            return HubName.IsCommitHash(commit)
                ? (commit, files)
                : throw new BadInputException(
                    $"{settings.Endpoint.Host} says that {name} is commit {Printable.Name(commit)}, expected 40 hexadecimal digits");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new BadInputException(
                $"{settings.Endpoint.Host} does not answer like a Hugging Face hub: its list of the files of {name} cannot be read; check "
                    + "HF_ENDPOINT",
                error);
        }
    }

    /// <summary>Size and hash of a file, without its contents.</summary>
    /// <exception cref="BadInputException">It is not there, must not be read, or the hub names no hash.</exception>
    public async Task<HubFile> Describe(string commit, string path, CancellationToken cancellation)
    {
        // A large file redirects to another host; what is to know of it stands in the hub's own answer.
        using var response = await client
            .Send(
                HttpMethod.Head,
                FileAddress(commit, path),
                0,
                (answer, target) => answer.Headers.Contains("X-Linked-Etag") || !settings.IsOwn(target),
                cancellation)
            .ConfigureAwait(false);
        var isRedirect = (int)response.StatusCode is >= 300 and < 400;
        if (!isRedirect)
        {
            Check(response, path);
        }

        var etag = (Header(response, "X-Linked-Etag") ?? response.Headers.ETag?.Tag)?.Trim('"') ?? "";
        if (!HubDownload.IsHash(etag))
        {
            throw new BadInputException(
                $"{settings.Endpoint.Host} names no hash of {Printable.Name(path)} (ETag {Printable.Name(etag)}): nothing can be checked, "
                    + "nothing was fetched");
        }

        var size =
            long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked
            : isRedirect ? null
            : response.Content.Headers.ContentLength;
        return new(path, etag, size >= 0 ? size : null);
    }

    /// <summary>Begins to read a file.</summary>
    /// <exception cref="BadInputException">It must not be read.</exception>
    public async Task<HttpResponseMessage> Open(string commit, string path, long from, CancellationToken cancellation)
    {
        var response = await client
            .Send(HttpMethod.Get, FileAddress(commit, path), from, static (_, _) => false, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode != System.Net.HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            Check(response, path);
        }

        return response;
    }

    // A slash of the revision is escaped here, unlike those of paths.
    private Uri ListAddress()
        => new($"{client.Address("api/models", name.Repository, "revision").AbsoluteUri}/{Uri.EscapeDataString(name.Revision)}");

    private Uri FileAddress(string commit, string path) => client.Address(name.Repository, "resolve", commit, path);

    private async Task<byte[]> ReadBounded(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            using var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(settings.Patience);
            while (await stream.ReadAsync(buffer, patience.Token).ConfigureAwait(false) is > 0 and var count)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > LargestListing)
                {
                    throw new BadInputException(
                        $"{settings.Endpoint.Host} lists more than {LargestListing >> 20} MiB of file names for {name}");
                }
            }

            return bytes.ToArray();
        }
        catch (Exception error)
            when (error is IOException or HttpRequestException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new BadInputException(
                $"the connection to {settings.Endpoint.Host} broke while it listed the files of {name}; fetch again", error);
        }
    }

    private void Check(HttpResponseMessage response, string? path)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var (status, page) = ((int)response.StatusCode, $"{settings.Endpoint.GetLeftPart(UriPartial.Authority)}/{name.Repository}");
        var wanted = path is null ? name.ToString() : $"{Printable.Name(path)} of {name}";
        response.Dispose();
        throw new BadInputException(
            status switch
            {
                401 or 403 when settings.Token is null =>
                    $"{settings.Endpoint.Host} does not give {wanted} to everybody ({status}): there is no such model, or it is private or "
                        + $"gated; accept its terms at {page} and set HF_TOKEN to an access token of your account",
                401 or 403 =>
                    $"{settings.Endpoint.Host} does not give {wanted} to the owner of the token in HF_TOKEN or the token file ({status}): "
                        + $"the token is wrong or expired, or the model is private or gated; accept its terms at {page}",
                404 => path is null
                    ? $"{settings.Endpoint.Host} has no model {name} (404); check the name and the revision at {page}"
                    : $"{settings.Endpoint.Host} has no file {wanted} (404)",
                _ => $"{settings.Endpoint.Host} answered {status} when asked for {wanted}",
            });
    }

    private static string? Header(HttpResponseMessage response, string header)
        => response.Headers.TryGetValues(header, out var values) ? values.FirstOrDefault() : null;
}
