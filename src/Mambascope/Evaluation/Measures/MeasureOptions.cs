using System.Text.Json.Nodes;
using Mambascope.Checkpoints;

namespace Mambascope.Evaluation.Measures;

/// <summary>Reads the options of a measure back from a result file, where somebody may have changed them.</summary>
/// <param name="measure">The measure's name.</param>
/// <param name="options">What stands in the file.</param>
public sealed class MeasureOptions(string measure, JsonObject options)
{
    /// <summary>Words.</summary>
    /// <exception cref="BadInputException">Missing, or of another kind; likewise below.</exception>
    public string Text(string name) => Read(name, "words", node => (string?)node);

    /// <summary>A whole number.</summary>
    public int Whole(string name) => Read(name, "a whole number", node => (int?)node)!.Value;

    /// <summary>A number.</summary>
    public double Number(string name) => Read(name, "a number", node => (double?)node)!.Value;

    /// <summary>A list of numbers.</summary>
    public double[] Numbers(string name)
        => Read(name, "a list of numbers", node => node?.AsArray().Select(each => (double)each!).ToArray());

    /// <summary>A list of words.</summary>
    public string[] Texts(string name)
        => Read(name, "a list of words", node => node?.AsArray().Select(each => (string)each!).ToArray());

    /// <summary>Whether a switch is there and on; measures write those only that are.</summary>
    public bool IsSet(string name) => Has(name) && Read(name, "true or false", node => (bool?)node)!.Value;

    /// <summary>Whether an option is there, for those that measures write only where they are given.</summary>
    public bool Has(string name) => options.ContainsKey(name);

    private T Read<T>(string name, string kind, Func<JsonNode?, T?> read)
    {
        try
        {
            if (read(options[name]) is { } value)
            {
                return value;
            }
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException or ArgumentNullException)
        {
            throw Wrong(error);
        }

        throw Wrong(cause: null);

        BadInputException Wrong(Exception? cause)
            => new(
                $"options of the measure {measure}: expected {kind} as \"{name}\", found "
                    + $"{Printable.Name(options[name]?.ToJsonString() ?? "nothing")}; the file is damaged or from another version",
                cause!);
    }
}
