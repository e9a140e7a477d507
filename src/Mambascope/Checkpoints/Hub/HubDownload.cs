using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// Brings one blob into the cache: into <c>ETAG.incomplete</c> first, going on where an earlier attempt ended, and under its name
/// only when its hash is right.
/// </summary>
internal sealed class HubDownload(HubRepository repository, HubClient client, HubSettings settings)
{
    private const int BufferSize = 1 << 18;
    private const int Sha256Length = 64;
    private const int Sha1Length = 40;

    /// <summary>Fetches what is missing.</summary>
    /// <param name="commit">Where the file is.</param>
    /// <param name="file">The file.</param>
    /// <param name="blob">Where it goes.</param>
    /// <param name="arrived">
    /// Told the bytes that are there from earlier, then each piece that comes: how many, and whether over the network.
    /// </param>
    /// <param name="cancellation">Ends it; what came is kept.</param>
    /// <exception cref="BadInputException">The contents are not what the hub says they are, or the connection keeps breaking.</exception>
    public async Task Run(string commit, HubFile file, string blob, Action<long, bool> arrived, CancellationToken cancellation)
    {
        var incomplete = blob + ".incomplete";
        using (var stream = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferSize))
        {
            if (file.Size is { } size && stream.Length > size)
            {
                stream.SetLength(0);
            }

            stream.Seek(0, SeekOrigin.End);
            arrived(stream.Length, false);
            var isContinued = stream.Length > 0;
            var found = await Complete(commit, file, stream, arrived, cancellation).ConfigureAwait(false);
            if (found != file.Etag && isContinued)
            {
                // What was here from earlier may be at fault: once more, from the beginning.
                arrived(-stream.Length, false);
                stream.SetLength(0);
                found = await Complete(commit, file, stream, arrived, cancellation).ConfigureAwait(false);
            }

            if (found != file.Etag)
            {
                stream.Close();
                File.Delete(incomplete);
                throw new BadInputException(
                    $"{Printable.Name(file.Path)} arrived with the hash {found}, expected {file.Etag}: it was damaged or exchanged on the "
                        + "way; nothing was kept, fetch again");
            }
        }

        File.Move(incomplete, blob, overwrite: true);
    }

    /// <summary>SHA-256 of a file, or git's hash of it as a blob: SHA-1 over "blob SIZE" and a zero, then the file.</summary>
    public static async Task<string> Hash(int length, Stream stream, CancellationToken cancellation)
    {
        stream.Position = 0;
        if (length == Sha256Length)
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        }

        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        sha1.AppendData(Encoding.ASCII.GetBytes($"blob {stream.Length}\0"));
        var buffer = new byte[BufferSize];
        while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            sha1.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(sha1.GetHashAndReset());
    }

    /// <summary>Whether an ETag is a hash that can be checked.</summary>
    public static bool IsHash(string etag) => etag.Length is Sha256Length or Sha1Length && etag.All(char.IsAsciiHexDigitLower);

    /// <summary>Receives the rest and returns the hash of all.</summary>
    private async Task<string> Complete(
        string commit, HubFile file, FileStream stream, Action<long, bool> arrived, CancellationToken cancellation)
    {
        await Receive(commit, file, stream, arrived, cancellation).ConfigureAwait(false);
        stream.Flush(flushToDisk: true);
        return await Hash(file.Etag.Length, stream, cancellation).ConfigureAwait(false);
    }

    private async Task Receive(string commit, HubFile file, FileStream stream, Action<long, bool> arrived, CancellationToken cancellation)
    {
        // The most that was ever here: what comes again after a wrong answer is no progress.
        var most = stream.Length;
        for (var attempt = 1; stream.Length != file.Size; attempt++)
        {
            if (await ReceiveOnce(commit, file, stream, arrived, cancellation).ConfigureAwait(false))
            {
                return;
            }

            // A connection that brought something is not a failure, however often it breaks.
            attempt = stream.Length > most ? 0 : attempt;
            most = Math.Max(most, stream.Length);
            await client
                .WaitOr(
                    () =>
                        new(
                            $"the connection broke {HubClient.Attempts} times at byte {stream.Length:N0} of {Printable.Name(file.Path)}; "
                                + "fetch again to go on from there"),
                    Math.Max(attempt, 1),
                    null,
                    cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Adds to the file what one connection brings; false where it broke before the end.</summary>
    private async Task<bool> ReceiveOnce(
        string commit, HubFile file, FileStream stream, Action<long, bool> arrived, CancellationToken cancellation)
    {
        using var response = await repository.Open(commit, file.Path, stream.Length, cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != stream.Length)
        {
            // All of it again: the server knows no ranges, or not this one.
            arrived(-stream.Length, false);
            stream.SetLength(0);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return false;
            }
        }

        var expected = stream.Length + response.Content.Headers.ContentLength;
        var buffer = new byte[BufferSize];
        try
        {
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                patience.CancelAfter(settings.Patience);
                var count = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return stream.Length == (file.Size ?? expected ?? stream.Length);
                }

                if (stream.Length + count > (file.Size ?? settings.LargestUnannounced))
                {
                    throw new BadInputException(file.Size is { } size
                        ? $"{Printable.Name(file.Path)} is longer than the {size:N0} bytes that the hub names; nothing was put in place"
                        : $"{Printable.Name(file.Path)} has more than {settings.LargestUnannounced:N0} bytes, and the hub names no "
                            + "size; nothing was put in place");
                }

                await stream.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                await stream.FlushAsync(cancellation).ConfigureAwait(false);
                arrived(count, true);
            }
        }
        catch (Exception error)
            when (error is HttpIOException or HttpRequestException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
                || (error is IOException { InnerException: System.Net.Sockets.SocketException }))
        {
            return false;
        }
    }
}
