using System.Net;
using Mambascope.Models;

namespace Mambascope.Explorer;

/// <summary>What is explored, and where the page is served.</summary>
internal sealed record ExplorerOptions
{
    /// <summary>Models in the order in which the page offers them; the server does not dispose of them.</summary>
    public required IReadOnlyList<LoadedModel> Models { get; init; }

    /// <summary>
    /// Files of series and tables, FILE or FILE#CASE, or sets with planted truth; where there are none, models of motifs have examples.
    /// </summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>Picture files that the page offers before the samples.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [];

    /// <summary>Where to listen: loopback unless said otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>What a browser has to know; null for none, which is for loopback only.</summary>
    public string? Token { get; init; }

    /// <summary>Most bytes of a picture file.</summary>
    public int MostBytes { get; init; } = 32 << 20;

    /// <summary>Most pixels of a picture.</summary>
    public int MostPixels { get; init; } = 40_000_000;

    /// <summary>Most characters of a text.</summary>
    public int MostCharacters { get; init; } = 1 << 18;

    /// <summary>Answers that are computed at the same time.</summary>
    public int Running { get; init; } = 2;

    /// <summary>Requests that wait for their turn; more are told to come back.</summary>
    public int Waiting { get; init; } = 32;

    /// <summary>How long one answer may take.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Told of what should not have happened; the browser is only told that it did.</summary>
    public Action<Exception>? Defect { get; init; }
}
