using System.Globalization;
using Mambascope.Checkpoints;

namespace Mambascope.Models;

/// <summary>
/// Something about a model that the shapes of its tensors cannot tell and no file says, so that it was taken for granted.
/// </summary>
/// <param name="Words">What was assumed: "1 head of 64 channels".</param>
/// <param name="Key">The entry of a config.json that would say it.</param>
public sealed record Assumption(string Words, string Key)
{
    /// <summary>"norm epsilon 1E-06".</summary>
    internal static string Epsilon(float epsilon) => string.Create(CultureInfo.InvariantCulture, $"norm epsilon {epsilon:G2}");

    /// <summary>As shown in a list.</summary>
    public override string ToString() => $"{Words} ({Key})";

    /// <summary>
    /// Those of some facts that no config.json says. One that is there counts as saying the standard value by leaving a key out.
    /// </summary>
    internal static IReadOnlyList<Assumption> Where(ConfigFile? config, params IReadOnlyList<Assumption> facts)
        => config?.IsFile == true ? [] : [.. facts.Where(fact => config?.Has(fact.Key) != true)];
}
