using System.Globalization;
using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Application;

/// <summary>What was found out about one answer of a model: its scores, and a map for every method.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed record Explanation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Who answered.</summary>
    public required LoadedModel Model { get; init; }

    /// <summary>To what.</summary>
    public required Subject Subject { get; init; }

    /// <summary>Token whose view is explained, or -1 for the mean of all.</summary>
    public required int Token { get; init; }

    /// <summary>That token in words: "class token (98)", "token 17".</summary>
    public required string TokenName { get; init; }

    /// <summary>Scores of all answers, by index.</summary>
    public required T[] Scores { get; init; }

    /// <summary>The explained answer.</summary>
    public required Prediction Target { get; init; }

    /// <summary>The answer that could have been given instead, or null.</summary>
    public Prediction? Against { get; init; }

    /// <summary>A map for each method, in the order in which they were asked for.</summary>
    public required IReadOnlyList<MethodMap<T>> Maps { get; init; }

    /// <summary>Where no methods were named: which were taken and why, in one line; null where they were.</summary>
    public string? Because { get; init; }

    /// <summary>What a reader of a map must know of its method, in a few words; null for nothing.</summary>
    public string? NoteOn(MethodMap<T> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map.Method.Caution(map.Options, Model.Reads);
    }

    /// <summary>
    /// Whether hidden attention gives the run back; null for a model without scans and for a run that was not recorded as a whole.
    /// </summary>
    public SelfCheck? Check { get; init; }

    /// <summary>
    /// How much of the decision goes through scans, attention and MLPs, layer by layer, where the model has parts of several kinds and the
    /// run was recorded as a whole; null otherwise.
    /// </summary>
    public IReadOnlyList<LayerShares>? Shares { get; init; }

    /// <summary>The experts that tokens were sent to, in every layer that has some; empty where there are none.</summary>
    public IReadOnlyList<ChosenExperts> Experts { get; init; } = [];

    /// <summary>The most likely answers, most likely first.</summary>
    public IReadOnlyList<Prediction> Top(int count) => Model.Top<T>(Scores, count);
}

/// <summary>A map and the method that made it.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Method">The method.</param>
/// <param name="Options">Its options.</param>
/// <param name="Map">The map.</param>
public sealed record MethodMap<T>(AttributionMethod Method, AttributionOptions Options, RelevanceMap<T> Map)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How much the map depends on what the model learned; null where that was not asked for.</summary>
    public WeightDependence? Dependence { get; init; }

    /// <summary>METHOD.FORM, or METHOD where there is one form.</summary>
    public string Name => Method.NameOf(Options);

    /// <summary>The form, where the method has several; null otherwise.</summary>
    public string? Form => Method.Form(Options);

    /// <summary>What the method reports about itself, in words: "convergence error 0.0123".</summary>
    public IEnumerable<string> Diagnostics => Map.Diagnostics.Select(entry => $"{entry.Key.Replace('_', ' ')} {entry.Value:G3}");

    /// <summary>Why the map is not to be trusted, in one line; null where there is no reason to say so.</summary>
    public string? Doubt
        => IntegratedGradients.ErrorOf(Method, Map) is { } error && !(error <= IntegratedGradients.LargestError)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the map of {Name} cannot be trusted: it misses the score's change by {error:0.00} of it (convergence error; more than "
                    + $"{IntegratedGradients.LargestError}); take more --steps")
            : null;

    /// <summary>The map in double, and its largest absolute value.</summary>
    public (double[] Values, double Largest) Values()
    {
        var values = Array.ConvertAll(Map.Values, double.CreateTruncating);
        return (values, values.Max(Math.Abs));
    }
}
