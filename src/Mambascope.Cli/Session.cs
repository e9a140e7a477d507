using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mambascope.Cli;

/// <summary>What every verb has: where to write, and the global options.</summary>
/// <param name="Arguments">The parsed command line.</param>
/// <param name="Out">Results.</param>
/// <param name="Error">Messages.</param>
internal sealed record Session(ParseResult Arguments, TextWriter Out, TextWriter Error)
{
    /// <summary>
    /// The version of what docs/json.md says: it grows when a key changes its meaning or goes away, not when one is added.
    /// </summary>
    internal const int SchemaVersion = 1;

    private static readonly JsonSerializerOptions readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line of JSON.</summary>
    internal static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shown on stderr while something takes long.</summary>
    internal Progress Progress { get; } = Progress.On(Error);

    /// <summary>Results for machines.</summary>
    internal bool Json => Arguments.GetValue<bool>(GlobalOptions.Json);

    /// <summary>Threads to use; null for all.</summary>
    internal int? Threads => Arguments.GetValue<int?>(GlobalOptions.Threads);

    /// <summary>Whether to compute in double.</summary>
    internal bool IsDouble => Arguments.GetValue<Precision>(GlobalOptions.Precision) == Precision.Double;

    /// <summary>Prints the one JSON object of a result.</summary>
    internal void WriteJson(JsonObject result)
    {
        result.Insert(0, "schema", SchemaVersion);
        Out.WriteLine(result.ToJsonString(readable));
    }

    /// <summary>Something the user should know, though there is a result.</summary>
    internal void Warn(string message) => Error.WriteLine($"mambascope: warning: {message}");

    /// <summary>Something that was done beside the result.</summary>
    internal void Note(string message) => Error.WriteLine($"mambascope: {message}");
}
