namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// Where the hub is, where its cache is, and who asks: the environment variables of Hugging Face's own tools
/// (<c>HF_ENDPOINT</c>, <c>HF_HUB_CACHE</c>, <c>HF_HOME</c>, <c>HF_TOKEN</c>, <c>HF_TOKEN_PATH</c>, <c>HF_HUB_OFFLINE</c>).
/// </summary>
public sealed record HubSettings
{
    private static readonly Uri standardEndpoint = new("https://huggingface.co");

    /// <summary>The hub.</summary>
    public Uri Endpoint { get; init; } = standardEndpoint;

    /// <summary>The cache on this machine.</summary>
    public required HubCache Cache { get; init; }

    /// <summary>The access token; null for what everybody may read. Sent to <see cref="Endpoint"/> and nowhere else.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the network must not be used.</summary>
    public bool IsOffline { get; init; }

    /// <summary>How to wait before trying again; replaced in tests.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Wait { get; init; } = Task.Delay;

    /// <summary>How long nothing may arrive before a connection counts as lost.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most bytes of a file whose size the hub does not name: a server could fill the disk. Weights always have a size.</summary>
    internal long LargestUnannounced { get; init; } = 256 << 20;

    /// <summary>Whether snapshots link to blobs; they are copies where the file system has no links.</summary>
    internal bool UsesLinks { get; init; } = true;

    /// <summary>What the environment of this process says.</summary>
    /// <exception cref="BadInputException">A variable has a value that cannot be used.</exception>
    public static HubSettings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>What an environment says.</summary>
    /// <param name="variable">Its variables by name; null or empty where there is none.</param>
    /// <exception cref="BadInputException">A variable has a value that cannot be used.</exception>
    public static HubSettings From(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new()
        {
            Endpoint = Given("HF_ENDPOINT") is { } endpoint ? ParseEndpoint(endpoint) : standardEndpoint,
            Cache = HubCache.From(variable),
            Token = IsOn("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : CheckedToken(Given("HF_TOKEN") ?? FileToken()),
            IsOffline = IsOn("HF_HUB_OFFLINE"),
        };

        string? Given(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        bool IsOn(string name) => Given(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

        string? FileToken()
        {
            var file = Given("HF_TOKEN_PATH") is { } path
                ? HubCache.ExpandHome(path, variable)
                : Path.Combine(HubCache.Home(variable), "token");
            return File.Exists(file) && InputFile.Guarded(file, File.ReadAllText).Trim() is { Length: > 0 } token ? token : null;
        }
    }

    /// <summary>Whether a request may go there: encrypted, or to this machine when the hub itself is on it.</summary>
    internal bool Allows(Uri address)
        => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && Endpoint.IsLoopback);

    /// <summary>Whether an address is at the hub itself.</summary>
    internal bool IsOwn(Uri address)
        => address.Scheme == Endpoint.Scheme
        && address.Port == Endpoint.Port
        && string.Equals(address.IdnHost, Endpoint.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static Uri ParseEndpoint(string text)
        => Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var endpoint)
        && endpoint.UserInfo.Length == 0
        && endpoint.Query.Length == 0
        && (endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback))
            ? endpoint
            : throw new BadInputException($"HF_ENDPOINT is {Printable.Name(text)}, expected an https address (http only for localhost)");

    // The token itself never stands in a message.
    private static string? CheckedToken(string? token)
        => token is null || token.All(c => c is > ' ' and <= '~')
            ? token
            : throw new BadInputException(
                "HF_TOKEN (or the token file) holds spaces or other characters that no access token has; expected hf_ and letters");
}
