using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;

namespace Mambascope.Cli.Texts;

/// <summary>What was found out about a text: the scores of what comes next, and a map for every method.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Input">What was given.</param>
/// <param name="Text">What was read.</param>
/// <param name="Model">Who read it.</param>
/// <param name="Position">The token after which the next one is explained.</param>
/// <param name="Scores">Scores of the next token, one an id.</param>
/// <param name="Target">The explained next token.</param>
/// <param name="Against">The token that could have come instead, or null.</param>
/// <param name="Maps">A map for each method of the request.</param>
/// <param name="Check">Whether hidden attention gives the run back; null for a model without scans and for a text that was not recorded as a whole.</param>
internal sealed record TextExplanation<T>(
    ExplainRequest Request, TextInput Input, ReadText Text, TextModel Model, int Position, T[] Scores, TokenScore Target, TokenScore? Against, IReadOnlyList<RelevanceMap<T>> Maps, SelfCheck? Check)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Methods with their maps.</summary>
    internal IEnumerable<(AttributionMethod Method, RelevanceMap<T> Map)> Panels => Request.Methods.Zip(Maps);

    /// <summary>The most likely next tokens, most likely first.</summary>
    internal IReadOnlyList<TokenScore> Top(int count) => Model.Top<T>(Scores, count);

    /// <summary>What is explained: "'e' (101) and not 'o' (111)".</summary>
    internal string Question => ReadText.Quote(Target.Text, Target.Id) + (Against is null ? "" : $" and not {ReadText.Quote(Against.Text, Against.Id)}");

    /// <summary>Where: "after token 17 'b' (98)".</summary>
    internal string Place => $"after token {Position}, {ReadText.Quote(Text.Tokens[Position].Text, Text.Tokens[Position].Id)}";

    /// <summary>What a method says of itself, in words.</summary>
    internal string Note(AttributionMethod method, RelevanceMap<T> map)
        => string.Join(", ", new[] { method.Form(Request.Options), method.IsClassSpecific ? null : "same for every next token", map.Degenerate }.OfType<string>().Concat(ExplanationReport.Diagnostics(map)));

    /// <summary>A map in double, and its largest absolute value.</summary>
    internal static (double[] Values, double Largest) Values(RelevanceMap<T> map)
    {
        var values = Array.ConvertAll(map.Values, double.CreateTruncating);
        return (values, values.Max(Math.Abs));
    }
}
