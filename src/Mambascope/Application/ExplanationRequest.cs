using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>What is to be explained about an answer, and how.</summary>
public sealed record ExplanationRequest
{
    /// <summary>Methods, in the order of their maps; null for those of <see cref="StandardMethods"/>.</summary>
    public IReadOnlyList<ChosenMethod>? Methods { get; init; }

    /// <summary>The options of methods that have none of their own.</summary>
    public AttributionOptions Options { get; init; } = new();

    /// <summary>The answer that is explained, a class or a next token, by index or name; null for the most likely one.</summary>
    public string? Target { get; init; }

    /// <summary>The answer that could have been given instead, by index or name; null for none.</summary>
    public string? Against { get; init; }

    /// <summary>
    /// Token whose view is explained; of a text the one after which the next is asked for. Null for the one where the answer is read.
    /// </summary>
    public int? Token { get; init; }

    /// <summary>
    /// Models with all weights in random order in which the answer is explained again, to see how much of each map is there whatever the
    /// model learned (<see cref="WeightDependence"/>); 0 for none.
    /// </summary>
    public int Shuffles { get; init; }

    /// <summary>
    /// Whether hidden attention is held against the run (<see cref="Explanation{T}.Check"/>), which costs as much as a map does.
    /// </summary>
    public bool IsChecked { get; init; } = true;

    /// <summary>The methods for a model, each with its options: those that were asked for, or the standard ones.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="isLong">Whether a text is too long to be recorded as a whole.</param>
    public IReadOnlyList<(AttributionMethod Method, AttributionOptions Options)> Chosen(LoadedModel model, bool isLong = false)
        => Methods is { } asked
            ? [.. asked.Select(choice => (choice.Method, choice.Options ?? Options))]
            : [.. StandardMethods.For(model, isLong).Select(method => (method, Options))];

    /// <summary>Looks the names up.</summary>
    /// <exception cref="BadInputException">A class, token or layer does not exist.</exception>
    public (int? Target, int? Against) Resolve(LoadedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int? target = Target is { } named ? model.Find(named) : null;
        int? against = Against is { } other ? model.Find(other) : null;
        return Options.StartLayer is { } start && start >= model.Model.Depth
            ? throw new BadInputException($"layer {start} does not exist; {model.Name} has layers 0 to {model.Model.Depth - 1}")
            : (target, against);
    }
}
