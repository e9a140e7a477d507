using Mambascope.Checkpoints.Hub;
using Mambascope.Evaluation.Published;

namespace Mambascope.Cli.Reproducing;

/// <summary>Where the released weights and data sets are looked for when no option names them.</summary>
/// <param name="Folder">The folder that the user fills.</param>
internal sealed record ReleasedFolder(string Folder)
{
    private const string VimRepository = "hustvl/Vim-small-midclstok";

    /// <summary>The one of this machine's user: XDG_CACHE_HOME/mambascope/released, or ~/.cache/mambascope/released.</summary>
    internal static ReleasedFolder Standard
        => new(
            Path.Combine(
                Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                    ? cache
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "mambascope",
                "released"));

    /// <summary>Where a file is to be put.</summary>
    internal string PlaceOf(ReleasedFile file) => Path.Combine(Folder, file.Name);

    /// <summary>Where a file is, or null.</summary>
    internal string? Find(ReleasedFile file)
    {
        var place = PlaceOf(file);
        return File.Exists(place) || Directory.Exists(place) ? place : file == ReleasedFile.Vim ? FromHub(file) : null;
    }

    private static string? FromHub(ReleasedFile file)
    {
        var snapshot = HubCache.FromEnvironment().FindSnapshot(HubName.Parse(VimRepository, revision: null));
        var path = snapshot is null ? null : Path.Combine(snapshot, file.Name);
        return File.Exists(path) ? path : null;
    }
}
