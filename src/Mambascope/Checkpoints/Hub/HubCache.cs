namespace Mambascope.Checkpoints.Hub;

/// <summary>
/// The cache that Hugging Face's tools share: <c>models--OWNER--NAME/{blobs/ETAG, refs/REVISION, snapshots/COMMIT/FILE}</c>, the files
/// of a snapshot being links to blobs.
/// </summary>
/// <param name="Folder">The folder of all models.</param>
public sealed record HubCache(string Folder)
{
    /// <summary>The one of this machine's user.</summary>
    public static HubCache FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>
    /// The one that an environment names: HF_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub or ~/.cache/huggingface/hub.
    /// </summary>
    public static HubCache From(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new(
            Path.GetFullPath(
                variable("HF_HUB_CACHE") is { Length: > 0 } cache ? ExpandHome(cache, variable) : Path.Combine(Home(variable), "hub")));
    }

    /// <summary>
    /// The folder of a model's files at a revision, such as config.json and the weights; null where it is not in the cache.
    /// </summary>
    public string? FindSnapshot(HubName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var commit = name.IsCommit ? name.Revision : ReadReference(name);
        return commit is not null && Directory.Exists(SnapshotFolder(name, commit)) ? SnapshotFolder(name, commit) : null;
    }

    /// <summary>The snapshot of a model that can be opened.</summary>
    /// <param name="name">The model.</param>
    /// <param name="hint">What else may have been meant, for the message; empty for nothing.</param>
    /// <exception cref="BadInputException">It is not in the cache, or without weights; the message says what to run.</exception>
    public string RequireModel(HubName name, string hint = "")
    {
        var folder = FindSnapshot(name)
            ?? throw new BadInputException(
                $"model {name} was not found: it is no folder, no file and not in the Hugging Face cache {Folder}; to download it run: "
                    + $"mambascope fetch {name}{hint}");
        try
        {
            CheckpointPath.Resolve(folder);
            return folder;
        }
        catch (BadInputException error)
        {
            throw new BadInputException(
                $"model {name} is in the Hugging Face cache, but its weights are not complete ({folder}); run: mambascope fetch {name}",
                error);
        }
    }

    /// <summary>Hugging Face's folder of everything, as an environment names it.</summary>
    internal static string Home(Func<string, string?> variable)
        => variable("HF_HOME") is { Length: > 0 } home
            ? ExpandHome(home, variable)
            : Path.Combine(
                variable("XDG_CACHE_HOME") is { Length: > 0 } cache
                    ? ExpandHome(cache, variable)
                    : Path.Combine(UserFolder(variable), ".cache"),
                "huggingface");

    /// <summary>A path with the user's folder in place of a leading ~.</summary>
    internal static string ExpandHome(string path, Func<string, string?> variable)
        => path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? UserFolder(variable) + path[1..] : path;

    internal string ModelFolder(HubName name) => Path.Combine(Folder, name.FolderName);

    internal string SnapshotFolder(HubName name, string commit) => Path.Combine(ModelFolder(name), "snapshots", commit);

    internal string BlobFile(HubName name, string etag) => Path.Combine(ModelFolder(name), "blobs", etag);

    internal string LockFile(HubName name, string etag) => Path.Combine(Folder, ".locks", name.FolderName, etag + ".lock");

    internal string ReferenceFile(HubName name) => Path.Combine(ModelFolder(name), "refs", name.Revision);

    private string? ReadReference(HubName name)
    {
        var file = ReferenceFile(name);
        if (!File.Exists(file))
        {
            return null;
        }

        const int Longest = 1000;
        var commit = System.Text.Encoding.UTF8.GetString(InputFile.ReadAll(file, Longest)).Trim();
        return HubPath.IsSafePart(commit)
            ? commit
            : throw new BadInputException(
                $"{file} holds {Printable.Name(commit)}, expected the hash of a commit; delete it and fetch {name.Repository} again");
    }

    private static string UserFolder(Func<string, string?> variable)
        => variable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
