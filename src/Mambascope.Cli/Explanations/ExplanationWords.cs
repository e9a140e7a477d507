using System.Numerics;
using Mambascope.Application;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation in running text.</summary>
internal static class ExplanationWords
{
    /// <summary>What is explained of a text: "'e' (101) and not 'o' (111)".</summary>
    internal static string Question<T>(this Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => ReadText.Quote(explanation.Target.Label, explanation.Target.Index)
            + (explanation.Against is { } against ? $" and not {ReadText.Quote(against.Label, against.Index)}" : "");

    /// <summary>Where in a text: "after token 17, 'b' (98)".</summary>
    internal static string Place<T>(this Explanation<T> explanation, TextSubject text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => $"after token {explanation.Token}, {text.Read.Quote(explanation.Token)}";

    /// <summary>What there is to say of a map over a text, in one line; empty for nothing.</summary>
    internal static string NoteOnText<T>(this MethodMap<T> map, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        string.Join(
            ", ",
            new[]
                {
                    map.Form, map.Method.IsClassSpecific ? null : "same for every next token", explanation.NoteOn(map), map.Map.Degenerate,
                    map.Dependence?.InShort(),
                }
                .OfType<string>()
                .Concat(map.Diagnostics));

    /// <summary>What there is to say of a map over a picture, in one line.</summary>
    internal static string NoteOnPicture<T>(this MethodMap<T> map, Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        map.Map.Degenerate
        ?? string.Join(
            ", ",
            [
                (map.Form is { } form ? form + ", " : "")
                    + (explanation.Model.Number is not null ? map.Method.IsClassSpecific ? "of this number" : "of attention"
                        : map.Method.IsClassSpecific ? "for this class"
                        : "same for every class"),
                .. map.Diagnostics,
                .. new[] { map.Dependence?.InShort(), explanation.NoteOn(map) }.OfType<string>(), // measured on this picture first
            ]);

    /// <summary>What is left of a map with shuffled weights, in a few words.</summary>
    internal static string InShort(this WeightDependence dependence)
        => FormattableString.Invariant(
            $"shuffled weights keep {dependence.Similarity.Mean:0.00} of it{(dependence.HardlyDepends ? ": hardly depends on them" : "")}");
}
