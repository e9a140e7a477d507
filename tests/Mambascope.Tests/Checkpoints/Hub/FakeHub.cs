using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Mambascope.Tests.Checkpoints.Hub;

/// <summary>What a client asked.</summary>
internal sealed record HubRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Token => Headers.GetValueOrDefault("authorization");

    public long RangeStart
        => Headers.GetValueOrDefault("range") is { } range
            ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : 0;

    public bool IsFile => Path.Contains("/resolve/", StringComparison.Ordinal) && Method == "GET";
}

/// <summary>What it is told.</summary>
/// <param name="CutAfter">Bytes of the body before the connection is cut; all where null.</param>
/// <param name="Hangs">Whether the connection then stays open and silent.</param>
/// <param name="IsSilent">Whether it is so from the beginning.</param>
internal sealed record HubReply(
    int Status, (string Name, string Value)[] Headers, byte[] Body, int? CutAfter = null, bool Hangs = false, bool IsSilent = false)
{
    public static HubReply Error(int status, params (string, string)[] headers) => new(status, headers, []);
}

/// <summary>
/// A hub on this machine: one model with one commit. Large files are elsewhere, as on the real one. Every answer can be replaced.
/// </summary>
internal sealed class FakeHub : IDisposable
{
    public const string Model = "owner/model";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopped = new();

    public FakeHub(string host = "127.0.0.1")
    {
        listener.Start();
        Endpoint = new Uri($"http://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = Task.Run(Listen);
    }

    public Uri Endpoint { get; }

    /// <summary>Files by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths of the files that another server has.</summary>
    public HashSet<string> Large { get; } = new(StringComparer.Ordinal);

    /// <summary>That other server.</summary>
    public FakeHub? Elsewhere { get; set; }

    /// <summary>Replaces answers; null for the usual one.</summary>
    public Func<HubRequest, HubReply, HubReply?> Answer { get; set; } = (_, usual) => usual;

    /// <summary>All that was asked.</summary>
    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    public void Dispose()
    {
        stopped.Cancel();
        listener.Dispose();
    }

    private async Task Listen()
    {
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stopped.Token);
                _ = Task.Run(() => Serve(client));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                if (await reader.ReadLineAsync(stopped.Token) is not { } first)
                {
                    return;
                }

                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync(stopped.Token) is { Length: > 0 } line)
                {
                    headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
                        .Trim();
                }

                var request = new HubRequest(first.Split(' ')[0], first.Split(' ')[1], headers);
                Requests.Enqueue(request);
                var usual = Usual(request);
                await Write(stream, request, Answer(request, usual) ?? usual);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    private async Task Write(NetworkStream stream, HubRequest request, HubReply reply)
    {
        if (reply.IsSilent)
        {
            await Task.Delay(Timeout.Infinite, stopped.Token);
        }

        var head = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {reply.Status} Answer\r\nConnection: close\r\nContent-Length: {reply.Body.Length}\r\n");
        foreach (var (name, value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), stopped.Token);
        if (request.Method != "HEAD")
        {
            await stream.WriteAsync(reply.Body.AsMemory(0, reply.CutAfter ?? reply.Body.Length), stopped.Token);
        }

        if (reply.Hangs)
        {
            await Task.Delay(Timeout.Infinite, stopped.Token);
        }
    }

    private HubReply Usual(HubRequest request)
    {
        if (request.Path.StartsWith($"/api/models/{Model}/revision/", StringComparison.Ordinal))
        {
            var listing = JsonSerializer.SerializeToUtf8Bytes(
                new { sha = Commit, siblings = Files.Keys.Select(file => new { rfilename = file }) });
            return new(200, [("Content-Type", "application/json")], listing);
        }

        var start = request.Path.StartsWith("/elsewhere/", StringComparison.Ordinal) ? "/elsewhere/" : $"/{Model}/resolve/{Commit}/";
        var path = request.Path.StartsWith(start, StringComparison.Ordinal) ? Uri.UnescapeDataString(request.Path[start.Length..]) : "";
        if (!Files.TryGetValue(path, out var body))
        {
            return HubReply.Error(404);
        }

        if (Large.Contains(path) && Elsewhere is not null)
        {
            return new(
                302,
                [
                    ("Location", $"{Elsewhere.Endpoint}elsewhere/{path}"),
                    ("X-Linked-Etag", $"\"{Sha256(body)}\""),
                    ("X-Linked-Size", $"{body.Length}"),
                    ("ETag", "\"of-the-redirect\""),
                ],
                []);
        }

        var from = request.RangeStart;
        (string, string)[] headers =
        [
            ("ETag", $"\"{GitHash(body)}\""),
            .. from > 0 ? [("Content-Range", $"bytes {from}-{body.Length - 1}/{body.Length}")] : Array.Empty<(string, string)>(),
        ];
        return from > 0 && from >= body.Length ? HubReply.Error(416) : new(from > 0 ? 206 : 200, headers, body[(int)from..]);
    }

    public static string Sha256(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "Git names small files by it.")]
    public static string GitHash(byte[] body)
        => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {body.Length}\0"), .. body]));
}
